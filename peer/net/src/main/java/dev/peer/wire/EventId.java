package dev.peer.wire;

import dev.peer.core.id.Shown;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Names a place in a stream of events, for whoever comes back to go on from there: 1 to 64 letters,
 * digits, {@code -} and {@code .}, which mean something to who gave them out alone.
 */
public record EventId(String text) {

  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9.-]{1,64}");

  /** Takes the id as it is. */
  public EventId {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException("not the id of an event: " + Shown.of(text));
    }
  }

  /** What a header says; one that no stream gave out is as good as none. */
  public static Optional<EventId> ofHeader(String text) {
    return FORM.matcher(text).matches() ? Optional.of(new EventId(text)) : Optional.empty();
  }

  @Override
  public String toString() {
    return text;
  }
}
