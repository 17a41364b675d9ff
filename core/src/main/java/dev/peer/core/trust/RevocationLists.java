package dev.peer.core.trust;

import java.security.GeneralSecurityException;
import java.security.cert.CRLReason;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;

/**
 * Certificate revocation lists, by who issued them.
 *
 * <p>An authority that has no list here is taken at its word. One that has needs a list that is
 * signed by it, complete, and not past its next update: otherwise none of its certificates is good,
 * since what was revoked meanwhile can not be known.
 *
 * <p>What was done at a proven time before a revocation stays good only if the list gives one of
 * the reasons that say nothing against the key: affiliationChanged, superseded,
 * cessationOfOperation. For any other reason, for none, and where it gives a date from which the
 * key is in doubt, the certificate counts as revoked from the beginning: when a key was lost is
 * seldom known.
 */
public final class RevocationLists {

  private static final int CRL_SIGN = 6;
  private static final String INVALIDITY_DATE = "2.5.29.24";
  private static final Set<CRLReason> SAYS_NOTHING_OF_THE_KEY =
      Set.of(CRLReason.AFFILIATION_CHANGED, CRLReason.SUPERSEDED, CRLReason.CESSATION_OF_OPERATION);
  private static final RevocationLists NONE = new RevocationLists(Map.of());

  private final Map<X500Principal, List<X509CRL>> byIssuer;

  private RevocationLists(Map<X500Principal, List<X509CRL>> byIssuer) {
    this.byIssuer = byIssuer;
  }

  /** No list at all: nothing counts as revoked. */
  public static RevocationLists none() {
    return NONE;
  }

  /** These lists, of any number of issuers. */
  public static RevocationLists of(List<X509CRL> lists) {
    return new RevocationLists(
        lists.stream()
            .collect(
                Collectors.groupingBy(
                    X509CRL::getIssuerX500Principal, Collectors.toUnmodifiableList())));
  }

  /**
   * Refuses a certificate that its authority has revoked, or may have.
   *
   * @param at when the certificate was used
   * @param now what time it is; a list must be current then, unless the authority itself has
   *     expired, which makes no more lists: then one that was current when the certificate was used
   * @param kept lists of before, which are looked at as well; that they are there asks for none
   * @return the lists that say that it is not revoked; none if the authority has none here
   */
  List<X509CRL> require(
      X509Certificate certificate,
      X509Certificate authority,
      Instant at,
      Instant now,
      RevocationLists kept)
      throws UntrustedCertificateException {
    List<X509CRL> here = ofIssuer(certificate);
    Instant currentAt = now.isAfter(authority.getNotAfter().toInstant()) ? at : now;
    List<X509CRL> usable = new ArrayList<>();
    String fault = "none is signed by it";
    for (X509CRL list :
        Stream.concat(here.stream(), kept.ofIssuer(certificate).stream()).toList()) {
      if (isSignedBy(list, authority)) {
        requireNotRevoked(certificate, list, at, now);
        if (hasUnknownParts(list)) {
          fault = "it is of a kind that is not supported (partial, indirect or with unknown parts)";
        } else if (isStale(list, currentAt)) {
          fault = "its next update was due at " + list.getNextUpdate().toInstant();
        } else {
          usable.add(list);
        }
      }
    }
    if (usable.isEmpty() && !here.isEmpty()) {
      throw new UntrustedCertificateException(
          "the revocation list of "
              + CertificateNames.of(authority)
              + " can not be used: "
              + fault);
    }
    return usable;
  }

  private List<X509CRL> ofIssuer(X509Certificate certificate) {
    return byIssuer.getOrDefault(certificate.getIssuerX500Principal(), List.of());
  }

  private static void requireNotRevoked(
      X509Certificate certificate, X509CRL list, Instant at, Instant now)
      throws UntrustedCertificateException {
    X509CRLEntry entry = list.getRevokedCertificate(certificate.getSerialNumber());
    if (entry == null || now.isBefore(entry.getRevocationDate().toInstant())) {
      return;
    }
    boolean before = at.isBefore(entry.getRevocationDate().toInstant());
    if (!before || !saysNothingOfTheKey(entry)) {
      throw new UntrustedCertificateException(
          CertificateNames.of(certificate)
              + " was revoked at "
              + entry.getRevocationDate().toInstant()
              + (before ? ", and not for a reason that leaves what was before" : ""));
    }
  }

  private static boolean saysNothingOfTheKey(X509CRLEntry entry) {
    return entry.getRevocationReason() != null
        && SAYS_NOTHING_OF_THE_KEY.contains(entry.getRevocationReason())
        && entry.getExtensionValue(INVALIDITY_DATE) == null;
  }

  private static boolean isSignedBy(X509CRL list, X509Certificate authority) {
    boolean[] usage = authority.getKeyUsage();
    if (usage != null && !usage[CRL_SIGN]) {
      return false;
    }
    if (!SignatureAlgorithms.isAccepted(list.getSigAlgOID(), list.getSigAlgParams())) {
      return false;
    }
    try {
      list.verify(authority.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static boolean hasUnknownParts(X509CRL list) {
    Set<String> critical = list.getCriticalExtensionOIDs();
    Set<? extends X509CRLEntry> entries = list.getRevokedCertificates();
    return (critical != null && !critical.isEmpty())
        || (entries != null
            && entries.stream()
                .map(X509CRLEntry::getCriticalExtensionOIDs)
                .anyMatch(oids -> oids != null && !oids.isEmpty()));
  }

  private static boolean isStale(X509CRL list, Instant at) {
    return list.getNextUpdate() != null && list.getNextUpdate().toInstant().isBefore(at);
  }
}
