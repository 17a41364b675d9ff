package dev.peer.daemon.socket;

import dev.peer.daemon.RunQueue;
import dev.peer.daemon.RunRefusedException;
import dev.peer.daemon.RunRequest;
import java.io.IOException;
import java.util.Map;

/** What a daemon does for its callers. */
public interface SubmissionHandler {

  /** Says whether it would do a run. */
  Admission admit(RunSubmission ask);

  /**
   * Accepts a run.
   *
   * @param request as it was admitted, with the variables that count
   * @param secrets values that must not be written to disk
   * @param asker told of everything that happens, and first that the run is accepted
   */
  RunQueue.Ticket accept(
      RunSubmission ask, RunRequest request, Map<String, String> secrets, Submitter asker)
      throws RunRefusedException, IOException;

  /** How the daemon is, as JSON. */
  byte[] status();
}
