package dev.peer.core.trust;

import java.io.IOException;
import java.security.cert.CRLReason;
import java.security.cert.X509CRLEntry;
import java.text.ParseException;
import java.time.Instant;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;

/**
 * A certificate was taken back.
 *
 * <p>It does not count from the date of the revocation on, or from the earlier one at which it is
 * said to have become invalid. When its key was compromised and nobody says when, whatever it
 * signed may be another's, however old: then it never counted.
 *
 * @param since from when on it does not count
 * @param said what the list says, for people
 */
record Revocation(Instant since, String said) {

  private static final String INVALIDITY_DATE = "2.5.29.24";

  static Revocation of(X509CRLEntry entry) {
    Instant date = entry.getRevocationDate().toInstant();
    Optional<Instant> invalid = invalidSince(entry);
    boolean stolen = isCompromise(entry.getRevocationReason());
    Instant since = invalid.orElse(stolen ? Instant.MIN : date);
    return new Revocation(
        since.isBefore(date) ? since : date,
        "was revoked at "
            + date
            + (stolen ? ", its key compromised" : "")
            + invalid.filter(date::isAfter).map(from -> ", invalid since " + from).orElse(""));
  }

  boolean holdsAt(Instant at) {
    return !at.isBefore(since);
  }

  private static boolean isCompromise(CRLReason reason) {
    return reason == CRLReason.KEY_COMPROMISE
        || reason == CRLReason.CA_COMPROMISE
        || reason == CRLReason.AA_COMPROMISE;
  }

  /** A date that can not be read may be any: then it is the earliest there is. */
  private static Optional<Instant> invalidSince(X509CRLEntry entry) {
    byte[] value = entry.getExtensionValue(INVALIDITY_DATE);
    if (value == null) {
      return Optional.empty();
    }
    try {
      byte[] time = ASN1OctetString.getInstance(value).getOctets();
      ASN1Primitive read = ASN1Primitive.fromByteArray(time);
      return Optional.of(ASN1GeneralizedTime.getInstance(read).getDate().toInstant());
    } catch (IOException | ParseException | IllegalArgumentException e) {
      return Optional.of(Instant.MIN);
    }
  }
}
