package dev.peer.core.flow;

import dev.peer.core.id.Architecture;
import dev.peer.core.progress.ExecutionListener;

/** Runs a revision's tests where nothing but the counted inputs reaches them. */
public interface Executor {

  /** Requires what every machine of an architecture needs of this host, whatever it runs. */
  void requireMachine(Architecture architecture) throws ExecutorException;

  /**
   * Runs the six stages and leaves nothing behind but the request's result files.
   *
   * @throws ExecutorException if the machinery failed, so that nothing can be said of the tests
   * @throws InterruptedException if the thread was interrupted; the machine is gone then
   */
  ExecutionResult execute(ExecutionRequest request, ExecutionListener listener)
      throws ExecutorException, InterruptedException;
}
