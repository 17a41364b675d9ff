package dev.peer.cli.option;

/** What the help of every command has. */
public final class HelpText {

  /** Over the examples. */
  public static final String EXAMPLES = "%nExamples:%n";

  private HelpText() {}
}
