package dev.peer.rendezvous;

/** The index cannot reach its store now; the message says why, on one line. */
public final class IndexUnavailableException extends Exception {

  private static final long serialVersionUID = 1L;

  public IndexUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
