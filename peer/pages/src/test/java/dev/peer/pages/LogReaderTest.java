package dev.peer.pages;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.record.OutputStreamName;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogReaderTest {

  private final LogReader reader = new LogReader();

  @Test
  void keepsTheStreamsApartAndTheOrderOfTheirLines() {
    out("a");
    err("b\n");
    out("c\n");

    assertThat(reader.end())
        .extracting(line -> line.number() + (line.error() ? " err " : " out ") + text(line))
        .containsExactly("1 err b", "2 out ac");
  }

  @Test
  void makesClassesOfColours() {
    out("\u001b[31mred\u001b[0;1;44mon blue\u001b[m\u001b[38;5;196mx\u001b[38;2;0;200;0my");

    assertThat(reader.end().getFirst().spans())
        .containsExactly(
            new LogLine.Span("red", "f1"),
            new LogLine.Span("on blue", "b4 bold"),
            new LogLine.Span("x", "f9"),
            new LogLine.Span("y", "f10"));
  }

  @Test
  void keepsAColourOverLinesAndNotOverStreams() {
    out("\u001b[32ma\nb");
    err("c");

    assertThat(reader.end())
        .extracting(line -> line.spans().getFirst().style())
        .containsExactly("f2", "f2", "");
  }

  @Test
  void followsSequencesThatAreCutBetweenPieces() {
    out("\u001b[3");
    out("1mred ");
    reader.write(OutputStreamName.STDOUT, "\u00e4".getBytes(UTF_8), 0, 1);
    reader.write(OutputStreamName.STDOUT, "\u00e4".getBytes(UTF_8), 1, 1);

    assertThat(reader.end().getFirst().spans())
        .containsExactly(new LogLine.Span("red \u00e4", "f1"));
  }

  @Test
  void takesCodesThatAreNoneForNothing() {
    out("\u001b[38;5m\u001b[38;2;1m\u001b[999999999m\u001b[;;:m\u001b[38;5;999mtext\u001b[K");

    assertThat(text(reader.end().getFirst())).isEqualTo("text");
  }

  @Test
  void endsALineAtACarriageReturn() {
    out("50%\r100%\r\ndone\r");
    out("\n");

    assertThat(reader.end()).extracting(LogReaderTest::text).containsExactly("50%", "100%", "done");
  }

  @Test
  void saysHowManyLinesItLeavesOut() {
    out("x\n".repeat(LogReader.MOST_LINES + 7));

    assertThat(reader.end()).hasSize(LogReader.MOST_LINES);
    assertThat(reader.omitted()).isEqualTo(7);
  }

  @Test
  void leavesOutLinesOfMorePiecesThanAPageHas() {
    for (int i = 0; i < 10; i++) {
      out("\u001b[31mx\u001b[32my".repeat(4000) + "\n");
    }

    assertThat(reader.end()).hasSize(6);
    assertThat(reader.omitted()).isEqualTo(4);
  }

  @Test
  void cutsLinesThatNeverEnd() {
    out("x".repeat(100_000));

    List<LogLine> lines = reader.end();
    assertThat(lines).hasSize(7);
    assertThat(lines.stream().mapToInt(line -> text(line).length()).sum()).isEqualTo(100_000);
  }

  private void out(String text) {
    write(OutputStreamName.STDOUT, text);
  }

  private void err(String text) {
    write(OutputStreamName.STDERR, text);
  }

  private void write(OutputStreamName stream, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    reader.write(stream, bytes, 0, bytes.length);
  }

  private static String text(LogLine line) {
    return String.join("", line.spans().stream().map(LogLine.Span::text).toList());
  }
}
