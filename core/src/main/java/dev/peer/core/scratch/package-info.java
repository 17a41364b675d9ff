/**
 * Directories that do not outlive their process: one that was killed leaves its own to the next,
 * which removes it. And small files that outlive it for sure.
 *
 * <p>Uses {@code core.platform}, which says whose files are this user's.
 */
package dev.peer.core.scratch;
