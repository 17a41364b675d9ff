package dev.peer.source;

/**
 * The part of a revision that counts.
 *
 * @param revision its commit, with the tree of what counts
 * @param files how many files and submodules the commit has
 * @param selected how many of them count
 */
public record SelectedRevision(Revision revision, int files, int selected) {}
