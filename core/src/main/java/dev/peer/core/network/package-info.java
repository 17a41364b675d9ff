/**
 * What a machine's owner lets its guests reach. Pure.
 *
 * <p>Uses {@code core.id}.
 */
package dev.peer.core.network;
