package dev.peer.pages;

import dev.peer.core.id.RepoId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What daemons may do and keep. */
final class Daemons {

  static final RepoId OPEN = new RepoId("git.example.org/team/project");
  static final RepoId SECRET = new RepoId("git.example.org/team/secret");

  private Daemons() {}

  /**
   * One that has something of everything.
   *
   * @param word stands wherever a repository can put a word
   */
  static DaemonView busy(String word) {
    Instant before = Instant.now().minusSeconds(200);
    return new DaemonView(
        List.of(
            run(Optional.of(OPEN), "test " + word, "running", "watch"),
            run(Optional.of(SECRET), "lint", "waiting, place 1", "request"),
            run(Optional.empty(), "unknown", "searching", "crontab 0 3 * * * " + word)),
        List.of(
            new DaemonView.WatchedRow(
                Optional.of(OPEN),
                Optional.of("0123456789ab"),
                true,
                List.of("line 2: 0 3 * * * test (UTC), next 2030-01-31T03:00:00Z"),
                List.of("line 3: " + word)),
            new DaemonView.WatchedRow(
                Optional.of(SECRET), Optional.empty(), false, List.of(), List.of())),
        List.of(
            new DaemonView.KeptRow(OPEN, "disk, trunk, image 0123456789ab", before, 700 << 20),
            new DaemonView.KeptRow(SECRET, "3 files of Git LFS", before, 9000)),
        Optional.of(
            new DaemonView.MachineFigures(
                "Runs with a machine: 1 of at most 2.",
                Optional.of("A machine waits for the next run: memory: 1024 MiB."),
                List.of(new DaemonView.DroppedRow(SECRET, before, "it was damaged or changed")))));
  }

  private static DaemonView.QueueRow run(
      Optional<RepoId> repo, String target, String state, String reason) {
    return new DaemonView.QueueRow(
        repo, target, "0123456789ab", state, reason, Instant.now().minusSeconds(90));
  }
}
