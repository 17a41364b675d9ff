package dev.peer.daemonhost;

import dev.peer.daemon.QueuedRun;
import dev.peer.daemon.socket.CommandCaller;
import dev.peer.daemon.socket.CommandHandler;
import dev.peer.daemon.socket.CommandRequest;
import dev.peer.http.AnsweredRequest;
import dev.peer.http.RequestLog;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * For how long a daemon has had no work: commands of its user, runs, and requests of others. That
 * somebody asks for its status is none.
 */
final class Idleness {

  private static final String STATUS = "/v1/status";

  private final InstantSource clock;
  private final AtomicInteger commands = new AtomicInteger();
  private volatile Instant last;

  /** Begins now. */
  Idleness(InstantSource clock) {
    this.clock = clock;
    this.last = clock.instant();
  }

  private void work() {
    last = clock.instant();
  }

  /** How long there has been none, given all runs that the daemon knows. */
  Duration time(List<QueuedRun> runs) {
    Instant now = clock.instant();
    if (commands.get() > 0 || runs.stream().anyMatch(run -> run.end().isEmpty())) {
      work();
      return Duration.ZERO;
    }
    Instant since =
        runs.stream()
            .flatMap(run -> run.end().map(QueuedRun.End::at).stream())
            .reduce(last, (a, b) -> a.isAfter(b) ? a : b);
    return Duration.between(since, now);
  }

  /** A log that counts its requests as work. */
  RequestLog counting(RequestLog log) {
    return new RequestLog() {
      @Override
      public void answered(AnsweredRequest request) {
        if (!request.target().template().equals(STATUS)) {
          work();
        }
        if (log.keeps(request.outcome().failure())) {
          log.answered(request);
        }
      }
    };
  }

  /** A handler that counts the commands that it does as work. */
  CommandHandler counting(CommandHandler handler) {
    return new CommandHandler() {
      @Override
      public boolean takes(CommandRequest request) {
        return handler.takes(request);
      }

      @Override
      public OptionalInt run(CommandRequest request, CommandCaller caller) {
        commands.incrementAndGet();
        try {
          return handler.run(request, caller);
        } finally {
          work();
          commands.decrementAndGet();
        }
      }
    };
  }
}
