package dev.peer.vm.image;

import java.util.Arrays;
import java.util.Optional;

/** How an image came to this machine, the strongest way first. */
public enum Origin {
  /** It was built here. */
  BUILT("built here"),
  /** It came out of a file that the user named. */
  IMPORTED("imported"),
  /** It came from a peer, and the user asked for it by name. */
  PULLED("pulled"),
  /** It came from a peer for a run, because the run's revision named it. */
  PINNED("pulled for a run");

  private final String text;

  Origin(String text) {
    this.text = text;
  }

  /**
   * Whether it was built here or asked for by name, so that runs that name no image may boot it.
   */
  public boolean isChosen() {
    return this != PINNED;
  }

  /** Whether it came from another peer, so that it counts only while a signer vouches for it. */
  public boolean isFromPeer() {
    return this == PULLED || this == PINNED;
  }

  /** For people. */
  @Override
  public String toString() {
    return text;
  }

  static Optional<Origin> named(String name) {
    return Arrays.stream(values()).filter(origin -> origin.name().equals(name)).findFirst();
  }
}
