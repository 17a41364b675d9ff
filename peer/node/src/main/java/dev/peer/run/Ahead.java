package dev.peer.run;

import dev.peer.core.flow.ExecutionRequest;
import dev.peer.core.flow.ExecutionResult;

/** What became of that which is prepared before a run. */
public sealed interface Ahead {

  /**
   * The run can begin.
   *
   * @param request it, with what it starts from
   */
  record Ready(ExecutionRequest request) implements Ahead {}

  /**
   * The run's own preparation would end in the same way.
   *
   * @param result how the run ended
   */
  record Ended(ExecutionResult result) implements Ahead {}
}
