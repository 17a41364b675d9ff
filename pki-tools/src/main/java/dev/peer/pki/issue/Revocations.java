package dev.peer.pki.issue;

import java.math.BigInteger;
import java.security.cert.CRLReason;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.Extension;

/**
 * An authority's revocations, from its last list: the list is the only record of them.
 *
 * @param entries each certificate once, by serial number
 * @param number the last list's number; 0 before the first
 */
public record Revocations(List<Entry> entries, BigInteger number) {

  /** Each at the index that is its code. */
  private static final List<CRLReason> REASONS = List.of(CRLReason.values());

  /**
   * A certificate that is no longer good.
   *
   * @param reason the code of RFC 5280; 0 is none
   */
  public record Entry(BigInteger serial, Instant at, int reason) {

    /** The reason's name. */
    public String reasonName() {
      return RevocationReason.shown(REASONS.get(reason));
    }
  }

  /** Sorts the entries. */
  public Revocations {
    entries = entries.stream().sorted(Comparator.comparing(Entry::serial)).toList();
  }

  /** Before the first list. */
  public static Revocations none() {
    return new Revocations(List.of(), BigInteger.ZERO);
  }

  /** As a list says. */
  public static Revocations of(X509CRL list) {
    List<Entry> entries = new ArrayList<>();
    Set<? extends X509CRLEntry> listed = list.getRevokedCertificates();
    for (X509CRLEntry entry : listed == null ? Set.<X509CRLEntry>of() : listed) {
      CRLReason reason = entry.getRevocationReason();
      entries.add(
          new Entry(
              entry.getSerialNumber(),
              entry.getRevocationDate().toInstant(),
              reason == null ? 0 : REASONS.indexOf(reason)));
    }
    return new Revocations(entries, numberOf(list));
  }

  private static BigInteger numberOf(X509CRL list) {
    byte[] extension = list.getExtensionValue(Extension.cRLNumber.getId());
    return extension == null
        ? BigInteger.ZERO
        : CRLNumber.getInstance(ASN1OctetString.getInstance(extension).getOctets()).getCRLNumber();
  }

  /** With one more certificate; one that is in already stays as it is. */
  public Revocations and(X509Certificate certificate, Instant at, RevocationReason reason) {
    BigInteger serial = certificate.getSerialNumber();
    if (entries.stream().anyMatch(entry -> entry.serial().equals(serial))) {
      return this;
    }
    List<Entry> more = new ArrayList<>(entries);
    more.add(new Entry(serial, at, reason.code()));
    return new Revocations(more, number);
  }
}
