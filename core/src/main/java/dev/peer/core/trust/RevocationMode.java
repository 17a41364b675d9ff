package dev.peer.core.trust;

import dev.peer.core.id.Printable;

/** What a revocation list must be to be relied on. */
public enum RevocationMode {
  /** Every authority of a path needs one that is current. */
  REQUIRE,
  /** An authority that has one here needs one that is current; one that has none needs none. */
  CURRENT,
  /** As {@link #CURRENT}, and a list that is not current any more counts as it stands. */
  WARN;

  /** Takes {@code require}, {@code current} or {@code warn}. */
  public static RevocationMode parse(String text) {
    return switch (text) {
      case "require" -> REQUIRE;
      case "current" -> CURRENT;
      case "warn" -> WARN;
      default ->
          throw new IllegalArgumentException(
              "not a policy for revocation lists (require, current or warn expected): "
                  + Printable.of(text));
    };
  }
}
