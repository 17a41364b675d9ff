package dev.peer.run;

import dev.peer.core.flow.ExecutionResult;
import dev.peer.core.progress.ExecutionListener;
import dev.peer.core.progress.RunEvent;
import java.io.IOException;

/** Shows a preparation within the run that it is done for, which has stages of its own. */
record Aside(ExecutionListener listener) implements ExecutionListener {

  @Override
  public void accept(RunEvent event) throws IOException {
    switch (event) {
      case RunEvent.Stage(String name) -> listener.step(name);
      case RunEvent.TestOutput _ -> throw new IllegalStateException("nothing is tested");
      case RunEvent.Message message -> listener.accept(message);
    }
  }

  /** Why it came to nothing. */
  static String text(ExecutionResult ended) {
    return switch (ended) {
      case ExecutionResult.Failed failed ->
          "the stage " + failed.stage() + " ended with " + failed.exitCode();
      case ExecutionResult.Refused refused -> refused.message() + "; " + refused.hint();
      case ExecutionResult.TimedOut timedOut ->
          "the time limit of " + timedOut.limit().toSeconds() + " s was over";
      case ExecutionResult.Passed _ -> throw new IllegalStateException("nothing was tested");
    };
  }
}
