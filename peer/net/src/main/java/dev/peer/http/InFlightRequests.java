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
 * The requests being answered, so that those of a caller who is refused meanwhile can be broken
 * off.
 *
 * <p>Each says who calls and on what conditions before it looks whether that holds, and a change is
 * made before they are looked through: so one of the two sees the other.
 */
final class InFlightRequests {

  private final Set<Request> underWay = ConcurrentHashMap.newKeySet();

  /**
   * One request. Whoever answers a part of it at once holds its monitor for so long, and who breaks
   * it off waits for that; the thread that answers it without has said so, and is interrupted.
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

    /** Who calls, as far as it is known. */
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

  /** Breaks off those whose caller is not trusted any more, or whose conditions do not hold. */
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
