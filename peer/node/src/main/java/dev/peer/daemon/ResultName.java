package dev.peer.daemon;

import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;

/** A result, regardless of its signer. */
public record ResultName(RepoId repo, RunKey key) {}
