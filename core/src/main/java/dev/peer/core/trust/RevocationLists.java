package dev.peer.core.trust;

import dev.peer.core.id.Digest;
import java.security.cert.CRLException;
import java.security.cert.CRLReason;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.security.auth.x500.X500Principal;

/**
 * Certificate revocation lists, by their issuers.
 *
 * <p>A certificate on any list of its authority, however old, is refused. An authority that has a
 * list here needs one that it signed itself, that is complete, and that is current: not past its
 * next update, nor from a time to come. Otherwise none of its certificates is good, because later
 * revocations are unknown. {@link RevocationMode} makes that stricter or laxer.
 *
 * <p>An act at a proven time before a revocation stays good only if the list gives one of the
 * reasons that say nothing against the key: affiliationChanged, superseded, cessationOfOperation.
 * For any other reason, for none, and where it gives a date from which the key is in doubt, the
 * certificate counts as revoked from the beginning: the time when a key was lost is seldom known.
 */
public final class RevocationLists {

  private static final String INVALIDITY_DATE = "2.5.29.24";
  private static final Set<CRLReason> SAYS_NOTHING_OF_THE_KEY =
      Set.of(CRLReason.AFFILIATION_CHANGED, CRLReason.SUPERSEDED, CRLReason.CESSATION_OF_OPERATION);
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

  /** The mode, and the digest of each list. */
  String description() throws CRLException {
    StringBuilder text = new StringBuilder().append(mode);
    for (List<RevocationList> lists : byIssuer.values()) {
      for (RevocationList list : lists) {
        text.append(' ').append(Digest.of(list.crl().getEncoded()));
      }
    }
    return text.toString();
  }

  /**
   * Warnings about authorities that have published no list in time, one line each, with the
   * consequence.
   */
  public List<String> overdue(Instant now) {
    return byIssuer.entrySet().stream()
        .filter(entry -> entry.getValue().stream().allMatch(list -> list.isOverdue(now)))
        .map(
            entry ->
                "the revocation list of "
                    + CertificateNames.of(entry.getKey())
                    + " is out of date: "
                    + entry.getValue().getLast().notCurrent(now, now, mode).orElseThrow()
                    + (mode == RevocationMode.WARN
                        ? "; it counts as it stands"
                        : "; whom it issued is refused until there is a new one"))
        .toList();
  }

  /**
   * Refuses a certificate that its authority has revoked, or may have.
   *
   * @param at when the certificate was used
   * @param now the current time; a list must be current then. If the authority itself has expired
   *     and so makes no more lists, one that was current when the certificate was used will do
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
    boolean living = !now.isAfter(authority.getNotAfter().toInstant());
    List<RevocationList> here = ofIssuer(certificate);
    List<RevocationList> all = new ArrayList<>(here);
    all.addAll(kept.ofIssuer(certificate));
    if (mode == RevocationMode.REQUIRE && (living ? here : all).isEmpty()) {
      throw new UntrustedCertificateException(
          "there is no revocation list of " + CertificateNames.of(authority));
    }
    List<X509CRL> usable = new ArrayList<>();
    String fault = "none is signed by it";
    for (RevocationList list : all) {
      if (list.isSignedBy(authority)) {
        requireNotRevoked(certificate, list, at, now);
        Optional<String> wrong = fault(list, living ? now : at, now, here.contains(list));
        if (wrong.isEmpty()) {
          usable.add(list.crl());
        }
        fault = wrong.orElse(fault);
      }
    }
    if (usable.isEmpty() && (mode == RevocationMode.REQUIRE || !here.isEmpty())) {
      throw new UntrustedCertificateException(
          "the revocation list of " + CertificateNames.of(authority) + " cannot be used: " + fault);
    }
    return usable;
  }

  private List<RevocationList> ofIssuer(X509Certificate certificate) {
    return byIssuer.getOrDefault(certificate.getIssuerX500Principal(), List.of());
  }

  /** A kept list never gets the lax mode: only the user who provides the lists can choose that. */
  private Optional<String> fault(
      RevocationList list, Instant neededAt, Instant now, boolean isHere) {
    if (list.isPartial()) {
      return Optional.of(
          "it is of a kind that is not supported (partial, indirect or with unknown parts)");
    }
    return mode == RevocationMode.WARN && isHere
        ? Optional.empty()
        : list.notCurrent(neededAt, now, mode);
  }

  private static void requireNotRevoked(
      X509Certificate certificate, RevocationList list, Instant at, Instant now)
      throws UntrustedCertificateException {
    Optional<X509CRLEntry> entry = list.entry(certificate);
    if (entry.isEmpty()) {
      return;
    }
    Instant from = entry.get().getRevocationDate().toInstant();
    if (now.isBefore(from)) {
      return;
    }
    boolean before = at.isBefore(from);
    if (!before || !saysNothingOfTheKey(entry.get())) {
      throw new UntrustedCertificateException(
          CertificateNames.of(certificate)
              + " was revoked at "
              + from
              + (before ? ", and not for a reason that leaves what was before" : ""));
    }
  }

  private static boolean saysNothingOfTheKey(X509CRLEntry entry) {
    return entry.getRevocationReason() != null
        && SAYS_NOTHING_OF_THE_KEY.contains(entry.getRevocationReason())
        && entry.getExtensionValue(INVALIDITY_DATE) == null;
  }
}
