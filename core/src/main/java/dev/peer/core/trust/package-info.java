/**
 * Who somebody is, and what they may do: certificates, the paths that prove them, what was revoked,
 * and the rules for each verb. No sockets, no files, no clock.
 *
 * <p>A certificate is good only if {@link dev.peer.core.trust.CertificateValidator} says so, for
 * TLS and for signatures alike, and it says so by returning an {@link
 * dev.peer.core.trust.Identity}. Refusals are exceptions with one line that names the certificate
 * and the reason.
 *
 * <p>Two libraries validate paths, and each leaves out something that a private PKI needs: the JDK
 * takes but name and key of a trust anchor; BouncyCastle takes an expired anchor, and its name
 * constraints only where they are handed over; neither looks at purposes above the leaf, or minds
 * an authority that is presented as a peer. So what they leave out is checked here, in either case.
 * The walk itself is the JDK's, since every command starts with one: BouncyCastle's validator needs
 * its provider, and to load that takes 0.15 to 0.45 s, longer than the whole command may. Of
 * BouncyCastle there is the comparison of name constraints, loaded where a path has any, and the
 * reader of old key files. Its validator is the second opinion in the tests: whomever this one lets
 * in, among the cases of the public suite and those that are made, BouncyCastle's must let in too.
 *
 * <p>Strict where that costs a private PKI nothing; what common tools write or leave out is taken,
 * as long as nothing here depends on it. The list of the tests, {@code limbo-differences.txt}, has
 * each such choice with its reason. Uses {@code core.id}.
 */
package dev.peer.core.trust;
