package dev.peer.schedule;

import dev.peer.core.id.CommitId;
import dev.peer.daemon.Reason;
import dev.peer.daemon.RunRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Hands new crontabs from the runs that make them to the schedule. Safe for several threads. */
public final class MadeCrontabs {

  /** Records the crontab that was made from the mkfile. */
  static final String FILE = "/var/run/ci/crontab";

  private static final Reason REASON = new Reason(Reason.Kind.WATCH, "crontab");

  private final ConcurrentLinkedQueue<CrontabFile> made = new ConcurrentLinkedQueue<>();

  /**
   * A crontab.
   *
   * @param text none: the mkfile has no rule for one
   */
  record CrontabFile(Path directory, CommitId commit, Optional<String> text) {}

  /** Has a revision's crontab made. */
  static RunRequest request(Path directory, CommitId commit) {
    return RunRequest.of(directory, commit.hex(), FILE, REASON);
  }

  /** Whether it is a crontab that is to be made, and no test that is to be run. */
  public static boolean isRequested(RunRequest request) {
    return request.reason().equals(REASON);
  }

  /**
   * Takes a crontab that was made as requested.
   *
   * @param text none: the mkfile has no rule for one
   */
  public void add(RunRequest request, Optional<String> text) {
    made.add(new CrontabFile(request.directory(), new CommitId(request.revision()), text));
  }

  /** Returns the crontabs of a directory, and removes them. */
  List<CrontabFile> take(Path directory) {
    List<CrontabFile> taken = new ArrayList<>();
    for (Iterator<CrontabFile> each = made.iterator(); each.hasNext(); ) {
      CrontabFile one = each.next();
      if (one.directory().equals(directory)) {
        taken.add(one);
        each.remove();
      }
    }
    return taken;
  }
}
