/**
 * What comes before the first run: a mkfile and a {@code .env}, stubs for CI platforms, secrets, and
 * a trial of two peers.
 *
 * <p>The trial alone uses {@code pki.issue}: its certificates are worth nothing outside of it.
 */
package dev.peer.cli.setup;
