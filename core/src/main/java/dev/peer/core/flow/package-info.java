/**
 * The one flow from a revision to a replayable result, and the ports that it needs.
 *
 * <p>Uses all of {@code core}; knows no socket, no virtual machine and no command line.
 */
package dev.peer.core.flow;
