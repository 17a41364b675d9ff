/**
 * Announces what this peer runs and holds, at every rendezvous and relay, for as long as it is
 * served.
 */
package dev.peer.client.announce;
