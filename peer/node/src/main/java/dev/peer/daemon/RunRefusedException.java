package dev.peer.daemon;

/** The queue does not take a run: there are too many in it, or it is closed. */
public final class RunRefusedException extends Exception {

  private static final long serialVersionUID = 1L;

  RunRefusedException(String message) {
    super(message);
  }
}
