/**
 * The installed commands as a user calls them: real repositories, machines, sockets and
 * certificates, each peer with a home of its own. Uses nothing of peer's own code.
 */
package dev.peer.e2e;
