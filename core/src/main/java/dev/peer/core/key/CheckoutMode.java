package dev.peer.core.key;

import dev.peer.core.id.Printable;
import java.util.Locale;

/** Which git history the test sees: one commit made from the tree alone, or the real commit. */
public enum CheckoutMode {
  TREE,
  COMMIT;

  /** Takes {@code tree} or {@code commit}. */
  public static CheckoutMode parse(String text) {
    return switch (text) {
      case "tree" -> TREE;
      case "commit" -> COMMIT;
      default ->
          throw new IllegalArgumentException(
              "not a checkout mode (tree or commit expected): " + Printable.of(text));
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
