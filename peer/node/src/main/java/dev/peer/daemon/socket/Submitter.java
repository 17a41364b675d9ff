package dev.peer.daemon.socket;

/** The one who asked for a run, as the run sees him. */
public interface Submitter extends SubmitterOutput {

  /** The run is on disk. To be told before anything else. */
  void accepted(long id);

  /** Whether he has gone, or wants the run no more. */
  boolean isGone();

  /** He is told nothing more: not even that it ended. */
  void leaveInDoubt();
}
