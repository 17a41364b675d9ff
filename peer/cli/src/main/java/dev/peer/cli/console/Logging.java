package dev.peer.cli.console;

import dev.peer.core.id.Shown;
import dev.peer.http.AnsweredRequest;
import dev.peer.http.RequestLog;
import dev.peer.report.Failure;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The option that says how a command that serves tells what happens to it. */
public final class Logging {

  @Option(
      names = "--log",
      paramLabel = "FORMAT",
      description = {
        "what peer itself says on stderr: text (for people), or json: each line an object, and one"
            + " for each request that is served too"
      })
  private Format format = Format.TEXT;

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

  /** From now on what the command says has the form that was asked for. */
  public OpenLog open(Output output) {
    if (format == Format.JSON) {
      output.json();
      return new JsonLog(output::log);
    }
    return new FailuresAlone(output);
  }

  /** Of all requests, people are told of those that a fault of ours has ended. */
  private record FailuresAlone(Output output) implements OpenLog {

    @Override
    public boolean keeps(Optional<Throwable> failure) {
      return failure.isPresent();
    }

    @Override
    public void answered(AnsweredRequest request) {
      request.failure().ifPresent(failure -> output.say(text(request, failure)));
    }

    private static String text(AnsweredRequest request, Throwable failure) {
      return "warning: "
          + Shown.of(request.method() + " " + request.path())
          + " failed, trace "
          + request.trace()
          + ": "
          + Failure.bug(failure);
    }

    @Override
    public void close() {}
  }
}
