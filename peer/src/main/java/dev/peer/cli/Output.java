package dev.peer.cli;

import dev.peer.core.flow.ExecutionListener;
import dev.peer.core.flow.Notices;
import dev.peer.core.record.OutputStreamName;
import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The command's stdout and stderr.
 *
 * <p>The test's output passes as it is. Lines of peer's own begin {@code peer: }, and begin a new
 * line if the test's last one on stderr had no end. A reader that goes away ends nothing: the
 * output to it is dropped.
 */
final class Output implements ExecutionListener, Notices {

  private static final int LONGEST_LINE = 4096;

  private final Timeline timeline = Timeline.ofProcess();
  private final Stream stdout = new Stream(new FileOutputStream(FileDescriptor.out));
  private final Stream stderr = new Stream(new FileOutputStream(FileDescriptor.err));
  private final ByteArrayOutputStream partialLine = new ByteArrayOutputStream();
  private String partialStage = "";
  private boolean afterReturn;
  private boolean stdoutDiverted;

  @Override
  public synchronized void write(OutputStreamName stream, byte[] buffer, int offset, int length) {
    (stream == OutputStreamName.STDOUT && !stdoutDiverted ? stdout : stderr)
        .write(buffer, offset, length);
  }

  /** From now on the test's stdout goes to stderr, and stdout has the command's answer alone. */
  synchronized void divertStdout() {
    stdoutDiverted = true;
  }

  /** The steps of the command. */
  Timeline timeline() {
    return timeline;
  }

  @Override
  public void step(String name) {
    timeline.begin(name);
  }

  /** Writes a line to stdout: a command's answer. */
  synchronized void print(String line) {
    byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
    stdout.write(bytes, 0, bytes.length);
  }

  @Override
  public synchronized void say(String text) {
    endStage();
    text.lines().forEach(line -> own(line.getBytes(StandardCharsets.UTF_8)));
  }

  /** An error and what to do about it. */
  synchronized void error(String message, String hint) {
    say("error: " + message);
    if (!hint.isEmpty()) {
      say("hint: " + hint);
    }
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
  public synchronized void stageOutput(String stage, byte[] buffer, int offset, int length) {
    partialStage = stage;
    for (int i = offset; i < offset + length; i++) {
      stageOutput(buffer[i]);
    }
  }

  /** A carriage return begins the line anew, as a terminal shows it: so progress bars work. */
  private void stageOutput(byte one) {
    if (afterReturn && one != '\n') {
      partialLine.reset();
    }
    afterReturn = one == '\r';
    if (one == '\n' || partialLine.size() == LONGEST_LINE) {
      endStageLine();
    }
    if (one != '\n' && one != '\r') {
      partialLine.write(one);
    }
  }

  private void endStage() {
    if (partialLine.size() > 0) {
      endStageLine();
    }
  }

  private void endStageLine() {
    byte[] prefix = (partialStage + "| ").getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    line.writeBytes(prefix);
    line.writeBytes(partialLine.toByteArray());
    partialLine.reset();
    own(line.toByteArray());
  }

  private void own(byte[] text) {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    if (!stderr.atLineStart) {
      line.write('\n');
    }
    line.writeBytes("peer: ".getBytes(StandardCharsets.UTF_8));
    line.writeBytes(text);
    line.write('\n');
    stderr.write(line.toByteArray(), 0, line.size());
  }

  private static final class Stream {

    private final OutputStream out;
    private boolean gone;
    private boolean atLineStart = true;

    Stream(OutputStream out) {
      this.out = out;
    }

    void write(byte[] buffer, int offset, int length) {
      if (gone || length == 0) {
        return;
      }
      try {
        out.write(buffer, offset, length);
        atLineStart = buffer[offset + length - 1] == '\n';
      } catch (IOException e) {
        gone = true;
      }
    }
  }
}
