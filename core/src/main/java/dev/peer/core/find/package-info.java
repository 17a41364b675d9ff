/** Looks for a result, here and at other peers, and follows the peers that run it now. */
package dev.peer.core.find;
