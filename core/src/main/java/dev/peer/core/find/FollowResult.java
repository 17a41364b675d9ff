package dev.peer.core.find;

import dev.peer.core.id.PeerId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** How the following of a run ended. Nothing that the runner says here is verified. */
public sealed interface FollowResult {

  /** The runner says that it passed, and that the signed result is to be had from it. */
  record Passed() implements FollowResult {}

  /**
   * The runner says that it failed.
   *
   * @param stage in which stage
   * @param exitCode mk's exit code, where it is one
   * @param at when
   */
  record Failed(String stage, Optional<Integer> exitCode, Instant at) implements FollowResult {

    /** One line for a person. */
    public String text(PeerId runner) {
      return "the run of "
          + runner
          + " failed at "
          + at.truncatedTo(ChronoUnit.SECONDS)
          + ": the stage "
          + stage
          + exitCode.map(code -> " ended with " + code).orElse(" could not be run");
    }
  }

  /**
   * There is nothing to be followed, or no more: it was broken off, the runner is out of reach,
   * does not run it, or is none whose results count here.
   *
   * @param why one line
   */
  record Ended(String why) implements FollowResult {}

  /** It goes on, and the time is over. */
  record TimeOver() implements FollowResult {}
}
