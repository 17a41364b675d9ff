/**
 * Directories that do not outlive their process: one that was killed leaves its own to the next,
 * which removes it. And small files that outlive it for sure.
 *
 * <p>Uses nothing else of core.
 */
package dev.peer.core.scratch;
