/** The command's stdout and stderr, and what a terminal shows while it goes on. */
package dev.peer.cli.console;
