package dev.peer.rendezvous;

import dev.peer.core.id.PeerId;
import dev.peer.wire.HolderList;
import dev.peer.wire.ResultState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;

/**
 * Reports about holders from peers that tried them. A holder that several identities report is
 * listed lower; one that more report is left out, for a while.
 *
 * <p>A reporter counts once for a holder, for a short time, and then not again for as long: alone
 * it moves no holder, and several together move none for good.
 */
final class Reports {

  /** From so many reporters on a holder is listed behind the others. */
  static final int LOWERED_BY = 2;

  /** From so many on it is left out. */
  static final int LEFT_OUT_BY = 3;

  /** How long a report counts, and how long after that its reporter does not count again. */
  static final Duration COUNTS = Duration.ofMinutes(5);

  private static final int MOST_REPORTERS = 16;
  private static final int MOST_HOLDERS = 10_000;

  private final LongSupplier nanoClock;
  private final ConcurrentMap<PeerId, List<Report>> byHolder = new ConcurrentHashMap<>();

  private record Report(PeerId by, long at) {}

  Reports(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /** Counts it, if the reporter counts now. */
  synchronized void report(PeerId by, PeerId holder) {
    long now = nanoClock.getAsLong();
    if (by.equals(holder)) {
      return;
    }
    if (byHolder.size() >= MOST_HOLDERS) {
      byHolder.values().removeIf(reports -> reports.stream().allMatch(one -> isOver(one, now)));
    }
    List<Report> kept = new ArrayList<>(byHolder.getOrDefault(holder, List.of()));
    kept.removeIf(one -> isOver(one, now));
    boolean counts = kept.stream().noneMatch(one -> one.by.equals(by));
    if (counts && kept.size() < MOST_REPORTERS && byHolder.size() < MOST_HOLDERS) {
      kept.add(new Report(by, now));
      byHolder.put(holder, List.copyOf(kept));
    }
  }

  /** The holders for a lookup, in their order. Peers that run it keep their place. */
  List<HolderList.Entry> arranged(List<HolderList.Entry> holders) {
    if (byHolder.isEmpty()) {
      return holders;
    }
    return holders.stream()
        .filter(entry -> !isHeld(entry) || reporters(entry.peer()) < LEFT_OUT_BY)
        .sorted(Comparator.comparingInt(this::rank))
        .toList();
  }

  private int rank(HolderList.Entry entry) {
    boolean first = isHeld(entry) && reporters(entry.peer()) < LOWERED_BY;
    return first ? 0 : isHeld(entry) ? 1 : 2;
  }

  private static boolean isHeld(HolderList.Entry entry) {
    return entry.state() == ResultState.PASSED;
  }

  private long reporters(PeerId holder) {
    long now = nanoClock.getAsLong();
    return byHolder.getOrDefault(holder, List.of()).stream()
        .filter(one -> now - one.at < COUNTS.toNanos())
        .count();
  }

  private static boolean isOver(Report report, long now) {
    return now - report.at >= 2 * COUNTS.toNanos();
  }
}
