package dev.peer.pki.issue;

import java.util.Locale;
import org.bouncycastle.asn1.x509.CRLReason;

/** Why a certificate is no longer good (RFC 5280, 5.3.1); none that could be taken back. */
public enum RevocationReason {
  UNSPECIFIED(CRLReason.unspecified),
  KEY_COMPROMISE(CRLReason.keyCompromise),
  CA_COMPROMISE(CRLReason.cACompromise),
  AFFILIATION_CHANGED(CRLReason.affiliationChanged),
  SUPERSEDED(CRLReason.superseded),
  CESSATION_OF_OPERATION(CRLReason.cessationOfOperation),
  PRIVILEGE_WITHDRAWN(CRLReason.privilegeWithdrawn);

  private final int code;

  RevocationReason(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  /** In lower case, with hyphens. */
  @Override
  public String toString() {
    return shown(this);
  }

  /** A constant's name in lower case, with hyphens. */
  static String shown(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
