package dev.peer.daemon.socket;

/** The caller of a run, as the run sees it. */
public interface Submitter extends SubmitterOutput {

  /** The run is on disk. To be told before anything else. */
  void accepted(long id);

  /** Whether he has gone, or wants the run no more. */
  boolean isGone();

  /** He is told nothing more: not even that it ended. */
  void leaveInDoubt();
}
