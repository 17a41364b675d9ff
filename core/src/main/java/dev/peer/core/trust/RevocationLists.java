package dev.peer.core.trust;

import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.security.auth.x500.X500Principal;

/**
 * Certificate revocation lists, by who issued them.
 *
 * <p>Whoever is on any list of its authority, however old, is refused. An authority that has a list
 * here needs one that it signed itself, that is complete, and that is current: not past its next
 * update, nor from a time to come. Otherwise none of its certificates is good, since what was
 * revoked meanwhile can not be known. {@link RevocationMode} makes that stricter or laxer.
 */
public final class RevocationLists {

  private static final RevocationLists NONE = new RevocationLists(Map.of(), RevocationMode.CURRENT);

  private final Map<X500Principal, List<RevocationList>> byIssuer;
  private final RevocationMode mode;

  private RevocationLists(Map<X500Principal, List<RevocationList>> byIssuer, RevocationMode mode) {
    this.byIssuer = byIssuer;
    this.mode = mode;
  }

  /** No list at all: nothing counts as revoked. */
  public static RevocationLists none() {
    return NONE;
  }

  /** These lists, of any number of issuers. */
  public static RevocationLists of(List<X509CRL> lists, RevocationMode mode) {
    return new RevocationLists(
        lists.stream()
            .collect(
                Collectors.groupingBy(
                    X509CRL::getIssuerX500Principal,
                    LinkedHashMap::new,
                    Collectors.mapping(RevocationList::new, Collectors.toUnmodifiableList()))),
        mode);
  }

  /**
   * What to tell the user of authorities that have published no list in time, a line each, and what
   * follows from it.
   */
  public List<String> overdue(Instant now) {
    return byIssuer.entrySet().stream()
        .filter(entry -> entry.getValue().stream().allMatch(list -> list.isOverdue(now)))
        .map(
            entry ->
                "the revocation list of "
                    + CertificateNames.of(entry.getKey())
                    + " is out of date: "
                    + entry.getValue().getLast().notCurrent(now, mode).orElseThrow()
                    + (mode == RevocationMode.WARN
                        ? "; it counts as it stands"
                        : "; whom it issued is refused until there is a new one"))
        .toList();
  }

  /** Refuses a certificate that its authority had revoked by this time, or may have. */
  void require(X509Certificate certificate, X509Certificate authority, Instant at)
      throws UntrustedCertificateException {
    List<RevocationList> lists = byIssuer.get(certificate.getIssuerX500Principal());
    if (lists == null) {
      if (mode == RevocationMode.REQUIRE) {
        throw new UntrustedCertificateException(
            "there is no revocation list of " + CertificateNames.of(authority));
      }
      return;
    }
    boolean usable = false;
    String fault = "none is signed by it";
    for (RevocationList list : lists) {
      if (list.isSignedBy(authority)) {
        requireNotRevoked(certificate, list, at);
        Optional<String> wrong = fault(list, at);
        usable |= wrong.isEmpty();
        fault = wrong.orElse(fault);
      }
    }
    if (!usable) {
      throw new UntrustedCertificateException(
          "the revocation list of "
              + CertificateNames.of(authority)
              + " can not be used: "
              + fault);
    }
  }

  private Optional<String> fault(RevocationList list, Instant at) {
    if (list.isPartial()) {
      return Optional.of(
          "it is of a kind that is not supported (partial, indirect or with unknown parts)");
    }
    return mode == RevocationMode.WARN ? Optional.empty() : list.notCurrent(at, mode);
  }

  private static void requireNotRevoked(
      X509Certificate certificate, RevocationList list, Instant at)
      throws UntrustedCertificateException {
    Optional<Instant> from = list.revokedFrom(certificate);
    if (from.isPresent() && !at.isBefore(from.get())) {
      throw new UntrustedCertificateException(
          CertificateNames.of(certificate) + " was revoked at " + from.get());
    }
  }
}
