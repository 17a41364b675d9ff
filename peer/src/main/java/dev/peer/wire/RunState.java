package dev.peer.wire;

import java.util.Locale;

/** How it stands with a run at a peer that announces it. */
public enum RunState {
  /** The peer holds its result. */
  PASSED,
  /** The peer runs it. */
  RUNNING,
  /** It failed there. */
  FAILED;

  /** The name as it goes over the wire. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
