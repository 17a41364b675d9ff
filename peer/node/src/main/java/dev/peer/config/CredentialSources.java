package dev.peer.config;

import dev.peer.core.trust.RevocationMode;
import java.util.List;

/**
 * This peer's identity, and whom it trusts.
 *
 * @param certificate the peer's certificate and the authorities between it and the CA
 * @param key the certificate's private key
 * @param ca the trusted CAs
 * @param crl what they revoked
 * @param crlMode what the lists must be to be relied on
 */
public record CredentialSources(
    PemSource certificate,
    PemSource key,
    PemSource ca,
    List<PemSource> crl,
    RevocationMode crlMode) {

  /** Copies the list. */
  public CredentialSources {
    crl = List.copyOf(crl);
  }
}
