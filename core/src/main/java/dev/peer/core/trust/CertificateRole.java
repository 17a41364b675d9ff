package dev.peer.core.trust;

/** The purpose for which a certificate is presented. */
public enum CertificateRole {
  /** The side that opened the connection. */
  CLIENT("1.3.6.1.5.5.7.3.2", "clientAuth", "clients"),
  /** The side that was connected to. */
  SERVER("1.3.6.1.5.5.7.3.1", "serverAuth", "servers"),
  /**
   * The signer of an attestation: a client. A server's certificate signs nothing, so a party that
   * takes over a rendezvous cannot forge results.
   */
  SIGNER("1.3.6.1.5.5.7.3.2", "clientAuth", "peers that sign"),
  /** An authority that says when something was there (RFC 3161). */
  TIMESTAMPER("1.3.6.1.5.5.7.3.8", "timeStamping (critical)", "timestamps");

  private final String usage;
  private final String usageText;
  private final String holders;

  CertificateRole(String usage, String usageText, String holders) {
    this.usage = usage;
    this.usageText = usageText;
    this.holders = holders;
  }

  /** The extended key usage that a certificate needs for it, as an object identifier. */
  String usage() {
    return usage;
  }

  /** The extended key usage, for people. */
  String usageText() {
    return usageText;
  }

  /** What certificates for it are for, for people. */
  String holders() {
    return holders;
  }
}
