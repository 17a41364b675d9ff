package dev.peer.run;

import dev.peer.core.progress.Notices;
import dev.peer.core.progress.OutputBytes;
import dev.peer.core.progress.RunEvent;
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
  public void tell(RunEvent.Message message) {
    switch (message) {
      case RunEvent.Step(String step) -> timeline.begin(step);
      case RunEvent.Awaiting _, RunEvent.Moved _ -> {}
      case RunEvent.Notice(String text) -> log(text);
      case RunEvent.Answer(String line) -> log(line);
      case RunEvent.StageOutput(String _, OutputBytes bytes) -> take(bytes);
      case RunEvent.TestOutput(OutputStreamName _, OutputBytes bytes) -> take(bytes);
    }
  }

  private void log(String text) {
    text.lines().forEach(line -> log.say(name + ": " + line));
  }

  @Override
  public Timeline timeline() {
    return timeline;
  }

  private synchronized void take(OutputBytes bytes) {
    byte[] buffer = bytes.buffer();
    for (int i = bytes.offset(); i < bytes.offset() + bytes.length(); i++) {
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
