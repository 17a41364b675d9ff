package dev.peer.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.core.record.MalformedException;
import dev.peer.wire.OutputFrame.Kind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutputFrameTest {

  @Test
  void readsWhatIsWrittenHoweverItComes() throws Exception {
    byte[] largest = new byte[Limits.FRAME];
    Arrays.fill(largest, (byte) 'x');
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    frames.writeBytes(OutputFrame.of(Kind.BEGUN));
    frames.writeBytes(OutputFrame.of(Kind.STDOUT, largest, 0, largest.length));
    frames.writeBytes(OutputFrame.of(Kind.STDERR, "complaint".getBytes(US_ASCII), 2, 3));
    InputStream in = new ByteArrayInputStream(frames.toByteArray());
    OutputFrame.Reader reader =
        new OutputFrame.Reader(
            (buffer, offset, most) -> in.read(buffer, offset, Math.min(most, 7)));

    assertThat(reader.next()).contains(Kind.BEGUN);
    assertThat(content(reader)).isEmpty();
    assertThat(reader.next()).contains(Kind.STDOUT);
    assertThat(content(reader)).isEqualTo(largest);
    assertThat(reader.next()).contains(Kind.STDERR);
    assertThat(content(reader)).asString().isEqualTo("mpl");
    assertThat(reader.next()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"x\0\0\0\0", "1", "1\0\0\0", "1\0\0\0\u0002x", "1\0\u0001\0\u0001"})
  void refusesWhatIsNoFrame(String bytes) {
    InputStream in = new ByteArrayInputStream(bytes.getBytes(US_ASCII));

    assertThatThrownBy(() -> new OutputFrame.Reader(in::read).next())
        .isInstanceOf(MalformedException.class);
  }

  @Test
  void makesNoFrameThatWouldBeRefused() {
    byte[] tooLarge = new byte[Limits.FRAME + 1];

    assertThatThrownBy(() -> OutputFrame.of(Kind.STDOUT, tooLarge, 0, tooLarge.length))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void readsTheEndsThatItWrites() throws Exception {
    Instant at = Instant.parse("2030-01-31T12:00:00.123Z");
    for (RunEnd end :
        List.of(
            new RunEnd.Passed(),
            new RunEnd.BrokenOff(),
            new RunEnd.Failed("post-test", Optional.of(255), at),
            new RunEnd.Failed("prepare", Optional.empty(), at))) {
      assertThat(RunEnd.parse(end.json())).isEqualTo(end);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "{\"end\":\"won\"}",
        "{\"end\":\"passed\",\"stage\":\"test\"}",
        "{\"end\":\"failed\",\"stage\":\"test\"}",
        "{\"end\":\"failed\",\"stage\":\"te\\u001bst\",\"at\":\"2030-01-31T12:00:00Z\"}",
        "{\"end\":\"failed\",\"stage\":\"test\",\"exitCode\":0,\"at\":\"2030-01-31T12:00:00Z\"}",
        "{\"end\":\"failed\",\"stage\":\"test\",\"exitCode\":256,\"at\":\"2030-01-31T12:00:00Z\"}",
        "{\"end\":\"failed\",\"stage\":\"test\",\"exitCode\":1,\"at\":\"today\"}"
      })
  void refusesWhatIsNoEnd(String json) {
    assertThatThrownBy(() -> RunEnd.parse(json.getBytes(US_ASCII)))
        .isInstanceOf(MalformedException.class);
  }

  private static byte[] content(OutputFrame.Reader reader) {
    return Arrays.copyOf(reader.content(), reader.length());
  }
}
