package dev.peer.wire;

import dev.peer.core.id.Printable;
import java.util.Arrays;
import java.util.Locale;

/** How far a peer is with the run that it announces. */
public enum ResultState {

  /** It passed, and the peer serves its result. */
  PASSED,

  /** It is under way; nothing is known of how it ends. */
  RUNNING,

  /** It failed there, which says nothing of how it ends elsewhere. */
  FAILED;

  private final String text = name().toLowerCase(Locale.ROOT);

  /** Its name on the wire. */
  public String text() {
    return text;
  }

  /** Reads the name. */
  public static ResultState parse(String text) {
    return Arrays.stream(values())
        .filter(state -> state.text.equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "not a state (running, failed or passed expected): " + Printable.of(text)));
  }

  @Override
  public String toString() {
    return text;
  }
}
