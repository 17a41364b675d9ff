/**
 * Patterns for paths of a repository, matched as git matches them: which paths count for a run, by
 * git's pathspec (gitglossary(7)), and which attributes a file has (gitattributes(5)). Pure: no git
 * is asked, so that every peer sees the same, whatever git it has.
 *
 * <p>Uses {@code core.id}.
 */
package dev.peer.core.path;
