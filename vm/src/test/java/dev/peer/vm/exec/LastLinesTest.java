package dev.peer.vm.exec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.record.OutputStreamName;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LastLinesTest {

  private final LastLines lines = new LastLines();

  @Test
  void keepsTheLastTwentyOfBothStreamsInTheOrderOfTheirEnds() {
    write(OutputStreamName.STDOUT, "out 1, ");
    IntStream.range(0, 30).forEach(i -> write(OutputStreamName.STDERR, "err " + i + "\n\n"));
    write(OutputStreamName.STDOUT, "out 2\nout 3");
    assertThat(lines.shown())
        .hasSize(20)
        .startsWith("err 12", "err 13")
        .endsWith("err 29", "out 1, out 2", "out 3");
  }

  @Test
  void showsLinesAsATerminalWouldWithoutWhatWouldSteerIt() {
    write(OutputStreamName.STDOUT, "10%\r100%\r\n\u001b[1;31mred\u001b[0m\tbell\u0007\n \r\n");
    assertThat(lines.shown()).containsExactly("100%", "red bell?");
  }

  @Test
  void cutsLinesThatAreTooLong() {
    write(OutputStreamName.STDOUT, "y".repeat(1_000));
    assertThat(lines.shown()).containsExactly("y".repeat(400));
  }

  @Test
  void forgetsTheBeginningOfAFlood() {
    write(OutputStreamName.STDOUT, "old\n" + "flood\n".repeat(10_000));
    assertThat(lines.shown()).hasSize(20).containsOnly("flood");
  }

  private void write(OutputStreamName stream, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    lines.write(stream, bytes, 0, bytes.length);
  }
}
