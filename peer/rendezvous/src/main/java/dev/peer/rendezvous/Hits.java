package dev.peer.rendezvous;

import dev.peer.core.id.RepoId;
import dev.peer.metrics.Metrics;
import dev.peer.pages.ToldHit;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The hits that peers told of, in this process's memory: the latest of each of the repositories
 * that had one last. Nothing depends on them: they are what peers say.
 */
final class Hits {

  /** How many hits of a repository are known. */
  static final int MOST = 1_000;

  /** Of how many repositories. */
  static final int MOST_REPOSITORIES = 100;

  private static final double MILLIS_PER_SECOND = TimeUnit.SECONDS.toMillis(1);

  /** The repository that had a hit last comes last. */
  private final LinkedHashMap<Fingerprint, Deque<ToldHit>> byRepository = new LinkedHashMap<>();

  private long count;
  private Duration saved = Duration.ZERO;

  /** Counts one. */
  synchronized void add(RepoId repo, ToldHit hit) {
    Fingerprint name = Fingerprint.of(repo);
    Deque<ToldHit> told = byRepository.getOrDefault(name, new ArrayDeque<>());
    byRepository.putLast(name, told);
    told.addLast(hit);
    if (told.size() > MOST) {
      told.removeFirst();
    }
    if (byRepository.size() > MOST_REPOSITORIES) {
      byRepository.pollFirstEntry();
    }
    count++;
    saved = saved.plus(hit.saved());
  }

  /** Those of a repository, the latest last. */
  synchronized List<ToldHit> of(RepoId repo) {
    return List.copyOf(byRepository.getOrDefault(Fingerprint.of(repo), new ArrayDeque<>()));
  }

  /** Adds up all that were told since the start: numbers only. */
  void addTo(Metrics metrics) {
    metrics.counter("peer_hits_total", "Hits that peers told of.", this::count);
    metrics.counter(
        "peer_hits_saved_seconds_total",
        "Time that those hits saved, as peers say.",
        this::seconds);
  }

  private synchronized double count() {
    return count;
  }

  private synchronized double seconds() {
    return saved.toMillis() / MILLIS_PER_SECOND;
  }
}
