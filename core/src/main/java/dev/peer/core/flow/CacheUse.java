package dev.peer.core.flow;

import dev.peer.core.id.Digest;
import java.util.Optional;

/** What a run uses of earlier runs, and what it keeps for later ones. */
public sealed interface CacheUse {

  /**
   * Starts from what its lineage has kept, and keeps what that lineage keeps.
   *
   * @param layers those that it starts from if its lineage has kept nothing; empty: a blank disk
   */
  record Kept(Lineage lineage, Optional<Digest> layers) implements CacheUse {

    /** Starts blank if its lineage has kept nothing. */
    public Kept(Lineage lineage) {
      this(lineage, Optional.empty());
    }
  }

  /**
   * Drops everything kept of the repository, starts from nothing, and keeps as its lineage does.
   */
  record Renewed(Lineage lineage) implements CacheUse {}

  /** Boots, starts from nothing, and keeps nothing. */
  record None() implements CacheUse {}

  /** {@link None}, which has but one value. */
  CacheUse NONE = new None();
}
