package dev.peer.config;

import dev.peer.core.id.Printable;
import java.nio.file.Path;

/** Where a rule is: in the variable itself, or in a file, which can change. */
public sealed interface RuleSource {

  /** The rule itself; empty: nobody. */
  record Text(String text) implements RuleSource {}

  /** A file; absolute, or relative to the working directory. */
  record File(Path path) implements RuleSource {
    @Override
    public String toString() {
      return Printable.of(path.toString());
    }
  }

  /**
   * Takes a rule, or {@code @} and a path. No rule begins so.
   *
   * @throws IllegalArgumentException if the text cannot be a path
   */
  static RuleSource parse(String text) {
    if (!text.startsWith("@")) {
      return new Text(text);
    }
    ValueForms.require(text.length() > 1 && !text.contains("\n"));
    return new File(Path.of(text.substring(1)));
  }
}
