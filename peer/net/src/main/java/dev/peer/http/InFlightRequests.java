package dev.peer.http;

import dev.peer.tls.Caller;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * The requests in progress, so that those of a caller that is refused later can be cut off.
 *
 * <p>Callers register before they check the rules, and reloads apply before they scan, so no
 * revoked caller slips through.
 *
 * <p>Order of locks: a reload holds the lock of what it reloads when it cuts requests off, and then
 * takes the monitor of one request at a time. A thread that answers under its request's monitor
 * serves what is at hand: it never reloads, and it takes no other request's monitor. The set and
 * the conditions need no lock.
 */
final class InFlightRequests {

  private final Set<Request> underWay = ConcurrentHashMap.newKeySet();

  /**
   * One request. A thread that sends a part at once holds its monitor, and a cut waits for that; a
   * thread that blocks has registered itself, and is interrupted.
   */
  final class Request implements AutoCloseable {

    private final List<BooleanSupplier> conditions = new CopyOnWriteArrayList<>();
    private volatile Optional<Caller> caller = Optional.empty();
    private Thread thread;
    private boolean brokenOff;

    private Request() {}

    /** From now on this thread answers it. */
    synchronized void takeOver() {
      thread = Thread.currentThread();
      if (brokenOff) {
        thread.interrupt();
      }
    }

    private synchronized void breakOff() {
      brokenOff = true;
      if (thread != null) {
        thread.interrupt();
      }
    }

    /** The caller, if known. */
    Optional<Caller> caller() {
      return caller;
    }

    void setCaller(Caller known) {
      caller = Optional.of(known);
    }

    /** Whether the condition holds; it must until the request is answered. */
    boolean onCondition(BooleanSupplier condition) {
      conditions.add(condition);
      return condition.getAsBoolean();
    }

    @Override
    public void close() {
      underWay.remove(this);
    }
  }

  /** Until it is closed the request may be broken off. */
  Request begin() {
    Request request = new Request();
    underWay.add(request);
    return request;
  }

  /** Cuts off requests whose caller is no longer trusted, or whose conditions no longer hold. */
  void judge(Predicate<Caller> trusted) {
    for (Request request : underWay) {
      boolean stays =
          request.caller().filter(trusted.negate()).isEmpty()
              && request.conditions.stream().allMatch(BooleanSupplier::getAsBoolean);
      if (!stays) {
        request.breakOff();
      }
    }
  }
}
