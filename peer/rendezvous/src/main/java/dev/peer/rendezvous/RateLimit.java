package dev.peer.rendezvous;

import dev.peer.core.id.PeerId;
import dev.peer.http.HttpCall;
import dev.peer.http.ProblemException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * How much is taken on: so many changes a second from one identity, with room to announce
 * everything at once now and then, and so many requests at the same time from all.
 */
final class RateLimit {

  /**
   * What is taken on.
   *
   * @param changesEachSecond of one identity, on the whole
   * @param changesAtOnce of one identity, after a time without
   * @param requests under way at the same time, of all
   */
  record Settings(int changesEachSecond, int changesAtOnce, int requests) {

    /** 1,000 changes a second, 20,000 at once, 2,000 requests under way. */
    static final Settings DEFAULT = new Settings(1_000, 20_000, 2_000);

    private long nanosEach() {
      return Duration.ofSeconds(1).toNanos() / changesEachSecond;
    }
  }

  private static final int MOST_KNOWN = 20_000;

  private final Settings settings;
  private final LongSupplier nanoClock;
  private final AtomicInteger underWay = new AtomicInteger();

  /** When each identity has room for further changes; an absent identity has room. */
  private final ConcurrentMap<PeerId, AtomicLong> busyUntil = new ConcurrentHashMap<>();

  RateLimit(Settings settings, LongSupplier nanoClock) {
    this.settings = settings;
    this.nanoClock = nanoClock;
  }

  /** Takes a request on, if there are not too many; then it has to be ended. */
  boolean begin() {
    if (underWay.incrementAndGet() <= settings.requests) {
      return true;
    }
    underWay.decrementAndGet();
    return false;
  }

  void end() {
    underWay.decrementAndGet();
  }

  /** Accepts all of these changes, or none and says when it would. */
  Optional<Duration> changes(PeerId by, int many) {
    long now = nanoClock.getAsLong();
    long most = settings.nanosEach() * settings.changesAtOnce;
    if (busyUntil.size() >= MOST_KNOWN) {
      busyUntil.values().removeIf(until -> until.get() - now <= 0);
    }
    AtomicLong busy = busyUntil.computeIfAbsent(by, _ -> new AtomicLong(now));
    while (true) {
      long before = busy.get();
      long left = Math.max(before - now, 0) + many * settings.nanosEach();
      if (left > most) {
        return Optional.of(Duration.ofNanos(left - most));
      }
      if (busy.compareAndSet(before, now + left)) {
        return Optional.empty();
      }
    }
  }

  /** Refuses a request for so many changes if its caller makes too many. */
  void require(HttpCall call, int many) throws ProblemException {
    PeerId peer = call.caller().id();
    Optional<Duration> after = changes(peer, many);
    if (after.isPresent()) {
      throw ProblemException.busy(peer + " changes too much at once", after.get());
    }
  }
}
