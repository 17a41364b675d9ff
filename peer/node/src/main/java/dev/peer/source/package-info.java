/**
 * A git repository on this machine, as the source of what is tested: revisions, the repository's
 * id, single files of a revision, its place beside the trunk, and the files that take it into the
 * guest.
 *
 * <p>JGit reads repositories of a form that it knows whole ({@link
 * dev.peer.source.RepositoryForm}); of any other, and of linked work trees, git itself says what
 * refs and revisions name. If it cannot, the repository is refused: a wrong tree is never an
 * answer.
 *
 * <p>Reads only: nothing is ever written into the repository or the user's home, except objects
 * that a partial clone does not have, which git gets. No command that a repository configures is
 * started. Everything in a revision is untrusted: its submodule names and paths are checked before
 * they become paths here or on the guest's disk.
 *
 * <p>Every failure is a {@link dev.peer.source.SourceException}, which says the remedy.
 *
 * <p>Uses {@code core.flow}'s port for histories, {@code core.id}, {@code core.key}, {@code
 * source.command} and JGit.
 */
package dev.peer.source;
