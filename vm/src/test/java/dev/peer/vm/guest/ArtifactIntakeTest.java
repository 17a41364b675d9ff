package dev.peer.vm.guest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.core.id.Digest;
import dev.peer.core.record.Artifact;
import dev.peer.core.record.Content;
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

    assertThat(ArtifactIntake.take(disk, files()))
        .containsExactly(
            new Artifact("a", false, contentOf("")),
            new Artifact("b/report.txt", false, contentOf("fine")));
    assertThat(files().artifacts().resolve("b/report.txt")).hasContent("fine");
  }

  @Test
  void takesNothingFromADiskThatWasNotWritten() throws Exception {
    assertThat(ArtifactIntake.take(disk(tar -> {}), files())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"../escape", "./../../escape", "/escape", "a/../../escape", "a\nb"})
  void refusesANameThatLeavesTheDirectory(String name) throws Exception {
    Path disk = disk(tar -> add(tar, name, TarConstants.LF_NORMAL, "x"));

    assertThatThrownBy(() -> ArtifactIntake.take(disk, files()))
        .isInstanceOf(MalformedException.class);
    assertThat(directory.resolve("escape")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      bytes = {
        TarConstants.LF_SYMLINK,
        TarConstants.LF_LINK,
        TarConstants.LF_CHR,
        TarConstants.LF_FIFO
      })
  void refusesWhatIsNoPlainFile(byte type) throws Exception {
    Path disk = disk(tar -> add(tar, "a", type, ""));

    assertThatThrownBy(() -> ArtifactIntake.take(disk, files()))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("plain file");
  }

  @Test
  void refusesAPathThatComesTwice() throws Exception {
    Path disk =
        disk(
            tar -> {
              add(tar, "a", TarConstants.LF_NORMAL, "1");
              add(tar, "./a", TarConstants.LF_NORMAL, "2");
            });

    assertThatThrownBy(() -> ArtifactIntake.take(disk, files()))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("two artifacts");
  }

  @Test
  void refusesMoreThanAnAttestationCanName() throws Exception {
    Path disk =
        disk(
            tar -> {
              for (int i = 0; i < 12_000; i++) {
                add(tar, "a/file-with-a-name-" + i, TarConstants.LF_NORMAL, "");
              }
            });

    assertThatThrownBy(() -> ArtifactIntake.take(disk, files()))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("too many artifacts");
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

    assertThatThrownBy(() -> ArtifactIntake.take(disk, files()))
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

    assertThatThrownBy(() -> ArtifactIntake.take(disk, files()))
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
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
      entries.accept(tar);
    }
    try (RandomAccessFile sized = new RandomAccessFile(disk.toFile(), "rw")) {
      sized.setLength(sized.length() + (8 << 20));
    }
    return disk;
  }

  private static void add(TarArchiveOutputStream tar, String name, byte type, String content) {
    byte[] bytes = content.getBytes(UTF_8);
    TarArchiveEntry entry = new TarArchiveEntry(name, type, true);
    if (type == TarConstants.LF_SYMLINK || type == TarConstants.LF_LINK) {
      entry.setLinkName("/etc/passwd");
    }
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
