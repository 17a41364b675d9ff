package dev.peer.core.trust;

import java.security.GeneralSecurityException;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.security.auth.x500.X500Principal;

/**
 * Certificate revocation lists, by who issued them.
 *
 * <p>An authority that has no list here is taken at its word. One that has needs a list that is
 * signed by it, complete, and not past its next update: otherwise none of its certificates is good,
 * since what was revoked meanwhile can not be known.
 */
public final class RevocationLists {

  private static final int CRL_SIGN = 6;
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

  /** Refuses a certificate that its authority had revoked by this time, or may have. */
  void require(X509Certificate certificate, X509Certificate authority, Instant at)
      throws UntrustedCertificateException {
    List<X509CRL> lists = byIssuer.get(certificate.getIssuerX500Principal());
    if (lists == null) {
      return;
    }
    List<X509CRL> usable = new ArrayList<>();
    String fault = "none is signed by it";
    for (X509CRL list : lists) {
      if (isSignedBy(list, authority)) {
        requireNotRevoked(certificate, list, at);
        if (hasUnknownParts(list)) {
          fault = "it is of a kind that is not supported (partial, indirect or with unknown parts)";
        } else if (isStale(list, at)) {
          fault = "its next update was due at " + list.getNextUpdate().toInstant();
        } else {
          usable.add(list);
        }
      }
    }
    if (usable.isEmpty()) {
      throw new UntrustedCertificateException(
          "the revocation list of "
              + CertificateNames.of(authority)
              + " can not be used: "
              + fault);
    }
  }

  private static void requireNotRevoked(X509Certificate certificate, X509CRL list, Instant at)
      throws UntrustedCertificateException {
    X509CRLEntry entry = list.getRevokedCertificate(certificate.getSerialNumber());
    if (entry != null && !at.isBefore(entry.getRevocationDate().toInstant())) {
      throw new UntrustedCertificateException(
          CertificateNames.of(certificate)
              + " was revoked at "
              + entry.getRevocationDate().toInstant());
    }
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
