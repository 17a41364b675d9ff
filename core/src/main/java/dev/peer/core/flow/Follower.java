package dev.peer.core.flow;

import dev.peer.core.key.RunInputs;
import java.io.IOException;
import java.time.Duration;

/** Follows runs that go on elsewhere. What it shows is untrusted: it is not signed. */
public interface Follower {

  /**
   * Shows a run's output from its beginning on, as it comes, until the run ends. Whoever it is that
   * runs, it must be one whose result of this run would count here.
   *
   * @param runner who is said to run it
   * @param most how long it is followed
   * @param viewer takes stages and output
   * @throws IOException if the viewer could not take the output
   */
  FollowResult follow(Holder runner, RunInputs run, Duration most, ExecutionListener viewer)
      throws IOException, InterruptedException;
}
