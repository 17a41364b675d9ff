package dev.peer.source;

import dev.peer.core.id.CommitId;
import dev.peer.core.id.TreeId;

/** A commit of the repository, and the tree that it holds. */
public record Revision(CommitId commit, TreeId tree) {}
