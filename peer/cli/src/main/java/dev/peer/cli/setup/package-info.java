/**
 * What comes before the first run: a mkfile and a {@code .env}, stubs for CI platforms, secrets,
 * and a trial of two peers, and joining a team.
 *
 * <p>Of {@code pki.issue}, the trial uses the authority, whose certificates are worth nothing
 * outside of it, and {@code peer join} the key and the request.
 */
package dev.peer.cli.setup;
