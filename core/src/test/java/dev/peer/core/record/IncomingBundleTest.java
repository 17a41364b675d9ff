package dev.peer.core.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class IncomingBundleTest {

  @TempDir private Path directory;

  private RunFiles files;
  private RunRecord record;
  private Content content;
  private byte[] bundle;
  private Path file;
  private Path into;

  @BeforeEach
  void makeBundle() throws Exception {
    files = new RunFiles(Files.createDirectory(directory.resolve("files")));
    file = directory.resolve("file");
    into = Files.createDirectory(directory.resolve("into"));
    byte[] large = new byte[3 << 20];
    new Random(1).nextBytes(large);
    make(Map.of("report.txt", "fine\n".getBytes(UTF_8), "large", large));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1_000, 1 << 16, 100 << 20})
  void keepsAndUnpacksBytesThatComeInPieces(int piece) throws Exception {
    try (IncomingBundle incoming = IncomingBundle.of(content, record, file, into)) {
      give(incoming, bundle, piece);

      assertThat(incoming.size()).isEqualTo(bundle.length);
      assertThat(incoming.finish().directory()).isEqualTo(into);
    }
    assertThat(file).hasBinaryContent(bundle);
    assertThat(into.resolve("artifacts/large"))
        .hasSameBinaryContentAs(files.artifacts().resolve("large"));
    assertThat(into.resolve("artifacts/report.txt")).hasContent("fine");
  }

  /** All entries are as signed then, and it shows only in the bytes that fill the bundle up. */
  @Test
  void refusesABundleThatIsWrongOnlyInItsLastByte() throws Exception {
    make(Map.of("zeros", new byte[64 << 20]));
    bundle[bundle.length - 1] ^= 1;

    assertRefused("digest");
  }

  @Test
  void refusesABundleThatIsShorterOrLonger() throws Exception {
    byte[] whole = bundle;
    for (int size : new int[] {0, whole.length / 2, whole.length - 1, whole.length + 1}) {
      bundle = Arrays.copyOf(whole, size);

      assertRefused("the bundle has " + size + " bytes");
    }
  }

  @Test
  void saysThatTheDigestIsWrongWhereverTheFirstWrongByteIs() throws Exception {
    byte[] whole = bundle;
    for (int at = 0; at < whole.length; at += whole.length / 10) {
      bundle = whole.clone();
      bundle[at] ^= 1;

      assertRefused("the bundle's digest is ");
    }
  }

  @Test
  void writesNothingMoreOnceItIsGivenUp() throws Exception {
    IncomingBundle incoming = IncomingBundle.of(content, record, file, into);
    give(incoming, Arrays.copyOf(bundle, bundle.length / 2), 1_000);

    incoming.close();

    Path unpacked = into.resolve("artifacts/large");
    long size = Files.exists(unpacked) ? Files.size(unpacked) : 0;
    assertThat(size).isLessThan(3 << 20);
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().equals("unpack " + into) && thread.isAlive());
  }

  @Test
  void endsWhenItsThreadIsInterrupted() throws Exception {
    try (IncomingBundle incoming = IncomingBundle.of(content, record, file, into)) {
      give(incoming, bundle, 1 << 16);
      Thread.currentThread().interrupt();

      assertThatThrownBy(incoming::finish).isInstanceOf(InterruptedIOException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  private void make(Map<String, byte[]> artifacts) throws Exception {
    record = Records.make(files, artifacts);
    Path made = directory.resolve("made" + System.nanoTime());
    content = BundleWriter.write(record, files, made).content();
    bundle = Files.readAllBytes(made);
  }

  private void assertRefused(String why) throws Exception {
    Files.deleteIfExists(file);
    Path unpacked = Files.createTempDirectory(directory, "unpacked");
    try (IncomingBundle incoming = IncomingBundle.of(content, record, file, unpacked)) {
      give(incoming, bundle, 1 << 16);
      assertThatThrownBy(incoming::finish)
          .isInstanceOf(MalformedException.class)
          .hasMessageContaining(why);
    }
  }

  private static void give(IncomingBundle incoming, byte[] bytes, int piece) throws IOException {
    for (int at = 0; at < bytes.length; at += Math.min(piece, bytes.length - at)) {
      incoming.write(bytes, at, Math.min(piece, bytes.length - at));
    }
  }
}
