package dev.peer.cli.console;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.json.JsonTree;
import dev.peer.core.progress.EscapeFilter;
import dev.peer.core.progress.OutputBytes;
import dev.peer.core.progress.RunEvent;
import dev.peer.core.record.OutputStreamName;
import dev.peer.report.ExitCode;
import dev.peer.report.RunOutput;
import dev.peer.report.Timeline;
import dev.peer.terminal.StandardStream;
import dev.peer.terminal.StatusLine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * The command's stdout and stderr.
 *
 * <p>The test's output passes as it is, except to a terminal, which gets none of its escapes but
 * colours ({@link EscapeFilter}). Lines of peer's own begin {@code peer: }, and begin a new line if
 * the test's last one on stderr had no end. A reader that goes away ends nothing: the output to it
 * is dropped. Output that is lost in any other way is an error, and the command does not pass.
 */
public final class Output implements RunOutput {

  private static final int LONGEST_LINE = 4096;
  private static final byte[] LINE_END = {'\n'};

  private final Timeline timeline;
  private final Optional<StatusLine.Opener> statusLine;
  private volatile Optional<ProgressLine> progress = Optional.empty();
  private final Stream stdout;
  private final Stream stderr;
  private final Map<OutputStreamName, EscapeFilter> filters = new EnumMap<>(OutputStreamName.class);
  private final ByteArrayOutputStream partialLine = new ByteArrayOutputStream();
  private String partialStage = "";
  private boolean afterReturn;
  private boolean stdoutDiverted;
  private boolean raw;
  private volatile boolean json;

  /** To this process's stdout and stderr. */
  public Output() {
    this.timeline = Timeline.ofProcess();
    this.stdout = new Stream("stdout", StandardStream.STDOUT, StandardStream.STDOUT.isTerminal());
    this.stderr = new Stream("stderr", StandardStream.STDERR, StandardStream.STDERR.isTerminal());
    this.statusLine =
        StatusLine.isFor(System.getenv()) ? Optional.of(StatusLine::ofProcess) : Optional.empty();
  }

  /** To a caller in this process, who has no terminal. */
  public Output(OutputStream stdout, OutputStream stderr) {
    this(stdout, false, stderr, false, Optional.empty());
  }

  /**
   * To a caller elsewhere.
   *
   * @param stdoutIsTerminal whether a person may be looking at its stdout
   * @param stderrIsTerminal whether a person may be looking at its stderr
   * @param statusLine opens a line for progress on that terminal; empty: there is none
   */
  public Output(
      OutputStream stdout,
      boolean stdoutIsTerminal,
      OutputStream stderr,
      boolean stderrIsTerminal,
      Optional<StatusLine.Opener> statusLine) {
    this.timeline = new Timeline(Duration.ZERO);
    this.stdout = new Stream("stdout", stdout, stdoutIsTerminal);
    this.stderr = new Stream("stderr", stderr, stderrIsTerminal);
    this.statusLine = statusLine;
  }

  @Override
  public void tell(RunEvent.Message message) {
    switch (message) {
      case RunEvent.Step(String name) -> {
        timeline.begin(name);
        progress.ifPresent(ProgressLine::step);
      }
      case RunEvent.Awaiting(String what) -> progress.ifPresent(line -> line.awaiting(what));
      case RunEvent.Moved(long done, long total) ->
          progress.ifPresent(line -> line.moved(done, total));
      case RunEvent.Notice(String text) -> notice(text);
      case RunEvent.Answer(String line) -> answer(line);
      case RunEvent.StageOutput(String stage, OutputBytes bytes) -> stageOutput(stage, bytes);
      case RunEvent.TestOutput(OutputStreamName stream, OutputBytes bytes) ->
          testOutput(stream, bytes);
    }
  }

  private synchronized void testOutput(OutputStreamName stream, OutputBytes bytes) {
    Stream to = streamOf(stream);
    if (raw || !to.isTerminal) {
      to.write(bytes.buffer(), bytes.offset(), bytes.length());
    } else {
      to.write(filter(stream).filter(bytes.buffer(), bytes.offset(), bytes.length()));
    }
  }

  /** From now on the test's stdout goes to stderr, and stdout has the command's answer alone. */
  public synchronized void divertStdout() {
    stdoutDiverted = true;
  }

  /** From now on a terminal too gets the bytes of tests and stages as they are. */
  public synchronized void raw() {
    raw = true;
  }

  /** From now on each line of peer's own is an object of JSON. */
  synchronized void json() {
    json = true;
  }

  /** Shows on a terminal at stderr what the command is doing, from now on. */
  public void showProgress() {
    if (stderr.isTerminal && statusLine.isPresent() && progress.isEmpty()) {
      ProgressLine line =
          new ProgressLine(timeline, stderr.out, statusLine.get(), this, this::isBetweenLines);
      synchronized (this) {
        progress = Optional.of(line);
      }
      line.start();
    }
  }

  @Override
  public boolean showsProgress() {
    return progress.isPresent() && !json;
  }

  /** No line has begun, and none of the test's colours is on. */
  private boolean isBetweenLines() {
    return !json
        && stdout.atLineStart
        && stderr.atLineStart
        && filters.values().stream().noneMatch(EscapeFilter::isStyled);
  }

  /** Begins an entry of the log, of this moment. */
  static ObjectNode entry(String level, String event) {
    ObjectNode entry = JsonTree.object();
    entry.put("time", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
    return entry.put("level", level).put("event", event);
  }

  /** Writes an entry of the log to stderr. */
  synchronized void log(ObjectNode entry) {
    line("", JsonTree.bytes(entry));
  }

  /** Where the parser of the command line writes help. */
  public PrintWriter helpWriter(OutputStreamName stream) {
    return new PrintWriter(
        new OutputStream() {
          @Override
          public void write(int one) {
            write(new byte[] {(byte) one}, 0, 1);
          }

          @Override
          public void write(byte[] buffer, int offset, int length) {
            Output.this.write(stream, buffer, offset, length);
          }
        },
        true,
        StandardCharsets.UTF_8);
  }

  /** Shows the test's output that was held back, and ends the colours that it left on. */
  public void end() {
    progress.ifPresent(ProgressLine::close);
    endFilters();
  }

  /** The command's exit code, unless output was lost: then it does not pass. */
  public synchronized int exitCode(int code) {
    boolean lost = stdout.failed || stderr.failed;
    return lost && code == ExitCode.PASSED.number() ? ExitCode.INFRASTRUCTURE.number() : code;
  }

  private synchronized void endFilters() {
    filters.forEach(
        (stream, filter) -> {
          streamOf(stream).write(filter.end());
          streamOf(stream).write(filter.endStyle());
        });
    filters.clear();
  }

  @Override
  public Timeline timeline() {
    return timeline;
  }

  private synchronized void answer(String line) {
    byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
    stdout.write(stdout.isTerminal ? harmless(bytes) : bytes);
    stdout.write(LINE_END);
  }

  private synchronized void notice(String text) {
    endStage();
    text.lines().map(line -> line.getBytes(StandardCharsets.UTF_8)).forEach(this::say);
  }

  private void say(byte[] line) {
    own(stderr.isTerminal ? harmless(line) : line);
  }

  @Override
  public synchronized void error(String message, String hint) {
    RunOutput.super.error(message, hint);
  }

  private synchronized void stageOutput(String stage, OutputBytes bytes) {
    partialStage = stage;
    byte[] buffer = bytes.buffer();
    for (int i = bytes.offset(); i < bytes.offset() + bytes.length(); i++) {
      stageOutput(buffer[i]);
    }
  }

  /** A carriage return starts the line again, as on a terminal: so progress bars work. */
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
    if (raw) {
      own(line.toByteArray());
    } else {
      say(line.toByteArray());
    }
  }

  private void own(byte[] text) {
    if (json) {
      log(entry(new String(text, StandardCharsets.UTF_8)));
    } else {
      line("peer: ", text);
    }
  }

  private static ObjectNode entry(String text) {
    int level = text.startsWith("error: ") || text.startsWith("warning: ") ? text.indexOf(':') : -1;
    return entry(level < 0 ? "info" : text.substring(0, level), "notice")
        .put("message", level < 0 ? text : text.substring(level + 2));
  }

  private void line(String prefix, byte[] text) {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    // The test may have left a colour or invisible text on: our lines have neither.
    if (stderr.isTerminal) {
      filters.values().forEach(filter -> line.writeBytes(filter.endStyle()));
    }
    if (!stderr.atLineStart) {
      line.writeBytes(LINE_END);
    }
    line.writeBytes(prefix.getBytes(StandardCharsets.UTF_8));
    line.writeBytes(text);
    line.writeBytes(LINE_END);
    stderr.write(line.toByteArray());
  }

  private Stream streamOf(OutputStreamName stream) {
    return stream == OutputStreamName.STDOUT && !stdoutDiverted ? stdout : stderr;
  }

  private EscapeFilter filter(OutputStreamName stream) {
    return filters.computeIfAbsent(stream, _ -> new EscapeFilter());
  }

  /** A line that is whole, with no colour left on at its end. */
  private static byte[] harmless(byte[] line) {
    EscapeFilter filter = new EscapeFilter();
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    shown.writeBytes(filter.filter(line, 0, line.length));
    shown.writeBytes(filter.end());
    shown.writeBytes(filter.endStyle());
    return shown.toByteArray();
  }

  private final class Stream {

    private final String name;
    private final OutputStream out;
    private final boolean isTerminal;
    private boolean failed;
    private boolean atLineStart = true;

    Stream(String name, OutputStream out, boolean isTerminal) {
      this.name = name;
      this.out = out;
      this.isTerminal = isTerminal;
    }

    void write(byte[] bytes) {
      write(bytes, 0, bytes.length);
    }

    void write(byte[] buffer, int offset, int length) {
      if (failed || length == 0) {
        return;
      }
      progress.ifPresent(ProgressLine::makeRoom);
      try {
        out.write(buffer, offset, length);
        atLineStart = buffer[offset + length - 1] == '\n';
      } catch (IOException e) {
        failed = true;
        error(
            name + " cannot be written: " + e.getMessage(),
            "what follows is lost there; give it room, and see `peer log` for a run's output");
      }
    }
  }
}
