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
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * For how long a daemon has had no work: commands of its user, runs, and requests of other peers.
 * That somebody looks whether it is there, or monitors it, is none; nor is that a mirror asks, once
 * a minute, of what runtimes it has copies to make.
 */
final class Idleness {

  private static final Set<String> NO_WORK =
      Set.of(
          "/v1/status",
          "/v1/repos/{repo}/runtimes/sha256/{image}",
          "/metrics",
          "/healthz",
          AnsweredRequest.NO_TEMPLATE);

  private final InstantSource clock;

  /** The commands and requests in progress. */
  private final AtomicInteger underWay = new AtomicInteger();

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
    if (underWay.get() > 0 || runs.stream().anyMatch(run -> run.end().isEmpty())) {
      work();
      return Duration.ZERO;
    }
    // The clock may have been set back since.
    if (last.isAfter(now)) {
      last = now;
    }
    Instant since =
        runs.stream()
            .flatMap(run -> run.end().map(QueuedRun.End::at).stream())
            .filter(end -> !end.isAfter(now))
            .reduce(last, (a, b) -> a.isAfter(b) ? a : b);
    return Duration.between(since, now);
  }

  /** A log that counts its requests as work. */
  RequestLog counting(RequestLog log) {
    return new RequestLog() {
      @Override
      public void begun(String template) {
        if (!NO_WORK.contains(template)) {
          underWay.incrementAndGet();
        }
        log.begun(template);
      }

      @Override
      public void answered(AnsweredRequest request) {
        if (!NO_WORK.contains(request.target().template())) {
          work();
          underWay.decrementAndGet();
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
        underWay.incrementAndGet();
        try {
          return handler.run(request, caller);
        } finally {
          work();
          underWay.decrementAndGet();
        }
      }
    };
  }
}
