package dev.peer.core.record;

import dev.peer.core.id.Printable;
import java.util.Locale;

/**
 * Whose code can have shaped the disk that a machine started from, from none to any: each value
 * includes the values before it.
 */
public enum KeptOrigin {
  /** A blank disk: the revision's own preparation only. */
  BLANK,
  /**
   * A disk with the layers that the revision's container image begins with, which were built in a
   * machine that ran nothing else.
   */
  LAYERS,
  /** A disk that preparations of the trunk wrote: code that the whole team accepted. */
  TRUNK,
  /** A disk that preparations of the revision's own ancestors wrote. */
  HISTORY,
  /** A disk that any revision may have written. */
  ANY;

  /** Takes {@code blank}, {@code layers}, {@code trunk}, {@code history} or {@code any}. */
  public static KeptOrigin parse(String text) {
    for (KeptOrigin origin : values()) {
      if (origin.toString().equals(text)) {
        return origin;
      }
    }
    throw new IllegalArgumentException(
        "not an origin of a kept disk (blank, layers, trunk, history or any expected): "
            + Printable.of(text));
  }

  /** Whether it is no wider than the limit. */
  public boolean within(KeptOrigin limit) {
    return compareTo(limit) <= 0;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
