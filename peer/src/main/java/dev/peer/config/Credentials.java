package dev.peer.config;

import java.util.Optional;

/**
 * Who this peer is, and whom it trusts.
 *
 * @param certificate the peer's certificate and what is between it and the CA
 * @param key the certificate's private key
 * @param ca the trusted CAs
 * @param crl what they revoked
 */
public record Credentials(
    PemSource certificate, PemSource key, PemSource ca, Optional<PemSource> crl) {}
