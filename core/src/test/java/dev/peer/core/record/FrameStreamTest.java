package dev.peer.core.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameStreamTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1000, 3_000_000})
  void framesHaveAtMostAsManyBytesAsIsSaid(int size) throws Exception {
    byte[] random = new byte[size];
    new Random(size).nextBytes(random);

    byte[] frames = frames(random);

    assertThat((long) frames.length).isLessThanOrEqualTo(FrameStream.most(size));
    assertThat(read(frames)).isEqualTo(random);
  }

  @Test
  void refusesAFrameThatNeedsMoreMemory() throws Exception {
    byte[] content = new byte[100];

    assertThat(read(withWindow(23, content))).isEqualTo(content);
    assertThatThrownBy(() -> read(withWindow(24, content))).isInstanceOf(IOException.class);
  }

  @Test
  void refusesAFrameThatIsCutOff() throws Exception {
    byte[] frames = frames(new byte[100]);

    assertThatThrownBy(() -> read(Arrays.copyOf(frames, frames.length - 1)))
        .isInstanceOf(IOException.class);
  }

  private static byte[] frames(byte[] content) throws IOException {
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    try (OutputStream out = new FrameStream(frames)) {
      out.write(content);
    }
    return frames.toByteArray();
  }

  /** A frame that has its reader remember as many bytes, whatever its content. */
  private static byte[] withWindow(int logarithm, byte[] content) throws IOException {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    try (ZstdOutputStream out = new ZstdOutputStream(frame).setLong(logarithm)) {
      out.write(content);
      // The size of the content is not known now, and so the window is what it was set to.
      out.flush();
    }
    return frame.toByteArray();
  }

  private static byte[] read(byte[] frames) throws IOException {
    try (InputStream in = FrameStream.read(new ByteArrayInputStream(frames))) {
      return in.readAllBytes();
    }
  }
}
