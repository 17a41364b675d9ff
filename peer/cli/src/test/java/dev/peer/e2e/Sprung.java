package dev.peer.e2e;

/** Ends the process that takes its loggers from it. */
public final class Sprung extends System.LoggerFinder {

  static {
    Runtime.getRuntime().halt(9);
  }

  @Override
  public System.Logger getLogger(String name, Module module) {
    throw new UnsupportedOperationException();
  }
}
