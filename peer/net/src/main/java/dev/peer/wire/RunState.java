package dev.peer.wire;

import java.util.Optional;

/**
 * How far a peer is with a run, as it says itself. Nothing of it is signed.
 *
 * @param failure how it failed, where it did and the peer says so
 */
public record RunState(ResultState state, Optional<RunEnd.Failed> failure) {

  public static final RunState PASSED = new RunState(ResultState.PASSED, Optional.empty());

  public static final RunState RUNNING = new RunState(ResultState.RUNNING, Optional.empty());

  /** It failed, and no more is said of it. */
  public static final RunState FAILED = new RunState(ResultState.FAILED, Optional.empty());

  /** Refuses a failure for a run that has not failed. */
  public RunState {
    if (failure.isPresent() && state != ResultState.FAILED) {
      throw new IllegalArgumentException("how it failed is said of a run that failed");
    }
  }

  /** It failed in this way. */
  public static RunState of(RunEnd.Failed failure) {
    return new RunState(ResultState.FAILED, Optional.of(failure));
  }

  /** The state alone. */
  public static RunState of(ResultState state) {
    return switch (state) {
      case PASSED -> PASSED;
      case RUNNING -> RUNNING;
      case FAILED -> FAILED;
    };
  }

  /** Whether it passed, and the peer serves its result. */
  public boolean isPassed() {
    return state == ResultState.PASSED;
  }
}
