package dev.peer.vm.guest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.core.id.Digest;
import dev.peer.core.record.Artifact;
import dev.peer.core.record.ArtifactSink;
import dev.peer.core.record.Content;
import dev.peer.core.record.FileMode;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.RunFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArtifactIntakeTest {

  @TempDir private Path directory;

  @Test
  void takesFilesFromADiskThatIsLargerThanTheArchive() throws Exception {
    Path disk =
        disk(
            tar -> {
              add(tar, "./", TarConstants.LF_DIR, "");
              add(tar, "./b/report.txt", TarConstants.LF_NORMAL, "fine");
              add(tar, "./a", TarConstants.LF_NORMAL, "");
            });

    assertThat(ArtifactIntake.take(disk, files(), ArtifactSink.NONE).artifacts())
        .containsExactly(
            Artifact.file("a", false, contentOf("")),
            Artifact.file("b/report.txt", false, contentOf("fine")));
    assertThat(files().artifacts().resolve("b/report.txt")).hasContent("fine");
  }

  @Test
  void takesNothingFromADiskThatWasNotWritten() throws Exception {
    assertThat(ArtifactIntake.take(disk(tar -> {}), files(), ArtifactSink.NONE).artifacts())
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"../escape", "./../../escape", "/escape", "a/../../escape", "a//b"})
  void refusesANameThatLeavesTheDirectory(String name) throws Exception {
    Path disk = disk(tar -> add(tar, name, TarConstants.LF_NORMAL, "x"));

    assertThatThrownBy(() -> ArtifactIntake.take(disk, files(), ArtifactSink.NONE))
        .isInstanceOf(MalformedException.class);
    assertThat(directory.resolve("escape")).doesNotExist();
  }

  @Test
  void refusesALinkToAnotherEntry() throws Exception {
    Path disk = disk(tar -> add(tar, "a", TarConstants.LF_LINK, ""));

    assertThatThrownBy(() -> ArtifactIntake.take(disk, files(), ArtifactSink.NONE))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("plain file");
  }

  @Test
  void keepsLinksThatStayInsideAsTheyAre() throws Exception {
    Path disk =
        disk(
            tar -> {
              link(tar, "lib.so", "lib.so.1");
              link(tar, "a/up", "../b/c");
              link(tar, "a/dangling", "./nowhere");
              link(tar, "a/loop", "loop");
              link(tar, "top", ".");
            });

    ArtifactIntake.Contents taken = ArtifactIntake.take(disk, files(), ArtifactSink.NONE);

    assertThat(taken.artifacts())
        .containsExactly(
            new Artifact.Link("a/dangling", "./nowhere"),
            new Artifact.Link("a/loop", "loop"),
            new Artifact.Link("a/up", "../b/c"),
            new Artifact.Link("lib.so", "lib.so.1"),
            new Artifact.Link("top", "."));
    assertThat(taken.leftOut()).isEmpty();
    assertThat(directory.resolve("result")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/etc/passwd",
        "../../x",
        "../..",
        "./.././../x",
        "x/../../..",
        "b/../c",
        "../a/./../..",
        "x\ny",
        "\u2028"
      })
  void namesALinkThatLeadsOutAndLeavesItOut(String target) throws Exception {
    Path disk = disk(tar -> link(tar, "a/link", target));

    ArtifactIntake.Contents taken = ArtifactIntake.take(disk, files(), ArtifactSink.NONE);

    assertThat(taken.artifacts()).isEmpty();
    assertThat(taken.leftOut()).hasSize(1);
    assertThat(taken.leftOut().getFirst().toString())
        .startsWith("the artifact \"a/link\" is left out: it leads ")
        .doesNotContain("\n");
  }

  @ParameterizedTest
  @ValueSource(bytes = {TarConstants.LF_CHR, TarConstants.LF_BLK, TarConstants.LF_FIFO})
  void namesDevicesAndFifosAndLeavesThemOut(byte type) throws Exception {
    Path disk =
        disk(
            tar -> {
              add(tar, "dev/odd", type, "");
              add(tar, "kept", TarConstants.LF_NORMAL, "k");
            });

    ArtifactIntake.Contents taken = ArtifactIntake.take(disk, files(), ArtifactSink.NONE);

    assertThat(taken.artifacts()).containsExactly(Artifact.file("kept", false, contentOf("k")));
    assertThat(taken.leftOut())
        .containsExactly(
            new ArtifactIntake.LeftOut(
                "dev/odd", type == TarConstants.LF_FIFO ? "is a fifo" : "is a device"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a b",
        "100%",
        "a:b",
        "\\back\\slash",
        "-rf",
        "*",
        "\uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67 \u2764\uFE0F",
        "\uD83C\uDFF4\uDB40\uDC67\uDB40\uDC62\uDB40\uDC7F",
        "zero\u200Bwidth\u2060",
        "\u200Fright to left\u202E",
        "\uDB80\uDC00 unassigned \uD87F\uDFF0"
      })
  void keepsEveryNameThatIsText(String name) throws Exception {
    Path disk =
        disk(
            tar -> {
              add(tar, "d/" + name, TarConstants.LF_NORMAL, "x");
              link(tar, "link", "d/" + name);
            });

    ArtifactIntake.Contents taken = ArtifactIntake.take(disk, files(), ArtifactSink.NONE);

    assertThat(taken.artifacts())
        .containsExactly(
            Artifact.file("d/" + name, false, contentOf("x")),
            new Artifact.Link("link", "d/" + name));
    assertThat(taken.leftOut()).isEmpty();
  }

  @Test
  void namesWhatANameCannotHaveByItsCharacter() throws Exception {
    Path disk =
        disk(
            tar -> {
              add(tar, "a\nb", TarConstants.LF_NORMAL, "x");
              add(tar, "\u001B]0;title\u0007", TarConstants.LF_NORMAL, "x");
              add(tar, "c\u2028", TarConstants.LF_NORMAL, "x");
              add(tar, "d\uFFFD", TarConstants.LF_NORMAL, "x");
              add(tar, "e".repeat(256), TarConstants.LF_NORMAL, "x");
              add(tar, "kept", TarConstants.LF_NORMAL, "k");
            });

    ArtifactIntake.Contents taken = ArtifactIntake.take(disk, files(), ArtifactSink.NONE);

    assertThat(taken.artifacts()).extracting(Artifact::path).containsExactly("kept");
    assertThat(taken.leftOut())
        .extracting(ArtifactIntake.LeftOut::toString)
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .isEqualTo(
                        "the artifact \"a?b\" is left out: it has the character U+000A in its"
                            + " name"),
            line -> assertThat(line).contains("the character U+001B").doesNotContain("\u001B"),
            line -> assertThat(line).contains("the character U+2028"),
            line -> assertThat(line).contains("bytes in its name that are no UTF-8"),
            line -> assertThat(line).contains("a name of more than 255 bytes"));
  }

  @Test
  void keepsModesWithoutTheirSpecialBits() throws Exception {
    Path disk =
        disk(
            tar -> {
              add(tar, "private", TarConstants.LF_NORMAL, "x", 0600);
              add(tar, "suid", TarConstants.LF_NORMAL, "x", 04755);
              add(tar, "void", TarConstants.LF_NORMAL, "x", 0);
            });

    ArtifactIntake.Contents taken = ArtifactIntake.take(disk, files(), ArtifactSink.NONE);

    assertThat(taken.artifacts())
        .containsExactly(
            new Artifact.File("private", FileMode.parse("0600"), contentOf("x")),
            Artifact.file("suid", true, contentOf("x")),
            new Artifact.File("void", FileMode.parse("0000"), contentOf("x")));
    assertThat(taken.changes()).containsExactly("the artifact \"suid\" is kept without setuid");
    assertThat(files().artifacts().resolve("void")).hasContent("x");
  }

  @Test
  void keepsDirectoriesThatAreEmptyOrClosed() throws Exception {
    Path disk =
        disk(
            tar -> {
              add(tar, "closed/", TarConstants.LF_DIR, "", 0700);
              add(tar, "closed/file", TarConstants.LF_NORMAL, "x");
              add(tar, "empty/", TarConstants.LF_DIR, "", 0755);
              add(tar, "full/", TarConstants.LF_DIR, "", 0755);
              add(tar, "full/empty/", TarConstants.LF_DIR, "", 0755);
              add(tar, "pipes/", TarConstants.LF_DIR, "", 0755);
              add(tar, "pipes/pipe", TarConstants.LF_FIFO, "");
            });

    assertThat(ArtifactIntake.take(disk, files(), ArtifactSink.NONE).artifacts())
        .containsExactly(
            new Artifact.Directory("closed", FileMode.parse("0700")),
            Artifact.file("closed/file", false, contentOf("x")),
            new Artifact.Directory("empty", FileMode.DIRECTORY),
            new Artifact.Directory("full/empty", FileMode.DIRECTORY),
            new Artifact.Directory("pipes", FileMode.DIRECTORY));
  }

  @Test
  void refusesAFileBelowALink() throws Exception {
    Path disk =
        disk(
            tar -> {
              link(tar, "a", "b");
              add(tar, "a/file", TarConstants.LF_NORMAL, "x");
            });

    assertThatThrownBy(() -> ArtifactIntake.take(disk, files(), ArtifactSink.NONE))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("below another");
  }

  @Test
  void refusesAPathThatComesTwice() throws Exception {
    Path disk =
        disk(
            tar -> {
              add(tar, "a", TarConstants.LF_NORMAL, "1");
              add(tar, "./a", TarConstants.LF_NORMAL, "2");
            });

    assertThatThrownBy(() -> ArtifactIntake.take(disk, files(), ArtifactSink.NONE))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("two artifacts");
  }

  @Test
  void refusesAFileBelowAFile() throws Exception {
    Path disk =
        disk(
            tar -> {
              add(tar, "a", TarConstants.LF_NORMAL, "1");
              add(tar, "a/b", TarConstants.LF_NORMAL, "2");
            });

    assertThatThrownBy(() -> ArtifactIntake.take(disk, files(), ArtifactSink.NONE))
        .isInstanceOf(MalformedException.class);
  }

  /** Were they read, they would be in memory whole. */
  @ParameterizedTest
  @ValueSource(
      bytes = {
        TarConstants.LF_GNUTYPE_LONGNAME,
        TarConstants.LF_GNUTYPE_LONGLINK,
        TarConstants.LF_PAX_EXTENDED_HEADER_LC,
        TarConstants.LF_PAX_GLOBAL_EXTENDED_HEADER
      })
  void refusesADescriptionOfAnyLength(byte type) throws Exception {
    long length = 1L << 30;
    TarArchiveEntry entry = new TarArchiveEntry("././@LongLink", type);
    entry.setSize(length);
    byte[] header = new byte[512];
    entry.writeEntryHeader(header);
    Path disk = directory.resolve("disk");
    try (RandomAccessFile sparse = new RandomAccessFile(disk.toFile(), "rw")) {
      sparse.write(header);
      sparse.write((length + " comment=").getBytes(UTF_8));
      sparse.setLength(length);
    }

    assertThatThrownBy(() -> ArtifactIntake.take(disk, files(), ArtifactSink.NONE))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("described in more than 65536 bytes");
  }

  /** A few bytes of it would be gigabytes here. */
  @Test
  void refusesASparseFile() throws Exception {
    Path disk =
        disk(
            tar -> {
              String real = "GNU.sparse.realsize=2000000000\n";
              String[] records = {
                "GNU.sparse.major=1\n", "GNU.sparse.minor=0\n", "GNU.sparse.name=a\n", real
              };
              StringBuilder pax = new StringBuilder();
              for (String record : records) {
                pax.append(record.length() + 3).append(' ').append(record);
              }
              add(tar, "pax", TarConstants.LF_PAX_EXTENDED_HEADER_LC, pax.toString());
              add(tar, "a", TarConstants.LF_NORMAL, "0\n" + "\0".repeat(510));
            });

    assertThatThrownBy(() -> ArtifactIntake.take(disk, files(), ArtifactSink.NONE))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("plain file");
  }

  private RunFiles files() {
    return new RunFiles(directory.resolve("result"));
  }

  private static Content contentOf(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    return new Content(bytes.length, Digest.of(bytes));
  }

  private Path disk(Consumer<TarArchiveOutputStream> entries) throws IOException {
    Path disk = directory.resolve("disk");
    try (OutputStream out = Files.newOutputStream(disk);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out, "UTF-8")) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      tar.setAddPaxHeadersForNonAsciiNames(true);
      entries.accept(tar);
    }
    try (RandomAccessFile sized = new RandomAccessFile(disk.toFile(), "rw")) {
      sized.setLength(sized.length() + (8 << 20));
    }
    return disk;
  }

  private static void link(TarArchiveOutputStream tar, String name, String target) {
    TarArchiveEntry entry = new TarArchiveEntry(name, TarConstants.LF_SYMLINK, true);
    entry.setLinkName(target);
    put(tar, entry, new byte[0]);
  }

  private static void add(TarArchiveOutputStream tar, String name, byte type, String content) {
    add(tar, name, type, content, type == TarConstants.LF_DIR ? 0755 : 0644);
  }

  private static void add(
      TarArchiveOutputStream tar, String name, byte type, String content, int mode) {
    TarArchiveEntry entry = new TarArchiveEntry(name, type, true);
    entry.setMode(mode);
    if (type == TarConstants.LF_LINK) {
      entry.setLinkName("/etc/passwd");
    }
    put(tar, entry, content.getBytes(UTF_8));
  }

  private static void put(TarArchiveOutputStream tar, TarArchiveEntry entry, byte[] bytes) {
    entry.setSize(bytes.length);
    try {
      tar.putArchiveEntry(entry);
      tar.write(bytes);
      tar.closeArchiveEntry();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
