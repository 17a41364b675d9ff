/**
 * A git repository on this machine, as the source of what is tested: revisions, the repository's
 * id, single files of a revision, its place beside the trunk, and the files that take it into the
 * guest.
 *
 * <p>Reads only: nothing is ever written into the repository or the user's home, and no process is
 * started. Only the repository's own configuration is read, never the user's or the system's, so
 * that a result does not hang on them. Everything in a revision is untrusted: its submodule names
 * and paths are checked before they become paths here or on the guest's disk.
 *
 * <p>Every failure is a {@link dev.peer.source.SourceException}, which says the remedy.
 *
 * <p>Uses {@code core.flow}'s port for histories, {@code core.id}, {@code core.key} and JGit.
 */
package dev.peer.source;
