package dev.peer.client.announce;

import dev.peer.client.BusyException;
import dev.peer.core.id.RepoId;
import dev.peer.wire.Limits;
import dev.peer.wire.RendezvousPath;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How often a lease is renewed, and how much is announced at once. */
final class LeasePace {

  static final Duration FIRST_RETRY = Duration.ofSeconds(1);
  static final Duration LAST_RETRY = Duration.ofSeconds(15);
  private static final Duration LONGEST = Duration.ofSeconds(Limits.LEASE_SECONDS);

  private LeasePace() {}

  /**
   * The time until the next try.
   *
   * @param retry the one for this failure, of {@link #next}
   * @param renewal when the lease would be renewed anyway
   */
  static Duration pause(Duration retry, Duration renewal, IOException failure) {
    return longer(shorter(retry, renewal), wish(failure));
  }

  /** The time until the try after the next. */
  static Duration next(Duration retry) {
    return shorter(retry.multipliedBy(2), LAST_RETRY);
  }

  /**
   * A little less than the pause, so that not all peers come at once.
   *
   * @param random from 0 to 1
   */
  static Duration spread(Duration pause, double random) {
    return pause.minusNanos((long) (pause.toNanos() * random / 5));
  }

  /** How long the rendezvous wants us to stay away. A lease does not outlast more. */
  private static Duration wish(IOException failure) {
    return failure instanceof BusyException busy
        ? shorter(busy.retryAfter(), LONGEST)
        : Duration.ZERO;
  }

  /** Runs in lists that one request takes: each of one repository, and not too long. */
  static List<List<RendezvousPath.Result>> together(Collection<RendezvousPath.Result> runs) {
    Map<RepoId, List<RendezvousPath.Result>> ofRepository = new LinkedHashMap<>();
    for (RendezvousPath.Result run : runs) {
      ofRepository.computeIfAbsent(run.repo(), _ -> new ArrayList<>()).add(run);
    }
    List<List<RendezvousPath.Result>> lists = new ArrayList<>();
    for (List<RendezvousPath.Result> all : ofRepository.values()) {
      for (int from = 0; from < all.size(); from += Limits.RUNS) {
        lists.add(all.subList(from, Math.min(all.size(), from + Limits.RUNS)));
      }
    }
    return lists;
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? other : one;
  }

  static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
