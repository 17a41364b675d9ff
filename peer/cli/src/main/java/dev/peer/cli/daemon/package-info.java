/** The command that is the daemon, starts and ends it, and asks it. */
package dev.peer.cli.daemon;
