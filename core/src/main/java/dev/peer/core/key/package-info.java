/**
 * What counts for a run, and the key computed from it. Pure: no files, no clock, no environment.
 *
 * <p>Uses {@code core.id}.
 */
package dev.peer.core.key;
