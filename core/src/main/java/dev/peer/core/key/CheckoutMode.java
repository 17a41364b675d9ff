package dev.peer.core.key;

import dev.peer.core.id.Printable;
import java.util.Locale;

/**
 * Which git history the test sees: one commit made from the tree alone, the real commit alone, or
 * the real commit with its ancestors and their tags.
 */
public enum CheckoutMode {
  TREE,
  COMMIT,
  HISTORY;

  /** Takes {@code tree}, {@code commit} or {@code history}. */
  public static CheckoutMode parse(String text) {
    return switch (text) {
      case "tree" -> TREE;
      case "commit" -> COMMIT;
      case "history" -> HISTORY;
      default ->
          throw new IllegalArgumentException(
              "not a checkout mode (tree, commit or history expected): " + Printable.of(text));
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
