/** Where everything lies that this user keeps on this machine: the layout of {@code PEER_HOME}. */
package dev.peer.home;
