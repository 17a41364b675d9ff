package dev.peer.core.trust;

/**
 * One thing that speaks against a certificate.
 *
 * @param what one line: which certificate, and what is wrong
 * @param mend one line: how to fix it
 */
public record CertificateFault(String what, String mend) {}
