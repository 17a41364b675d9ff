package dev.peer.daemon.socket;

import dev.peer.core.progress.RunEvent;
import java.util.function.Consumer;

/** The caller of a run, as the run sees it: it takes what the run says. */
public interface Submitter extends Consumer<RunEvent.Message> {

  /** The run is on disk. To be told before anything else. */
  void accepted(long id);

  /** Whether he has gone, or wants the run no more. */
  boolean isGone();

  /** He is told nothing more: not even that it ended. */
  void leaveInDoubt();
}
