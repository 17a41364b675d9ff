package dev.peer.core.flow;

import dev.peer.core.find.Holder;
import dev.peer.core.find.LookupResult;
import dev.peer.core.find.RunFollower;
import dev.peer.core.key.RunInputs;
import dev.peer.core.progress.Notices;
import java.util.List;
import java.util.Optional;

/**
 * How peers avoid running the same thing twice: a run waits for its machine, is announced while it
 * goes on, and is followed by the peers that would start it too.
 *
 * @param announcer announces the run while it goes on; empty: it is not announced
 * @param follower follows runs on other peers before one starts here; empty: none is followed
 * @param slots decides when a run may start here
 */
public record Coordination(
    Optional<Announcer> announcer, Optional<RunFollower> follower, MachineSlots slots) {

  /** Announces no run, follows none, and waits for nothing. */
  public static final Coordination NONE =
      new Coordination(Optional.empty(), Optional.empty(), MachineSlots.AT_ONCE);

  /** Announces a run; if that fails, the run goes on without. */
  OwnAnnouncement announce(RunInputs inputs, Notices notices) {
    if (announcer.isEmpty()) {
      return new OwnAnnouncement(Optional.empty());
    }
    notices.step("announce");
    try {
      return new OwnAnnouncement(
          Optional.of(announcer.get().announceRun(inputs.repo(), inputs.key(), inputs.goal())));
    } catch (AnnounceException e) {
      notices.say("the run is not announced: " + e.getMessage());
      return new OwnAnnouncement(Optional.empty());
    }
  }

  /** The runners that started earlier and were not followed yet. */
  List<Holder> toFollow(OwnAnnouncement own) throws InterruptedException {
    return follower.isEmpty() || own.announcement().isEmpty()
        ? List.of()
        : follower.get().toFollow(own.earlier());
  }

  /** The failures elsewhere of which nothing was said yet. */
  List<LookupResult.Failure> unsaid(List<LookupResult.Failure> failures) {
    return follower.isPresent() ? follower.get().notSaid(failures) : failures;
  }
}
