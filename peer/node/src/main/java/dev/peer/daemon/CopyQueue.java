package dev.peer.daemon;

import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.LongSupplier;

/**
 * The results to copy, first come, first served for each repository. Each repository has a maximum:
 * for each further result, the oldest goes.
 *
 * <p>A failed copy is retried, later each time, and not for ever: a new announcement starts it
 * again.
 */
final class CopyQueue {

  /** Of one repository. */
  static final int MOST = 10_000;

  private static final Duration FIRST_RETRY = Duration.ofSeconds(2);
  private static final Duration LAST_RETRY = Duration.ofMinutes(5);
  private static final int MOST_TRIES = 8;

  private final LongSupplier nanoClock;
  private final Map<RepoId, SequencedMap<RunKey, WantedCopy>> repositories = new HashMap<>();

  /** A wanted result, and where it was announced. */
  record Item(ResultName name, URI rendezvous) {}

  private static final class WantedCopy {
    private URI rendezvous;
    private int tries;
    private long notBefore;
    private boolean underWay;
    private boolean announcedMeanwhile;
  }

  CopyQueue(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /** A peer has announced it at this rendezvous. */
  synchronized void add(ResultName name, URI rendezvous) {
    SequencedMap<RunKey, WantedCopy> wanted =
        repositories.computeIfAbsent(name.repo(), _ -> new LinkedHashMap<>());
    WantedCopy known = wanted.get(name.key());
    if (known == null) {
      makeRoom(wanted);
      known = new WantedCopy();
      wanted.put(name.key(), known);
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
      for (Map.Entry<RepoId, SequencedMap<RunKey, WantedCopy>> wanted : repositories.entrySet()) {
        for (Map.Entry<RunKey, WantedCopy> entry : wanted.getValue().entrySet()) {
          WantedCopy found = entry.getValue();
          long left = found.notBefore - now;
          if (!found.underWay && left <= 0) {
            found.underWay = true;
            found.announcedMeanwhile = false;
            return new Item(new ResultName(wanted.getKey(), entry.getKey()), found.rendezvous);
          }
          least = found.underWay ? least : Math.min(least, left);
        }
      }
      wait(Math.max(1, Duration.ofNanos(least).toMillis()));
    }
  }

  /** It is here, or not wanted. */
  synchronized void done(Item item) {
    of(item).remove(item.name().key());
  }

  /** No peer has it: only a newer announcement is tried. */
  synchronized void absent(Item item) {
    if (of(item).get(item.name().key()).announcedMeanwhile) {
      again(item);
    } else {
      done(item);
    }
  }

  /** It could not be copied now. Says when it is tried again, if it is. */
  synchronized Optional<Duration> again(Item item) {
    WantedCopy failed = of(item).get(item.name().key());
    failed.underWay = false;
    failed.tries++;
    if (failed.tries >= MOST_TRIES) {
      done(item);
      return Optional.empty();
    }
    Duration pause = FIRST_RETRY.multipliedBy(1L << (failed.tries - 1));
    Duration bounded = pause.compareTo(LAST_RETRY) < 0 ? pause : LAST_RETRY;
    failed.notBefore = nanoClock.getAsLong() + bounded.toNanos();
    notifyAll();
    return Optional.of(bounded);
  }

  /** How many are wanted. */
  synchronized int size() {
    return repositories.values().stream().mapToInt(Map::size).sum();
  }

  private SequencedMap<RunKey, WantedCopy> of(Item item) {
    return repositories.get(item.name().repo());
  }

  private static void makeRoom(SequencedMap<RunKey, WantedCopy> wanted) {
    Iterator<WantedCopy> oldest = wanted.values().iterator();
    while (wanted.size() >= MOST && oldest.hasNext()) {
      if (!oldest.next().underWay) {
        oldest.remove();
      }
    }
  }
}
