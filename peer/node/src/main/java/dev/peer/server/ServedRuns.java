package dev.peer.server;

import dev.peer.core.id.PeerId;
import dev.peer.core.id.RunKey;
import dev.peer.pages.RunInProgress;
import dev.peer.pages.RunSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** The runs that can be followed here, from before they begin until their followers are served. */
final class ServedRuns implements RunSource {

  private final List<LiveRun> runs = new CopyOnWriteArrayList<>();

  void add(LiveRun run) {
    runs.add(run);
  }

  void remove(LiveRun run) {
    runs.remove(run);
  }

  /** Of several with this key the one that was added last. */
  Optional<LiveRun> withKey(RunKey key) {
    return runs.reversed().stream().filter(run -> run.key().equals(key)).findFirst();
  }

  /** Those who run it wait until their followers have its result. */
  void fetched(RunKey key, PeerId by) {
    runs.stream().filter(run -> run.key().equals(key)).forEach(run -> run.fetched(by));
  }

  @Override
  public List<RunInProgress> running() {
    return runs.stream().filter(LiveRun::isTesting).map(RunInProgress.class::cast).toList();
  }

  @Override
  public Optional<RunInProgress> runningWithKey(RunKey key) {
    return withKey(key).filter(LiveRun::isTesting).map(RunInProgress.class::cast);
  }
}
