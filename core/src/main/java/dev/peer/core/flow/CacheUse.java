package dev.peer.core.flow;

/** What of earlier runs a run begins with, and what it leaves for later ones. */
public enum CacheUse {
  /** The caches of the repository, and keeps what it adds to them. */
  KEPT,

  /** Drops the repository's caches, begins with none and keeps its own. */
  RENEWED,

  /** Boots anew, begins with none and keeps none. */
  NONE
}
