package dev.peer.core.flow;

/** What a run uses of earlier runs, and what it keeps for later ones. */
public sealed interface CacheUse {

  /** Starts from what its lineage has kept, and keeps what that lineage keeps. */
  record Kept(Lineage lineage) implements CacheUse {}

  /**
   * Drops everything kept of the repository, starts from nothing, and keeps as its lineage does.
   */
  record Renewed(Lineage lineage) implements CacheUse {}

  /** Boots, starts from nothing, and keeps nothing. */
  record None() implements CacheUse {}

  /** {@link None}, which has but one value. */
  CacheUse NONE = new None();
}
