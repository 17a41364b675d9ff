package dev.peer.vm.exec;

import dev.peer.core.flow.ExecutionResult;
import dev.peer.core.flow.ExecutorException;
import dev.peer.vm.guest.GuestException;
import dev.peer.vm.guest.ShellLocation;
import dev.peer.vm.guest.UserTerminal;
import java.io.IOException;
import java.util.Optional;

/**
 * How far a run goes, and what it does with its guest then.
 *
 * @param <T> its outcome
 */
sealed interface RunPlan<T> {

  /** Runs the stages, for which time is limited. */
  T run(Guest guest, RunStages stages, RunClock clock)
      throws IOException, GuestException, ExecutorException, InterruptedException;

  /** The outcome when the time is over. */
  T timedOut(ExecutionResult.TimedOut result);

  /**
   * Does the final work with the guest before its machine ends; returns the outcome with what that
   * adds to it.
   */
  T after(Guest guest, RunStages stages, T result)
      throws IOException, GuestException, InterruptedException;

  /** All stages. */
  record Whole(FailureAction onFailure, int mostTries) implements RunPlan<ExecutionResult> {

    @Override
    public ExecutionResult run(Guest guest, RunStages stages, RunClock clock)
        throws IOException, GuestException, ExecutorException, InterruptedException {
      return stages.run(clock, mostTries);
    }

    @Override
    public ExecutionResult timedOut(ExecutionResult.TimedOut result) {
      return result;
    }

    @Override
    public ExecutionResult after(Guest guest, RunStages stages, ExecutionResult result)
        throws InterruptedException {
      if (!(result instanceof ExecutionResult.Failed failed)) {
        return result;
      }
      if (onFailure instanceof FailureAction.End) {
        return stages.withReports(failed);
      }
      guest.afterFailure(failed, onFailure);
      return result;
    }
  }

  /** Up to the point where the test could start; empty if it got there. */
  sealed interface BeforeTest extends RunPlan<Optional<ExecutionResult>> {

    @Override
    default Optional<ExecutionResult> timedOut(ExecutionResult.TimedOut result) {
      return Optional.of(result);
    }

    @Override
    default Optional<ExecutionResult> after(
        Guest guest, RunStages stages, Optional<ExecutionResult> result)
        throws IOException, GuestException, InterruptedException {
      return result;
    }
  }

  /** No more. */
  record Preparation() implements BeforeTest {

    @Override
    public Optional<ExecutionResult> run(Guest guest, RunStages stages, RunClock clock)
        throws IOException, GuestException, ExecutorException, InterruptedException {
      return stages.prepareAndKeep(clock);
    }
  }

  /** Then its disk goes to a sink. */
  record Export(DiskSink sink) implements BeforeTest {

    @Override
    public Optional<ExecutionResult> run(Guest guest, RunStages stages, RunClock clock)
        throws IOException, GuestException, ExecutorException, InterruptedException {
      return stages.prepareAndGive(sink);
    }
  }

  /** Then a shell. */
  record ShellInstead(ShellLocation place, UserTerminal.Opener terminal) implements BeforeTest {

    @Override
    public Optional<ExecutionResult> run(Guest guest, RunStages stages, RunClock clock)
        throws IOException, GuestException, ExecutorException, InterruptedException {
      Optional<ExecutionResult> ended = stages.prepare();
      if (ended.isEmpty()) {
        stages.seal();
        if (place == ShellLocation.CONTAINER) {
          guest.stages().handSecrets();
        }
      }
      return ended;
    }

    @Override
    public Optional<ExecutionResult> after(
        Guest guest, RunStages stages, Optional<ExecutionResult> result)
        throws IOException, GuestException, InterruptedException {
      if (result.isEmpty()) {
        guest.openShell(place, terminal);
      }
      return result;
    }
  }

  /** As far as the test could start, then the crontab. */
  record Crontab() implements RunPlan<CrontabResult> {

    @Override
    public CrontabResult run(Guest guest, RunStages stages, RunClock clock)
        throws IOException, GuestException, ExecutorException, InterruptedException {
      return stages.makeCrontab();
    }

    @Override
    public CrontabResult timedOut(ExecutionResult.TimedOut result) {
      return new CrontabResult.Ended(result);
    }

    @Override
    public CrontabResult after(Guest guest, RunStages stages, CrontabResult result) {
      return result;
    }
  }
}
