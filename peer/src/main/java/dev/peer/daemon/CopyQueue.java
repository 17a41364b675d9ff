package dev.peer.daemon;

import java.net.URI;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * What is to be copied, the first to come first. Of one repository no more is wanted than is kept
 * of it: for each one more, the oldest goes.
 *
 * <p>What fails is tried again, later each time, and not for ever: whoever announces it anew begins
 * anew.
 */
final class CopyQueue {

  private static final Duration FIRST_RETRY = Duration.ofSeconds(2);
  private static final Duration LAST_RETRY = Duration.ofMinutes(5);
  private static final int MOST_TRIES = 8;

  private final int mostOfARepository;
  private final LongSupplier nanoClock;
  private final Map<ResultName, Wanted> wanted = new LinkedHashMap<>();

  /** What is wanted, and where it was announced. */
  record Item(ResultName name, URI rendezvous) {}

  private static final class Wanted {
    private URI rendezvous;
    private int tries;
    private long notBefore;
    private boolean underWay;
    private boolean announcedMeanwhile;
  }

  CopyQueue(int mostOfARepository, LongSupplier nanoClock) {
    this.mostOfARepository = mostOfARepository;
    this.nanoClock = nanoClock;
  }

  /** A peer has announced it at this rendezvous. */
  synchronized void add(ResultName name, URI rendezvous) {
    Wanted known = wanted.get(name);
    if (known == null) {
      makeRoom(name);
      known = new Wanted();
      wanted.put(name, known);
    }
    known.rendezvous = rendezvous;
    known.tries = 0;
    known.notBefore = nanoClock.getAsLong();
    known.announcedMeanwhile = known.underWay;
    notifyAll();
  }

  /** Waits for one whose time has come. It must be ended in one of the three ways. */
  synchronized Item take() throws InterruptedException {
    while (true) {
      long now = nanoClock.getAsLong();
      long least = LAST_RETRY.toNanos();
      for (Map.Entry<ResultName, Wanted> entry : wanted.entrySet()) {
        Wanted found = entry.getValue();
        long left = found.notBefore - now;
        if (!found.underWay && left <= 0) {
          found.underWay = true;
          found.announcedMeanwhile = false;
          return new Item(entry.getKey(), found.rendezvous);
        }
        least = found.underWay ? least : Math.min(least, left);
      }
      wait(Math.max(1, Duration.ofNanos(least).toMillis()));
    }
  }

  /** It is here, or not wanted. */
  synchronized void done(Item item) {
    wanted.remove(item.name());
  }

  /** Nobody has it: only what was announced meanwhile is tried again. */
  synchronized void absent(Item item) {
    if (wanted.get(item.name()).announcedMeanwhile) {
      again(item);
    } else {
      wanted.remove(item.name());
    }
  }

  /** It could not be copied now. Says when it is tried again, if it is. */
  synchronized Optional<Duration> again(Item item) {
    Wanted failed = wanted.get(item.name());
    failed.underWay = false;
    failed.tries++;
    if (failed.tries >= MOST_TRIES) {
      wanted.remove(item.name());
      return Optional.empty();
    }
    Duration pause = FIRST_RETRY.multipliedBy(1L << failed.tries - 1);
    Duration bounded = pause.compareTo(LAST_RETRY) < 0 ? pause : LAST_RETRY;
    failed.notBefore = nanoClock.getAsLong() + bounded.toNanos();
    notifyAll();
    return Optional.of(bounded);
  }

  /** How many are wanted. */
  synchronized int size() {
    return wanted.size();
  }

  private void makeRoom(ResultName name) {
    long sameRepository =
        wanted.keySet().stream().filter(other -> other.repo().equals(name.repo())).count();
    Iterator<Map.Entry<ResultName, Wanted>> oldest = wanted.entrySet().iterator();
    while (sameRepository >= mostOfARepository && oldest.hasNext()) {
      Map.Entry<ResultName, Wanted> entry = oldest.next();
      if (entry.getKey().repo().equals(name.repo()) && !entry.getValue().underWay) {
        oldest.remove();
        sameRepository--;
      }
    }
  }
}
