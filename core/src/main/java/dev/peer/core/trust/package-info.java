/**
 * Who somebody is, and what they may do: certificates, the paths that prove them, what was revoked,
 * and the rules for each verb. No sockets, no files, no clock.
 *
 * <p>A certificate is good only if {@link dev.peer.core.trust.CertificateValidator} says so, for
 * TLS and for signatures alike, and it says so by returning an {@link
 * dev.peer.core.trust.Identity}. Refusals are exceptions with one line that names the certificate
 * and the reason.
 *
 * <p>The JDK walks the path and checks signatures. BouncyCastle compares name constraints and reads
 * old key files; its provider is never loaded, since that alone takes longer than a whole command
 * may (0.3 s; its PKIX validator makes one, and is a second opinion in the tests). Uses {@code
 * core.id}.
 */
package dev.peer.core.trust;
