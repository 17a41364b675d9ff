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
   * @param request the requested run, of the commit that was meant
   * @param needed the variables that it needs
   */
  record Taken(RunRequest request, RequestedVariables needed) implements Admission {}
}
