package dev.peer.run;

import dev.peer.core.progress.Notices;
import dev.peer.core.record.OutputStreamName;
import dev.peer.report.RunOutput;
import dev.peer.report.Timeline;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The output of a run without a waiting caller: peer's messages go to a log, and so can the last
 * lines of the test's output.
 */
public final class UnattendedOutput implements RunOutput {

  private static final int MOST_LINES = 20;
  private static final int LONGEST_LINE = 400;

  private final Notices log;
  private final String name;
  private final Timeline timeline = new Timeline(Duration.ZERO);
  private final Deque<String> lastLines = new ArrayDeque<>();
  private final ByteArrayOutputStream partialLine = new ByteArrayOutputStream();

  /**
   * Into a log.
   *
   * @param name the prefix of its lines
   */
  public UnattendedOutput(Notices log, String name) {
    this.log = log;
    this.name = name;
  }

  @Override
  public void say(String text) {
    text.lines().forEach(line -> log.say(name + ": " + line));
  }

  @Override
  public void note(String line) {
    say(line);
  }

  @Override
  public void stage(String stage) {
    step(stage);
    say("stage: " + stage);
  }

  @Override
  public void print(String line) {
    say(line);
  }

  @Override
  public void step(String step) {
    timeline.begin(step);
  }

  @Override
  public Timeline timeline() {
    return timeline;
  }

  @Override
  public void write(OutputStreamName stream, byte[] buffer, int offset, int length) {
    take(buffer, offset, length);
  }

  @Override
  public void stageOutput(String stage, byte[] buffer, int offset, int length) {
    take(buffer, offset, length);
  }

  private synchronized void take(byte[] buffer, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      if (buffer[i] == '\n') {
        endLine();
      } else if (partialLine.size() < LONGEST_LINE) {
        partialLine.write(buffer[i]);
      }
    }
  }

  private void endLine() {
    if (lastLines.size() == MOST_LINES) {
      lastLines.removeFirst();
    }
    lastLines.addLast(partialLine.toString(StandardCharsets.UTF_8));
    partialLine.reset();
  }

  /** Logs the last lines of the run's output. */
  public synchronized void sayLastLines() {
    if (partialLine.size() > 0) {
      endLine();
    }
    lastLines.forEach(line -> say("| " + line));
  }
}
