/**
 * The inputs that count for a run, and the key computed from them. Pure: no files, no clock, no
 * environment.
 *
 * <p>Uses {@code core.id} and {@code core.json}.
 */
package dev.peer.core.key;
