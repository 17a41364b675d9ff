/**
 * The commands: parse, compose, call, print. The one place where everything meets.
 *
 * <p>The test's output goes to stdout and stderr byte for byte; what peer itself says goes to
 * stderr, each line beginning {@code peer: }. May use everything.
 */
package dev.peer.cli;
