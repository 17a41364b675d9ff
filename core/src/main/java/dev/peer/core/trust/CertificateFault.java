package dev.peer.core.trust;

/**
 * One thing that speaks against a certificate.
 *
 * @param what one line that says which certificate and what is wrong
 * @param mend one line that says what to do about it
 */
public record CertificateFault(String what, String mend) {}
