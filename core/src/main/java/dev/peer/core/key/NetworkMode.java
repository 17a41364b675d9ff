package dev.peer.core.key;

import dev.peer.core.id.Printable;
import java.util.Locale;

/** What the test may reach: nothing, or what the guest reaches. */
public enum NetworkMode {
  NONE,
  OPEN;

  /** Takes {@code none} or {@code open}. */
  public static NetworkMode parse(String text) {
    return switch (text) {
      case "none" -> NONE;
      case "open" -> OPEN;
      default ->
          throw new IllegalArgumentException(
              "not a network mode (none or open expected): " + Printable.of(text));
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
