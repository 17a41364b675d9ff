/**
 * What a machine's owner allows its guests to reach. Pure.
 *
 * <p>Uses {@code core.id}.
 */
package dev.peer.core.network;
