package dev.peer.core.trust;

/** The purpose for which a certificate is presented. */
public enum CertificateRole {
  /** The side that opened the connection. */
  CLIENT,
  /** The side that was connected to. */
  SERVER,
  /** The signer of an attestation. */
  SIGNER,
  /** An authority that says when something was there (RFC 3161). */
  TIMESTAMPER
}
