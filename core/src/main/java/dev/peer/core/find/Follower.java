package dev.peer.core.find;

import dev.peer.core.key.RunInputs;
import dev.peer.core.progress.ExecutionListener;
import java.io.IOException;
import java.time.Duration;

/** Follows runs on other peers. Its output is untrusted: nobody has signed it. */
public interface Follower {

  /**
   * Shows a run's output from its start until the run ends. Follows only a runner whose result of
   * this run would count here.
   *
   * @param runner the peer that claims to run it
   * @param most how long it is followed
   * @param viewer takes stages and output
   * @throws IOException if the viewer could not take the output
   */
  FollowResult follow(Holder runner, RunInputs run, Duration most, ExecutionListener viewer)
      throws IOException, InterruptedException;
}
