/**
 * Which paths of a repository count for a run: git's pathspec (gitglossary(7)), matched as git
 * matches it. Pure: no git is asked, so that every peer selects the same, whatever git it has.
 *
 * <p>Uses {@code core.id}.
 */
package dev.peer.core.path;
