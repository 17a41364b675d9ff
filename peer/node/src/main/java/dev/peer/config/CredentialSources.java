package dev.peer.config;

/**
 * This peer's identity, and whom it trusts.
 *
 * @param certificate the peer's certificate and the authorities between it and the CA
 * @param key the certificate's private key
 * @param ca the trusted CAs
 * @param revocation what they revoked
 */
public record CredentialSources(
    PemSource certificate, PemSource key, PemSource ca, IdentitySettings.Revocation revocation) {}
