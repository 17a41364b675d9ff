package dev.peer.runtime;

/**
 * Refuses to find loggers. Java takes its plain ones then, not those of {@code java.logging}, and
 * asks no further; the runtime's options have it say nothing of the refusal.
 */
public final class PlainLoggers extends System.LoggerFinder {

  /** Refuses. */
  public PlainLoggers() {
    throw new UnsupportedOperationException();
  }

  @Override
  public System.Logger getLogger(String name, Module module) {
    throw new UnsupportedOperationException();
  }
}
