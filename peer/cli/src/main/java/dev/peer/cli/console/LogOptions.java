package dev.peer.cli.console;

import dev.peer.cli.syntax.Option;
import dev.peer.cli.syntax.Syntax;
import dev.peer.cli.syntax.SyntaxPart;
import dev.peer.core.id.Printable;
import dev.peer.http.AnsweredRequest;
import dev.peer.http.RequestLog;
import dev.peer.report.Failure;
import java.util.Optional;

/** The option for the log format of a command that serves. */
public final class LogOptions implements SyntaxPart {

  private final Option<Format> format =
      Option.of(
              "--log",
              "FORMAT",
              Format.class,
              "what peer itself says on stderr: text (for people), or json: each line an object,"
                  + " and one for each request that is served too")
          .initially(Format.TEXT);

  /** What stderr gets. */
  enum Format {
    TEXT,
    JSON
  }

  /** A log that must be closed for its last lines to come out. */
  public interface OpenLog extends RequestLog, AutoCloseable {

    @Override
    void close();
  }

  /** Gives the command's messages the requested form from now on. */
  public OpenLog open(Output output) {
    if (format.value() == Format.JSON) {
      output.json();
      return new JsonLog(output::log);
    }
    return new FailuresAlone(output);
  }

  /** People see only the requests that a bug of ours has ended. */
  private record FailuresAlone(Output output) implements OpenLog {

    @Override
    public boolean keeps(Optional<Throwable> failure) {
      return failure.isPresent();
    }

    @Override
    public void answered(AnsweredRequest request) {
      request.outcome().failure().ifPresent(failure -> output.say(text(request, failure)));
    }

    private static String text(AnsweredRequest request, Throwable failure) {
      return "warning: "
          + Printable.of(request.target().method() + " " + request.target().path())
          + " failed, trace "
          + request.trace()
          + ": "
          + Failure.bug(failure);
    }

    @Override
    public void close() {}
  }

  @Override
  public void addTo(Syntax command) {
    command.takes(format);
  }
}
