package dev.peer.core.trust;

/** What a certificate is presented for. */
public enum CertificateRole {
  /** The side that opened the connection. */
  CLIENT,
  /** The side that was connected to. */
  SERVER,
  /** Whoever signed an attestation. */
  SIGNER,
  /** An authority that says when something was there (RFC 3161). */
  TIMESTAMPER
}
