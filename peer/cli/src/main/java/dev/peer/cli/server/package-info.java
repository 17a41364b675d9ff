/** Commands that serve a team: the rendezvous and the relay. */
package dev.peer.cli.server;
