/** The way to other peers, as far as the settings name one, and what is had from there. */
package dev.peer.network;
