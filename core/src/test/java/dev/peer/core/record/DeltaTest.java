package dev.peer.core.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import dev.peer.core.chunk.ChunkList;
import dev.peer.core.chunk.Cuts;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What makes some content in frames of a former one. */
class DeltaTest {

  private static final int SIZE = 8 << 20;

  @TempDir private Path directory;
  private byte[] plain;
  private Path before;

  @BeforeEach
  void makeTheFormerContent() throws Exception {
    plain = random(SIZE, 1);
    before = framed("before", plain);
  }

  @Test
  void makesContentOfAFormerOneByWhatChangedAlone() throws Exception {
    byte[] other = plain.clone();
    // A block here and there, and more bytes between old ones and at the end.
    System.arraycopy(random(4096, 2), 0, other, 1 << 20, 4096);
    System.arraycopy(random(4096, 3), 0, other, 5 << 20, 4096);
    byte[] grown =
        joined(
            Arrays.copyOf(other, 3 << 20),
            random(20_000, 4),
            Arrays.copyOfRange(other, 3 << 20, SIZE),
            random(10_000, 5));
    Path after = framed("after", grown);

    byte[] delta = DeltaWriter.write(before, after).orElseThrow();

    assertThat(made(delta)).isEqualTo(Files.readAllBytes(after));
    assertThat(delta.length).isBetween(2 * 4096 + 30_000, (2 * 4096 + 30_000) * 11 / 10);
  }

  @Test
  void makesContentOfFramesInAnotherOrder() throws Exception {
    byte[] frames = Files.readAllBytes(before);
    byte[] others = Files.readAllBytes(framed("others", random(1 << 20, 9)));
    byte[] bytes = random(5000, 10);
    Files.write(before, joined(frames, others, Zstd.compress(bytes, 3)));
    bytes[1000] ^= 1;
    Path after = directory.resolve("after");
    Files.write(after, joined(others, frames, others, Zstd.compress(bytes, 3)));

    byte[] delta = DeltaWriter.write(before, after).orElseThrow();

    assertThat(made(delta)).isEqualTo(Files.readAllBytes(after));
    assertThat(delta).hasSizeLessThan(200);
  }

  @Test
  void thereIsNoneWhereTooMuchIsNewOrNothingIsSaved() throws Exception {
    assertThat(DeltaWriter.write(before, framed("large", random(17 << 20, 6)))).isEmpty();
    assertThat(DeltaWriter.write(framed("large", random(17 << 20, 6)), before)).isEmpty();
    assertThat(DeltaWriter.write(before, framed("other", random(3000, 7)))).isEmpty();
    assertThat(DeltaWriter.write(before, before)).isEmpty();
  }

  @Test
  void thereIsNoneOfFramesThatThisEncoderDoesNotMake() throws Exception {
    byte[] text = "a line of text, and another one; ".repeat(9999).getBytes(UTF_8);
    Path after = directory.resolve("after");
    Files.write(after, joined(Files.readAllBytes(before), Zstd.compress(text, 1)));

    assertThat(DeltaWriter.write(before, after)).isEmpty();
  }

  @Test
  void whatIsNotOfFramesHasNone() throws Exception {
    Path text = Files.writeString(directory.resolve("text"), "no frames");

    assertThatThrownBy(() -> DeltaWriter.write(text, before))
        .isInstanceOf(MalformedException.class);
    assertThatThrownBy(() -> DeltaWriter.write(before, text))
        .isInstanceOf(MalformedException.class);
  }

  @Test
  void leavesOutWhatAnotherEncoderMakes() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    assertThat(DeltaReader.read(delta("zstd of tomorrow", 0), before, SIZE, out)).isFalse();
    assertThat(out.size()).isZero();
  }

  @Test
  void refusesWhatIsNoDelta() throws Exception {
    byte[] good = DeltaWriter.write(before, framed("after", changed())).orElseThrow();
    for (int length = 0; length < good.length; length += 1 + good.length / 50) {
      assertRefused(Arrays.copyOf(good, length));
    }
    assertRefused(new byte[0]);
    assertRefused(delta(FrameStream.ENCODER, -1));
    assertRefused(delta(FrameStream.ENCODER, Integer.MAX_VALUE));
    assertRefused(delta(FrameStream.ENCODER, 1, 0, 1 << 20, 0));
    assertRefused(delta(FrameStream.ENCODER, 1, -1, 1, 0));
    assertRefused(delta(FrameStream.ENCODER, 1, 0, 0, 2, 16 << 20, 16 << 20));
  }

  @Test
  void refusesMorePiecesOrNewFramesThanContentHas() throws Exception {
    assertRefused(delta(FrameStream.ENCODER, ChunkList.MOST + 1), "0 to " + ChunkList.MOST);
    assertRefused(delta(FrameStream.ENCODER, 1, 0, 0, ChunkList.MOST + 1), "" + ChunkList.MOST);
    assertRefused(
        delta(FrameStream.ENCODER, 2, 0, 0, ChunkList.MOST, 0, 0, 1), "1 (0 to 0 expected)");
  }

  /** A few bytes would fill the disk. */
  @Test
  void writesNoMoreThanThereIs() throws Exception {
    Path small = framed("small", random(1000, 8));
    int[] numbers = new int[1 + 3 * 1000];
    numbers[0] = 1000;
    for (int i = 0; i < 1000; i++) {
      numbers[3 * i + 2] = 1;
    }
    byte[] delta = joined(delta(FrameStream.ENCODER, numbers), Zstd.compress(new byte[0], 3));
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    assertThatThrownBy(() -> DeltaReader.read(delta, small, 5000, out))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("more than there is");
    assertThat(out.size()).isLessThanOrEqualTo(5000);
  }

  @Test
  void refusesADamagedFormerContent() throws Exception {
    byte[] delta = DeltaWriter.write(before, framed("after", changed())).orElseThrow();
    byte[] bytes = Files.readAllBytes(before);
    Files.write(before, Arrays.copyOf(bytes, bytes.length - 10));

    assertRefused(delta);
  }

  private void assertRefused(byte[] delta) {
    assertRefused(delta, "");
  }

  private void assertRefused(byte[] delta, String why) {
    assertThatThrownBy(() -> DeltaReader.read(delta, before, SIZE, OutputStream.nullOutputStream()))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining(why);
  }

  private byte[] changed() {
    byte[] changed = plain.clone();
    System.arraycopy(random(4096, 2), 0, changed, 1 << 20, 4096);
    return changed;
  }

  private static byte[] delta(String encoder, int... numbers) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeUTF(encoder);
    for (int number : numbers) {
      out.writeInt(number);
    }
    return bytes.toByteArray();
  }

  private byte[] made(byte[] delta) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(DeltaReader.read(delta, before, 2 * SIZE, out)).isTrue();
    return out.toByteArray();
  }

  private Path framed(String name, byte[] bytes) throws IOException {
    Path file = directory.resolve(name);
    try (OutputStream plain = Files.newOutputStream(file);
        OutputStream frames = new FrameStream(plain, Cuts.around(64 << 10))) {
      frames.write(bytes);
    }
    return file;
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      joined.writeBytes(part);
    }
    return joined.toByteArray();
  }

  private static byte[] random(int length, int seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
