package dev.peer.core.trust;

/** What a revocation list must be to be relied on. */
public enum RevocationMode {
  /** Every authority of a path needs one that is current. */
  REQUIRE,
  /** An authority that has one here needs one that is current; one that has none needs none. */
  CURRENT,
  /** As {@link #CURRENT}, and a list that is not current any more counts as it stands. */
  WARN
}
