/** Asks rendezvous: who holds a result, what is announced, what time it is. */
package dev.peer.client.rendezvous;
