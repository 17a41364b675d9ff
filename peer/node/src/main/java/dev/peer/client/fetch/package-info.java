/** Gets results, live output and guest images from the peers that hold them. */
package dev.peer.client.fetch;
