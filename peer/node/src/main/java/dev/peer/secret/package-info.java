/**
 * Secrets that this machine keeps for the tests of a repository, and digests of values that should
 * not be shown.
 *
 * <p>Anyone who can push writes {@code .env} and so names secrets: therefore a value belongs to one
 * repository and is found for no other. Uses {@code core.id}, {@code core.scratch} and {@code
 * core.secret}.
 */
package dev.peer.secret;
