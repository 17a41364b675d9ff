package dev.peer.tls;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;

/**
 * Connections that wait for the next request. The clients of a process that would open alike ones
 * share theirs: a daemon's next command finds open what the one before it has opened.
 */
final class WaitingConnections {

  /** More than one lookup names holders, several times. */
  static final int MOST = 64;

  /** How long one waits: half of what our servers wait. */
  static final Duration KEPT = Duration.ofSeconds(30);

  private static final WaitingConnections OF_PROCESS =
      new WaitingConnections(true, InstantSource.system());

  private final boolean isShared;
  private final InstantSource clock;

  /** Those that came last are first. */
  private final Deque<Waiting> all = new ArrayDeque<>();

  /**
   * One that waits.
   *
   * @param since by the clock, which goes on while the machine sleeps
   * @param end closed when it is used again
   */
  private record Waiting(HttpConnection connection, Instant since, Deadline end) {}

  private WaitingConnections(boolean isShared, InstantSource clock) {
    this.isShared = isShared;
    this.clock = clock;
  }

  /** Those of all clients that share theirs. */
  static WaitingConnections ofProcess() {
    return OF_PROCESS;
  }

  /** Those of one client. */
  static WaitingConnections ofOne() {
    return ofOne(InstantSource.system());
  }

  static WaitingConnections ofOne(InstantSource clock) {
    return new WaitingConnections(false, clock);
  }

  /** One of this kind, which then waits no more. */
  synchronized Optional<HttpConnection> take(HttpConnection.Kind kind) {
    for (Iterator<Waiting> i = all.iterator(); i.hasNext(); ) {
      Waiting next = i.next();
      if (next.connection().kind().equals(kind)) {
        i.remove();
        next.end().close();
        if (next.since().plus(KEPT).isAfter(clock.instant())) {
          return Optional.of(next.connection());
        }
        next.connection().cut();
      }
    }
    return Optional.empty();
  }

  /** Has one wait; the one that has waited longest ends where there are too many. */
  synchronized void add(HttpConnection connection) {
    Deadline end = Deadline.in(KEPT, () -> expire(connection));
    all.addFirst(new Waiting(connection, clock.instant(), end));
    if (all.size() > MOST) {
      end(all.removeLast());
    }
  }

  private synchronized void expire(HttpConnection connection) {
    if (all.removeIf(one -> one.connection().equals(connection))) {
      connection.cut();
    }
  }

  private static void end(Waiting one) {
    one.end().close();
    one.connection().cut();
  }

  /** Ends those of one client. Those of a process wait for others. */
  synchronized void leave() {
    if (!isShared) {
      all.forEach(WaitingConnections::end);
      all.clear();
    }
  }
}
