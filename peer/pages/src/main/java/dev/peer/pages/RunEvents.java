package dev.peer.pages;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.peer.http.HttpCall;
import dev.peer.wire.Limits;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A run in progress as server-sent events: {@code stages} and {@code output} have new lines as
 * markup, {@code state} the stage, and {@code end}, the last one, how the run ended.
 */
final class RunEvents {

  /** Between two sendings: more often is of no use to a reader. */
  private static final Duration PAUSE = Duration.ofMillis(200);

  private static final Duration QUIET = Duration.ofSeconds(Limits.ALIVE_SECONDS);

  /** Keeps the connection, and finds out that the reader is gone. */
  private static final String COMMENT = ":\n\n";

  private final RunInProgress run;
  private final LiveLog log;
  private final Part stages;
  private final Part output;
  private String state = "";

  /**
   * Sends what comes after what the reader has.
   *
   * @param has how far the reader has got
   */
  RunEvents(RunInProgress run, LiveLog log, LogPosition has) {
    this.run = run;
    this.log = log;
    this.stages = new Part(log.stages(), has.stages());
    this.output = new Part(log.output(), has.output());
  }

  /** One of the two lists of lines that a page has. */
  private static final class Part {

    private final LogReader log;
    private int sent;
    private List<LogLine> open = List.of();

    Part(LogReader log, int sent) {
      this.log = log;
      this.sent = sent;
    }

    /** The lines that the reader does not have, and the open ones if any has changed. */
    LogLines next() {
      LogLines lines = log.take().after(sent);
      if (!lines.whole().isEmpty()) {
        sent = lines.whole().getLast().number();
      } else if (lines.open().equals(open)) {
        return LogLines.NONE;
      }
      open = lines.open();
      return lines;
    }
  }

  /** Sends all there is to come, as it comes, and returns when the run has ended. */
  void sendTo(HttpCall.Sink sink) throws IOException {
    try {
      log.read(Duration.ZERO);
      sink.write(next());
      while (log.end().isEmpty()) {
        Thread.sleep(PAUSE);
        log.read(QUIET);
        sink.write(next());
      }
    } catch (InterruptedException e) {
      throw (IOException) new InterruptedIOException("the reader is refused").initCause(e);
    }
  }

  /** The events of what was read since the last time; a comment if that is nothing. */
  private ByteBuffer next() {
    List<String> events = new ArrayList<>();
    addTo(events, "stages", Documents.stageLines(stages.next()));
    addTo(events, "output", Documents.outputLines(output.next()));
    String now = Documents.state(LiveState.of(run, log));
    if (!now.equals(state)) {
      state = now;
      addTo(events, log.end().isPresent() ? "end" : "state", now);
    }
    // The last one has the id: a reader that has the id has all of them.
    String position = "id: " + new LogPosition(stages.sent, output.sent).text() + "\n";
    return ByteBuffer.wrap(
        (events.isEmpty() ? COMMENT : String.join("\n", events) + position + "\n").getBytes(UTF_8));
  }

  private static void addTo(List<String> events, String type, String markup) {
    if (!markup.isBlank()) {
      events.add(
          markup
              .lines()
              .map(line -> "data: " + line + "\n")
              .collect(Collectors.joining("", "event: " + type + "\n", "")));
    }
  }
}
