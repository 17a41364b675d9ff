package dev.peer.core.trust;

/** What a certificate is presented for. */
public enum CertificateRole {
  /** The side that opened the connection. */
  CLIENT,
  /** The side that was connected to. */
  SERVER,
  /** Whoever signed an attestation. */
  SIGNER
}
