package dev.peer.run;

import dev.peer.core.flow.ExecutionRequest;
import dev.peer.core.flow.ExecutionResult;
import dev.peer.core.flow.Executor;
import dev.peer.core.flow.ExecutorException;
import dev.peer.core.flow.InterruptedIo;
import dev.peer.core.progress.ExecutionListener;
import dev.peer.source.SourceException;

/**
 * An executor that first requires the files that Git LFS keeps, before anything is pulled, prepared
 * or started for a run that could not have them.
 */
record LargeFilesExecutor(Executor executor, RunTarget subject) implements Executor {

  @Override
  public ExecutionResult execute(ExecutionRequest request, ExecutionListener listener)
      throws ExecutorException, InterruptedException {
    try {
      subject.git().requireLargeFiles(subject.revision());
    } catch (SourceException e) {
      InterruptedIo.rethrow(e);
      throw new ExecutorException(e.getMessage(), e.hint(), e);
    }
    return executor.execute(request, listener);
  }
}
