/**
 * Identities and their rights: certificates, the paths that prove them, revocations, and the rules
 * for each verb. No sockets, no files, no clock.
 *
 * <p>A certificate is good only if {@link dev.peer.core.trust.CertificateValidator} says so, for
 * TLS and for signatures alike, and it says so by returning an {@link
 * dev.peer.core.trust.Identity}. Refusals are exceptions with one line that names the certificate
 * and the reason.
 *
 * <p>Two libraries validate paths, and each leaves out something that a private PKI needs: the JDK
 * uses only name and key of a trust anchor; BouncyCastle accepts an expired anchor, and applies its
 * name constraints only if they are passed in; neither checks purposes above the leaf, or refuses
 * an authority that is presented as a peer. So this package checks what they leave out. The JDK
 * walks the path, because every command starts with one: BouncyCastle's validator needs its
 * provider, and loading that takes 0.15 to 0.45 s, longer than the whole command may. From
 * BouncyCastle come the comparison of name constraints, loaded if a path has any, and the reader of
 * old key files. Its validator is the second opinion in the tests: every certificate that this one
 * admits, among the cases of the public suite and our own, BouncyCastle's must admit too.
 *
 * <p>It is strict where that costs a private PKI nothing. It accepts what common tools write or
 * leave out, as long as nothing here depends on it. {@code limbo-differences.txt} in the tests has
 * each such choice with its reason. Uses {@code core.id}.
 */
package dev.peer.core.trust;
