/**
 * The daemon of a home, put together: its parts, its runs, and the commands that hand runs over to
 * it.
 */
package dev.peer.daemonhost;
