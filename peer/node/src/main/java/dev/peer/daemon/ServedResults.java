package dev.peer.daemon;

import dev.peer.client.announce.LeasedAnnouncer;
import dev.peer.client.announce.LeasedAnnouncer.ResultAnnouncement;
import dev.peer.core.flow.AnnounceException;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.record.RunRecord;
import dev.peer.core.store.StoredRecord;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The records that are served and announced, if anybody is to know of them, by the directories in
 * which they lie.
 */
final class ServedResults {

  private Optional<LeasedAnnouncer> announcer = Optional.empty();
  private final Map<Path, ServedResult> held = new HashMap<>();
  private final Map<RepoId, Map<ResultName, Integer>> names = new HashMap<>();
  private boolean begun;
  private boolean closed;

  private record ServedResult(
      StoredRecord record,
      List<String> targets,
      Digest image,
      Instant ended,
      Optional<ResultAnnouncement> serving) {

    boolean isOf(RepoId repo, List<String> wanted) {
      return record.repo().equals(repo) && targets.equals(wanted);
    }
  }

  /** Starts to serve; without an announcer it serves nobody. */
  synchronized void begin(Optional<LeasedAnnouncer> opened) {
    announcer = opened;
    begun = true;
  }

  /** Serves it from now on, and closes it when it is served no more, or already is. */
  synchronized void add(StoredRecord record, RunRecord run) throws AnnounceException {
    Path directory = directoryOf(record);
    if (closed || !begun || held.containsKey(directory)) {
      record.close();
      return;
    }
    Optional<ResultAnnouncement> serving =
        announcer.isPresent() ? Optional.of(announcer.get().add(record)) : Optional.empty();
    // Not the whole record: a daemon serves thousands of results, each with its artifacts.
    held.put(
        directory,
        new ServedResult(
            record, run.inputs().targets(), run.inputs().image(), run.finishedAt(), serving));
    names
        .computeIfAbsent(record.repo(), _ -> new HashMap<>())
        .merge(nameOf(record), 1, Integer::sum);
  }

  synchronized boolean contains(Path directory) {
    return held.containsKey(directory);
  }

  synchronized boolean contains(ResultName name) {
    return names.getOrDefault(name.repo(), Map.of()).containsKey(name);
  }

  /** How many runs of the repository have a result here. */
  synchronized int count(RepoId repo) {
    return names.getOrDefault(repo, Map.of()).size();
  }

  /** When the runs of these targets ended that have a result here. */
  synchronized List<Instant> ends(RepoId repo, List<String> targets) {
    return held.values().stream()
        .filter(one -> one.isOf(repo, targets))
        .map(ServedResult::ended)
        .toList();
  }

  /** The guest images of the repository's runs that have a result here. */
  synchronized Set<Digest> images(RepoId repo) {
    return held.values().stream()
        .filter(one -> one.record().repo().equals(repo))
        .map(ServedResult::image)
        .collect(Collectors.toUnmodifiableSet());
  }

  synchronized int size() {
    return held.size();
  }

  synchronized Set<Path> directories() {
    return new HashSet<>(held.keySet());
  }

  /** The results served from this directory. */
  synchronized Optional<ResultName> nameOf(Path directory) {
    return Optional.ofNullable(held.get(directory)).map(found -> nameOf(found.record()));
  }

  /** Announces it no more, and serves on. */
  synchronized Optional<ResultAnnouncement> withdraw(Path directory) {
    Optional<ResultAnnouncement> serving =
        Optional.ofNullable(held.get(directory)).flatMap(ServedResult::serving);
    serving.ifPresent(ResultAnnouncement::withdraw);
    return serving;
  }

  /** Serves it no more. */
  synchronized void remove(Path directory) {
    ServedResult gone = held.remove(directory);
    if (gone != null) {
      gone.serving().ifPresent(ResultAnnouncement::close);
      gone.record().close();
      names.computeIfPresent(
          gone.record().repo(), (_, ofRepository) -> without(ofRepository, nameOf(gone.record())));
    }
  }

  /** Takes everything back and stops serving. */
  void close() {
    stopAdding().ifPresent(LeasedAnnouncer::close);
    letGo();
  }

  private synchronized Optional<LeasedAnnouncer> stopAdding() {
    closed = true;
    return announcer;
  }

  private synchronized void letGo() {
    held.values().forEach(one -> one.record().close());
    held.clear();
    names.clear();
  }

  /** Null, which removes the entry, if nothing is left. */
  private static Map<ResultName, Integer> without(Map<ResultName, Integer> counts, ResultName one) {
    counts.computeIfPresent(one, (_, count) -> count == 1 ? null : count - 1);
    return counts.isEmpty() ? null : counts;
  }

  private static Path directoryOf(StoredRecord record) {
    return record.bundleFile().getParent();
  }

  private static ResultName nameOf(StoredRecord record) {
    return new ResultName(record.repo(), record.key());
  }
}
