package dev.peer.daemon;

import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;

/** A result, whoever made it. */
record ResultName(RepoId repo, RunKey key) {}
