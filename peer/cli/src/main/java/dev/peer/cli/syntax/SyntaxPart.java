package dev.peer.cli.syntax;

/** What a command takes: an argument, or several that belong together. */
@FunctionalInterface
public interface SyntaxPart {

  /** Adds it to a command. */
  void addTo(Syntax command);
}
