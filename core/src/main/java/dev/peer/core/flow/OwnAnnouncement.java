package dev.peer.core.flow;

import dev.peer.core.find.Holder;
import dev.peer.core.progress.ExecutionListener;
import dev.peer.core.progress.TeeListener;
import dev.peer.core.store.StoredRecord;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The announcement of this peer's run, if it is announced.
 *
 * @param announcement empty: no other peer learns of the run
 */
record OwnAnnouncement(Optional<Announcer.RunAnnouncement> announcement) implements AutoCloseable {

  /** The peers that announced the same run earlier. */
  List<Holder> earlier() throws InterruptedException {
    return announcement.isEmpty() ? List.of() : announcement.get().earlier();
  }

  /** Starts the run; the listener and the followers see it. */
  ExecutionListener begin(ExecutionListener listener, Path backlog) {
    return announcement.isEmpty()
        ? listener
        : new TeeListener(announcement.get().begin(backlog), listener);
  }

  void notPassed(ExecutionResult result) {
    switch (result) {
      case ExecutionResult.Failed failed ->
          announcement.ifPresent(a -> a.failed(failed.stage(), Optional.of(failed.exitCode())));
      case ExecutionResult.Refused refused ->
          announcement.ifPresent(a -> a.failed(refused.stage(), Optional.empty()));
      // With more time it might have passed.
      case ExecutionResult.TimedOut _, ExecutionResult.Passed _ -> {}
    }
  }

  Optional<Announcer.Announcement> passed(StoredRecord record) {
    return announcement.map(a -> a.passed(record));
  }

  @Override
  public void close() {
    announcement.ifPresent(Announcer.RunAnnouncement::close);
  }
}
