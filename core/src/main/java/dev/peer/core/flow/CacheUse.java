package dev.peer.core.flow;

/** What of earlier runs a run begins with, and what it leaves for later ones. */
public sealed interface CacheUse {

  /** Begins with what is kept of its lineage, and keeps what that lineage keeps. */
  record Kept(Lineage lineage) implements CacheUse {}

  /** Drops all that is kept of the repository, begins with none and keeps as its lineage does. */
  record Renewed(Lineage lineage) implements CacheUse {}

  /** Boots anew, begins with none and keeps none. */
  record None() implements CacheUse {}

  /** {@link None}, which has but one value. */
  CacheUse NONE = new None();
}
