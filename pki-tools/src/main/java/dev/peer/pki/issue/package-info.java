/**
 * A small certificate authority in memory, for trials and tests: makes keys, certificates and
 * revocation lists, and their text form.
 *
 * <p>Everything has the form that {@code core.trust} accepts; a test can ask for faults (expired,
 * another purpose, a stranger's authority). Never a dependency of the running peer. Uses {@code
 * core.trust} and BouncyCastle, without its provider.
 */
package dev.peer.pki.issue;
