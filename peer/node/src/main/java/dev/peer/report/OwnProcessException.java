package dev.peer.report;

/** A command that somebody does for its caller can only be done in a process of its own. */
public final class OwnProcessException extends Exception {

  private static final long serialVersionUID = 1;
}
