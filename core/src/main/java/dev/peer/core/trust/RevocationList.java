package dev.peer.core.trust;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** One list of one issuer. Slow work on a large list is done once. */
final class RevocationList {

  /** How far the clock of an authority may be ahead of ours. */
  private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);

  private static final int CRL_SIGN = 6;
  private static final int MOST_KEYS = 64;

  private final X509CRL list;
  private final boolean partial;
  private final Map<PublicKey, Boolean> signedBy = new ConcurrentHashMap<>();

  RevocationList(X509CRL list) {
    this.list = list;
    partial = hasUnknownParts(list);
  }

  boolean isSignedBy(X509Certificate authority) {
    boolean[] usage = authority.getKeyUsage();
    if (usage != null && !usage[CRL_SIGN]) {
      return false;
    }
    if (signedBy.size() > MOST_KEYS) {
      signedBy.clear();
    }
    return signedBy.computeIfAbsent(authority.getPublicKey(), this::isSignedBy);
  }

  /** The entry of a certificate of its issuer, if it is on the list. */
  Optional<X509CRLEntry> entry(X509Certificate certificate) {
    return Optional.ofNullable(list.getRevokedCertificate(certificate.getSerialNumber()));
  }

  /** The list itself. */
  X509CRL crl() {
    return list;
  }

  /** Whether there may be more than it says, or something else than it seems to say. */
  boolean isPartial() {
    return partial;
  }

  /** Whether there should be a newer one by now. */
  boolean isOverdue(Instant now) {
    return list.getNextUpdate() != null && list.getNextUpdate().toInstant().isBefore(now);
  }

  /**
   * Why the list cannot be used; empty if it can.
   *
   * @param neededAt when no newer one may be due: now, or before, where there is none to come
   */
  Optional<String> notCurrent(Instant neededAt, Instant now, RevocationMode mode) {
    if (isOverdue(neededAt)) {
      return Optional.of("its next update was due at " + list.getNextUpdate().toInstant());
    }
    if (list.getNextUpdate() == null && mode == RevocationMode.REQUIRE) {
      return Optional.of("it does not say until when it holds");
    }
    Instant from = list.getThisUpdate().toInstant();
    return from.isAfter(now.plus(CLOCK_SKEW))
        ? Optional.of("it is of " + from + ", which is yet to come: check the clocks")
        : Optional.empty();
  }

  private boolean isSignedBy(PublicKey key) {
    if (!SignatureAlgorithms.isAccepted(list.getSigAlgOID(), list.getSigAlgParams())) {
      return false;
    }
    try {
      list.verify(key);
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
}
