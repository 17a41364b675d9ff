package dev.peer.core.find;

import dev.peer.core.key.RunInputs;
import dev.peer.core.progress.ExecutionListener;
import dev.peer.core.progress.Notices;
import dev.peer.core.store.Store;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Looks for the result of one run and, if there is none, follows the peers that are already running
 * it. It shows their output as it comes; the result that they announce at the end is fetched and
 * verified like any other. It follows no peer twice.
 */
public final class RunFollower {

  /** A rendezvous that names more and more runners cannot delay a follower for long. */
  private static final int MOST_FOLLOWED = 16;

  /** Between two looks for a run that may have begun. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

  private final Store store;
  private final Finder finder;
  private final Follower follower;
  private final Duration wait;
  private final ExecutionListener viewer;
  private final Notices notices;
  private final Set<Holder> followed = new HashSet<>();
  private Optional<Long> until = Optional.empty();

  /**
   * Joins the parts.
   *
   * @param wait how long others are followed, all together
   * @param viewer receives their output
   */
  public RunFollower(
      Store store,
      Finder finder,
      Follower follower,
      Duration wait,
      ExecutionListener viewer,
      Notices notices) {
    this.store = store;
    this.finder = finder;
    this.follower = follower;
    this.wait = wait;
    this.viewer = viewer;
    this.notices = notices;
  }

  /**
   * Finds a result, or follows the runners that a rendezvous names until there is one.
   *
   * @throws IOException if the store could not be read or written
   */
  public FindResult find(RunInputs run) throws IOException, InterruptedException {
    return followed(finder.find(run.repo(), run.key()), run);
  }

  /**
   * Like {@link #find}; if there is no result and no peer runs it or has just failed, waits for one
   * to start. Takes at most as long as runs are followed.
   */
  public FindResult await(RunInputs run) throws IOException, InterruptedException {
    Duration left = beginWait();
    FindResult found = find(run);
    if (left.isPositive() && isToCome(found)) {
      notices.say("no peer has a result or runs it; waiting for a run to start");
    }
    while (isToCome(found) && !isOver()) {
      notices.step("wait");
      notices.awaiting("a run to begin");
      Thread.sleep(shorter(LOOK_AGAIN, left()));
      found = find(run);
    }
    return found;
  }

  /** Whether there is nothing yet: no result, and no run that came to none. */
  private boolean isToCome(FindResult found) {
    return found instanceof FindResult.Miss(RemoteRuns elsewhere)
        && followed.isEmpty()
        && elsewhere.failed().isEmpty();
  }

  /** Follows the first of these runners, and then as {@link #find}. */
  public FindResult follow(List<Holder> runners, RunInputs run)
      throws IOException, InterruptedException {
    return followed(new FindResult.Miss(new RemoteRuns(true, runners, List.of())), run);
  }

  /** The runners that it would still follow. */
  public List<Holder> toFollow(List<Holder> runners) {
    return isOver() ? List.of() : notFollowed(runners);
  }

  /** Those of them whose run was not followed to its end. */
  public List<Holder> notFollowed(List<Holder> peers) {
    return peers.stream().filter(peer -> !followed.contains(peer.unnamed())).toList();
  }

  /** Those of them that were not said when a run was followed to its end. */
  public List<LookupResult.Failure> notSaid(List<LookupResult.Failure> failures) {
    return failures.stream()
        .filter(failure -> !followed.contains(failure.holder().unnamed()))
        .toList();
  }

  private boolean isOver() {
    return followed.size() >= MOST_FOLLOWED || left().isZero();
  }

  /** From the first run that is followed, or waited for, on the time counts. */
  private Duration left() {
    Duration left =
        until.isEmpty() ? wait : Duration.ofNanos(Math.max(0, until.get() - System.nanoTime()));
    return left.isNegative() ? Duration.ZERO : left;
  }

  private Duration beginWait() {
    Duration left = left();
    until = Optional.of(until.orElse(System.nanoTime() + left.toNanos()));
    return left;
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private FindResult followed(FindResult begun, RunInputs run)
      throws IOException, InterruptedException {
    FindResult found = begun;
    while (found instanceof FindResult.None none
        && !toFollow(none.elsewhere().running()).isEmpty()) {
      Holder runner = toFollow(none.elsewhere().running()).getFirst();
      Optional<FindResult> result = follow(runner, run);
      found = result.isPresent() ? result.get() : finder.find(run.repo(), run.key());
    }
    return found;
  }

  /** The result that a followed run leads to, if any. */
  private Optional<FindResult> follow(Holder runner, RunInputs run)
      throws IOException, InterruptedException {
    followed.add(runner.unnamed());
    Duration left = beginWait();
    notices.step("follow");
    notices.awaiting("the run of " + runner.id());
    notices.say(
        "following the run of " + runner.id() + "; its output is unverified until it is signed");
    ShownOutput shown = new ShownOutput(viewer, runner.id());
    switch (follower.follow(runner, run, left, shown)) {
      case FollowResult.Passed _ -> {
        return result(runner, run, shown);
      }
      case FollowResult.Failed failed -> notices.say(failed.text(runner.id()));
      case FollowResult.Ended(String why) ->
          notices.say("the run of " + runner.id() + " is not followed any more: " + why);
      case FollowResult.TimeOver _ ->
          notices.say("the run of " + runner.id() + " goes on; the wait for it is over");
    }
    return Optional.empty();
  }

  /** The signed output must begin with what was shown. */
  private Optional<FindResult> result(Holder runner, RunInputs run, ShownOutput shown)
      throws IOException, InterruptedException {
    if (!(finder.findFrom(runner, run.repo(), run.key())
        instanceof FindResult.Hit(Replayable result))) {
      return Optional.empty();
    }
    if (shown.isBeginningOf(result.verified().files())) {
      return Optional.of(new FindResult.Hit(result.shown(shown)));
    }
    notices.say(
        "the result of "
            + runner.id()
            + " is refused: it signed other output than it showed; the output above is"
            + " unsigned");
    result.close();
    store.removals().drop(run.repo(), run.key());
    return Optional.of(new FindResult.NoneVerified(RemoteRuns.UNKNOWN));
  }
}
