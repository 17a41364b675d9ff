package dev.peer.core.scratch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DirectoryHandleTest {

  private static final FileTime TIME = FileTime.from(Instant.parse("2026-01-02T03:04:05Z"));
  private static final int LARGE = 1 << 20;
  private static final Path NAME = Path.of("name");

  @TempDir private Path directory;
  private Path from;
  private Path to;

  @BeforeEach
  void makeDirectories() throws IOException {
    from = Files.createDirectory(directory.resolve("from"));
    to = Files.createDirectory(directory.resolve("to"));
  }

  @Test
  void movesALargeFile() throws Exception {
    Path source = file(LARGE);
    Object inode = inode(source);

    take("rw-r--r--", source);

    assertThat(inode(to.resolve(NAME))).isEqualTo(inode);
    assertThat(Files.getLastModifiedTime(to.resolve(NAME))).isEqualTo(TIME);
    assertThat(source).doesNotExist();
    assertThat(to).isDirectoryContaining(path -> path.endsWith(NAME));
  }

  @Test
  void copiesASmallFile() throws Exception {
    assertCopied(file(LARGE - 1), to);
  }

  /** What is written to one of its names is there under the other. */
  @Test
  void copiesAFileThatHasAnotherName() throws Exception {
    Path source = file(LARGE);
    Path kept = Files.createLink(directory.resolve("kept"), source);
    byte[] content = Files.readAllBytes(kept);

    assertCopied(source, to);
    Files.writeString(to.resolve(NAME), "changed");

    assertThat(kept).hasBinaryContent(content);
  }

  @Test
  void copiesToAnotherFileSystem() throws Exception {
    Path memory = Path.of("/dev/shm");
    assumeThat(memory).isDirectory().isWritable();
    assumeThat(Files.getFileStore(memory)).isNotEqualTo(Files.getFileStore(directory));
    Path there = Files.createTempDirectory(memory, "peer-test-");
    try {
      assertCopied(file(LARGE), there);
    } finally {
      ScratchDirectory.delete(there);
    }
  }

  /** Of a directory with the bit for it, files inherit the group. */
  @Test
  void copiesIntoADirectoryThatGivesItsGroup() throws Exception {
    assumeThat(Files.getAttribute(to, "unix:uid")).as("root may give any group").isEqualTo(0);
    Files.setAttribute(to, "unix:gid", 12_345);
    Files.setAttribute(to, "unix:mode", 02755);

    assertCopied(file(LARGE), to);

    assertThat(Files.getAttribute(to.resolve(NAME), "unix:gid")).isEqualTo(12_345);
  }

  /** Its permissions alone look like those that the usual umask gives. */
  @Test
  void copiesIntoADirectoryThatGivesItsAccessList() throws Exception {
    ByteBuffer list = ByteBuffer.allocate(44).order(ByteOrder.LITTLE_ENDIAN);
    list.putInt(2);
    entry(list, 0x01, 7, -1);
    entry(list, 0x02, 5, 12_345);
    entry(list, 0x04, 0, -1);
    entry(list, 0x10, 5, -1);
    entry(list, 0x20, 5, -1);
    assumeThat(setAttribute(to, "system.posix_acl_default", list.array())).isTrue();

    assertCopied(file(LARGE), to);
  }

  @Test
  void copiesAFileThatHasAttributesOfItsOwn() throws Exception {
    Path source = file(LARGE);
    assumeThat(Files.getFileStore(source).supportsFileAttributeView("user")).isTrue();
    Files.getFileAttributeView(source, UserDefinedFileAttributeView.class)
        .write("peer.test", StandardCharsets.UTF_8.encode("value"));

    assertCopied(source, to);
  }

  @Test
  void replacesALinkAndDoesNotFollowIt() throws Exception {
    Path victim = Files.writeString(directory.resolve("victim"), "mine");
    Files.createSymbolicLink(to.resolve(NAME), victim);
    Path source = file(LARGE);
    Object inode = inode(source);

    take("rw-r--r--", source);

    assertThat(victim).hasContent("mine");
    assertThat(to.resolve(NAME)).isRegularFile();
    assertThat(inode(to.resolve(NAME))).isEqualTo(inode);
  }

  @Test
  void leavesWhatIsThereIfItFails() throws Exception {
    Path mine = Files.createDirectory(to.resolve(NAME)).resolve("mine");
    Files.writeString(mine, "mine");

    assertThatThrownBy(() -> take("rw-r--r--", file(LARGE))).isInstanceOf(IOException.class);

    assertThat(mine).hasContent("mine");
    assertThat(to).isDirectoryNotContaining(path -> !path.endsWith(NAME));
  }

  /** A process of its own has each umask. */
  @ParameterizedTest
  @CsvSource({
    "022, rw-r--r-- rwxr-xr-x r--r--r-- --------- rwxr-xr-x",
    "077, rw------- rwx------ r-------- --------- rwx------",
    "002, rw-rw-r-- rwxr-xr-x r--r--r-- --------- rwxrwxr-x"
  })
  void givesWhatIsMovedThePermissionsOfACopy(String umask, String expected) throws Exception {
    Process process =
        new ProcessBuilder(
                "sh",
                "-c",
                "umask " + umask + "; exec \"$@\"",
                "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Dpeer.files=" + System.getProperty("peer.files"),
                "-cp",
                System.getProperty("java.class.path"),
                Taker.class.getName(),
                directory.toString())
            .start();

    assertThat(process.inputReader().readLine()).isEqualTo("copied " + expected);
    assertThat(process.inputReader().readLine()).isEqualTo("moved " + expected);
    assertThat(process.waitFor()).isZero();
  }

  static final class Taker {

    private static final List<String> PERMISSIONS =
        List.of("rw-rw-rw-", "rwxr-xr-x", "r--r--r--", "---------", "rwxrwxrwx");

    private Taker() {}

    public static void main(String[] arguments) throws IOException {
      Path directory = Path.of(arguments[0]);
      StringBuilder copied = new StringBuilder("copied");
      StringBuilder moved = new StringBuilder("moved");
      for (String permissions : PERMISSIONS) {
        for (int size : List.of(1, LARGE)) {
          Path source = Files.write(directory.resolve("source"), new byte[size]);
          Object inode = inode(source);
          DirectoryHandleTest.take(directory, permissions, source);
          Path taken = directory.resolve(NAME);
          StringBuilder line = inode(taken).equals(inode) ? moved : copied;
          line.append(' ')
              .append(PosixFilePermissions.toString(Files.getPosixFilePermissions(taken)));
          Files.delete(taken);
          Files.deleteIfExists(source);
        }
      }
      System.out.println(copied);
      System.out.println(moved);
    }
  }

  private void assertCopied(Path source, Path into) throws IOException {
    byte[] content = Files.readAllBytes(source);

    take(into, "rw-r--r--", source);

    Path taken = into.resolve(NAME);
    assertThat(taken).hasBinaryContent(content);
    assertThat(Files.getLastModifiedTime(taken)).isEqualTo(TIME);
    assertThat(source).hasBinaryContent(content);
    assertThat(into).isDirectoryNotContaining(path -> !path.endsWith(NAME));
  }

  private void take(String permissions, Path source) throws IOException {
    take(to, permissions, source);
  }

  private static void take(Path into, String permissions, Path source) throws IOException {
    Set<PosixFilePermission> all = PosixFilePermissions.fromString(permissions);
    try (DirectoryHandle handle = DirectoryHandle.of(into)) {
      handle.take(NAME, all, TIME, source);
    }
  }

  private Path file(int size) throws IOException {
    return Files.write(from.resolve("source"), new byte[size]);
  }

  private static Object inode(Path file) throws IOException {
    return Files.getAttribute(file, "unix:ino");
  }

  private static void entry(ByteBuffer list, int tag, int permissions, int id) {
    list.putShort((short) tag).putShort((short) permissions).putInt(id);
  }

  /** Whether the file system has it. */
  @SuppressWarnings("restricted")
  private static boolean setAttribute(Path file, String name, byte[] value) {
    Linker linker = Linker.nativeLinker();
    FunctionDescriptor type =
        FunctionDescriptor.of(
            ValueLayout.JAVA_INT,
            ValueLayout.ADDRESS,
            ValueLayout.ADDRESS,
            ValueLayout.ADDRESS,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_INT);
    try (Arena arena = Arena.ofConfined()) {
      return (int)
              linker
                  .downcallHandle(linker.defaultLookup().findOrThrow("setxattr"), type)
                  .invokeWithArguments(
                      arena.allocateFrom(file.toString()),
                      arena.allocateFrom(name),
                      arena.allocateFrom(ValueLayout.JAVA_BYTE, value),
                      (long) value.length,
                      0)
          == 0;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
