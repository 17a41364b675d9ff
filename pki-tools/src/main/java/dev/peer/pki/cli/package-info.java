/**
 * The {@code peer-pki} command: a small authority in a directory, and a look at certificates.
 *
 * <p>The authority's files are {@code ca.pem} and {@code ca-key.pem}; a peer's are {@code NAME.pem}
 * (its certificate, then the intermediates) and {@code NAME-key.pem}. Keys are PKCS#8 in PEM,
 * readable by their owner only, and never overwritten unless told so. Errors go to stderr, with a
 * hint; exit code 2 for usage or unfit files, 4 for input and output. Uses {@code pki.issue} and
 * {@code core.trust}.
 */
package dev.peer.pki.cli;
