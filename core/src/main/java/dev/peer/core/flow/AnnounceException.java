package dev.peer.core.flow;

/** This peer cannot serve what it holds; the message says why and what to do. */
public final class AnnounceException extends Exception {

  private static final long serialVersionUID = 1L;

  public AnnounceException(String message, Throwable cause) {
    super(message, cause);
  }
}
