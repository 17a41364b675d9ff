/**
 * The files that a repository needs to be run by {@code peer}: stubs for CI platforms, a mkfile and
 * a {@code .env}. Pure: text from values.
 *
 * <p>Uses {@code core.key}.
 */
package dev.peer.cli.setup;
