package dev.peer.daemon.socket;

import dev.peer.daemon.RunRequest;

/** Whether a daemon takes a run. */
public sealed interface Admission {

  /**
   * It does not.
   *
   * @param why for people; empty: the command will find out by itself
   */
  record Declined(String why) implements Admission {}

  /**
   * It would.
   *
   * @param request what was asked for, of the commit that was meant
   * @param needed what it needs for that
   */
  record Taken(RunRequest request, RequestedVariables needed) implements Admission {}
}
