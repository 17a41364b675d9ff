package dev.peer.client;

import java.io.IOException;
import java.time.Duration;

/** The other side has too much to do, and has said when to come again. */
public final class BusyException extends IOException {

  private static final long serialVersionUID = 1L;

  private final Duration retryAfter;

  public BusyException(String message, Duration retryAfter) {
    super(message);
    this.retryAfter = retryAfter;
  }

  public Duration retryAfter() {
    return retryAfter;
  }
}
