package dev.peer.core.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.core.id.Digest;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Bundles whose artifacts come before there is a record of them. */
@Timeout(300)
class BundleWriterTest {

  private static final byte[] REPORT = "fine\n".getBytes(UTF_8);
  private static final int LARGE = 5 << 20;

  @TempDir private Path directory;

  private final byte[] large = new byte[LARGE];
  private RunFiles files;
  private RunRecord record;
  private Path bundle;
  private Path into;

  @BeforeEach
  void makeRun() throws Exception {
    new Random(1).nextBytes(large);
    files = new RunFiles(Files.createDirectory(directory.resolve("files")));
    record = Records.make(files, Map.of("report", REPORT, "large", large, "empty", new byte[0]));
    bundle = directory.resolve("bundle");
    into = Files.createDirectory(directory.resolve("into"));
  }

  @Test
  void takesArtifactsAsTheyComeAndAllElseInTheEnd() throws Exception {
    WrittenBundle written;
    try (BundleWriter writer = new BundleWriter(files, bundle)) {
      give(writer, "large", large);
      give(writer, "empty", new byte[0]);
      written = writer.finish(record);
    }

    assertThat(written.record()).isEqualTo(record);
    assertThat(written.content()).isEqualTo(contentOf(bundle));
    RunFiles unpacked = IncomingBundle.unpack(bundle, written.content(), record, into);
    assertThat(unpacked.artifacts().resolve("large")).hasBinaryContent(large);
    assertThat(unpacked.artifacts().resolve("empty")).isEmptyFile();
    assertThat(unpacked.artifacts().resolve("report")).hasBinaryContent(REPORT);
    assertThat(unpacked.timing()).hasSameBinaryContentAs(files.timing());
  }

  @Test
  void refusesContentThatIsNotAsTheRecordSays() throws Exception {
    byte[] other = large.clone();
    other[LARGE - 1] ^= 1;

    assertRefused("large", other, "has another digest than the record says");
    assertRefused("large", Arrays.copyOf(large, 1), "has another size than the record says");
  }

  @Test
  void refusesAnArtifactThatTheRecordDoesNotName() throws Exception {
    assertRefused("more", REPORT, "is not in the record, or comes twice");
  }

  @Test
  void refusesAnArtifactThatComesTwice() throws Exception {
    try (BundleWriter writer = new BundleWriter(files, bundle)) {
      give(writer, "report", REPORT);
      give(writer, "report", REPORT);

      assertThatThrownBy(() -> writer.finish(record))
          .isInstanceOf(MalformedException.class)
          .hasMessageContaining("comes twice");
    }
  }

  /** A reader must have the list before it comes to what the list names. */
  @Test
  void writesAListOfArtifactsBeforeThem() throws Exception {
    List<Artifact> many = new ArrayList<>(files.list(record.artifacts()));
    for (int i = 0; i < 12_000; i++) {
      many.add(new Artifact.Link("links/to/report/" + i, "../../../report"));
    }
    many.sort(Comparator.comparing(Artifact::path));
    Artifacts manifested = ArtifactManifest.of(new Artifacts.Listed(many), files);
    assertThat(manifested).isInstanceOf(Artifacts.Manifested.class);
    RunRecord listed = Records.record(record.inputs(), record.output(), manifested);
    WrittenBundle written;
    try (BundleWriter writer = new BundleWriter(files, bundle)) {
      give(writer, "report", REPORT);
      written = writer.finish(listed);
    }

    RunFiles unpacked = IncomingBundle.unpack(bundle, written.content(), listed, into);

    assertThat(unpacked.list(manifested)).isEqualTo(many);
    assertThat(unpacked.artifacts().resolve("report")).hasBinaryContent(REPORT);
  }

  /** A record names no such list itself: what was written would be written once more. */
  @Test
  void writesNothingAheadOfALongList() throws Exception {
    try (BundleWriter writer = new BundleWriter(files, bundle)) {
      give(writer, "large", large);
      assertThat(bundle).exists();
      for (int i = 0; i < 14_000; i++) {
        give(writer, "many/" + i, new byte[0]);
      }

      assertThat(bundle).doesNotExist();
      WrittenBundle written = writer.finish(record);
      assertThat(written.content()).isEqualTo(contentOf(bundle));
      IncomingBundle.unpack(bundle, written.content(), record, into);
    }
  }

  @Test
  void writesNoFileBeforeThereIsContent() throws Exception {
    try (BundleWriter writer = new BundleWriter(files, bundle)) {
      assertThat(writer.files()).isEqualTo(files);
    }

    assertThat(bundle).doesNotExist();
  }

  @Test
  void leavesNoThreadWhenItIsGivenUp() throws Exception {
    try (BundleWriter writer = new BundleWriter(files, bundle)) {
      writer.begin("large", FileMode.PLAIN, LARGE).write(large, 0, LARGE / 2);
    }

    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().endsWith(bundle.toString()) && thread.isAlive());
  }

  @Test
  void endsWhenItsThreadIsInterrupted() throws Exception {
    try (BundleWriter writer = new BundleWriter(files, bundle)) {
      give(writer, "large", large);
      Thread.currentThread().interrupt();

      assertThatThrownBy(() -> writer.finish(record)).isInstanceOf(InterruptedIOException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  private void assertRefused(String path, byte[] content, String why) throws Exception {
    Files.deleteIfExists(bundle);
    try (BundleWriter writer = new BundleWriter(files, bundle)) {
      give(writer, path, content);

      assertThatThrownBy(() -> writer.finish(record))
          .isInstanceOf(MalformedException.class)
          .hasMessageContaining(why);
    }
  }

  private static void give(BundleWriter writer, String path, byte[] content) throws Exception {
    try (OutputStream out = writer.begin(path, FileMode.PLAIN, content.length)) {
      out.write(content);
    }
  }

  private static Content contentOf(Path file) throws Exception {
    return new Content(Files.size(file), Digest.of(file));
  }
}
