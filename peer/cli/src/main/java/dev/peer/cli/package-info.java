/**
 * The commands: parse, compose, call, print. The one place where everything meets.
 *
 * <p>The test's output goes to stdout and stderr byte for byte; peer's own lines go to stderr, each
 * beginning with {@code peer: }. May use everything.
 */
package dev.peer.cli;
