/**
 * Directories that do not outlive their process: one that was killed leaves its own to the next,
 * which removes it. Small files that outlive it for sure, and files that are kept as long as they
 * are of use.
 *
 * <p>Uses {@code core.platform}, which says whose files are this user's.
 */
package dev.peer.core.scratch;
