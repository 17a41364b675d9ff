/**
 * A small certificate authority in memory, for trials and tests: makes keys, certificates and
 * revocation lists, and their text form.
 *
 * <p>Everything has the form that {@code core.trust} accepts; what a test needs to be wrong
 * (expired, another purpose, a stranger's authority) can be asked for. Never a dependency of the
 * running peer. Uses {@code core.trust} and BouncyCastle, without its provider.
 */
package dev.peer.pki.issue;
