package dev.peer.pki.issue;

import org.bouncycastle.asn1.x509.KeyPurposeId;

/** The purpose stated in a certificate. */
public enum Purpose {
  CLIENT_AUTH(KeyPurposeId.id_kp_clientAuth),
  SERVER_AUTH(KeyPurposeId.id_kp_serverAuth),
  CODE_SIGNING(KeyPurposeId.id_kp_codeSigning),
  EMAIL_PROTECTION(KeyPurposeId.id_kp_emailProtection),
  /** Of a time-stamping authority: alone, and critical (RFC 3161). */
  TIME_STAMPING(KeyPurposeId.id_kp_timeStamping);

  private final KeyPurposeId id;

  Purpose(KeyPurposeId id) {
    this.id = id;
  }

  KeyPurposeId id() {
    return id;
  }
}
