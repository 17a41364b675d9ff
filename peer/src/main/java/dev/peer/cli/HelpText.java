package dev.peer.cli;

/** What the help of every command has. */
final class HelpText {

  /** Over the examples. */
  static final String EXAMPLES = "%nExamples:%n";

  private HelpText() {}
}
