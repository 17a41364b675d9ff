package dev.peer.wire;

import dev.peer.core.id.Printable;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Names a position in a stream of events, from which a returning client continues: 1 to 64 letters,
 * digits, {@code -} and {@code .}, with a meaning only for its issuer.
 */
public record EventId(String text) {

  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9.-]{1,64}");

  /** Takes the id as it is. */
  public EventId {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException("not the id of an event: " + Printable.of(text));
    }
  }

  /** The id in a header; an id that no stream issued counts as none. */
  public static Optional<EventId> ofHeader(String text) {
    return FORM.matcher(text).matches() ? Optional.of(new EventId(text)) : Optional.empty();
  }

  @Override
  public String toString() {
    return text;
  }
}
