package dev.peer.pages;

import dev.peer.core.record.MalformedException;
import dev.peer.core.record.RunFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A run's output.
 *
 * @param parts the lines, as many of them to a part as are folded together
 * @param omitted how many lines come after those
 * @param chart when they were written
 */
public record LogView(List<Part> parts, int omitted, OutputChart chart) {

  private static final int FOLDED = 1000;

  /**
   * Lines that are folded together.
   *
   * @param open whether they are shown at first: the first and the last part are
   */
  public record Part(List<LogLine> lines, boolean open) {

    public int first() {
      return lines.getFirst().number();
    }

    public int last() {
      return lines.getLast().number();
    }
  }

  /** Copies the list. */
  public LogView {
    parts = List.copyOf(parts);
  }

  /** Reads the output of a run whose files these are. */
  static LogView of(RunFiles files) throws IOException, MalformedException {
    LogReader reader = new LogReader();
    OutputChart.Recorder chart = new OutputChart.Recorder();
    files.replay(
        (RunFiles.SinkAfter)
            micros -> {
              chart.pass(micros);
              return (stream, buffer, offset, length) -> {
                chart.add(stream, length);
                reader.write(stream, buffer, offset, length);
              };
            });
    List<LogLine> lines = reader.end();
    List<Part> parts = new ArrayList<>();
    for (int at = 0; at < lines.size(); at += FOLDED) {
      int end = Math.min(lines.size(), at + FOLDED);
      parts.add(new Part(lines.subList(at, end), at == 0 || end == lines.size()));
    }
    return new LogView(parts, reader.omitted(), chart.chart());
  }
}
