package dev.peer.core.trust;

import dev.peer.core.id.Digest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CRLException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;

/**
 * Decides whether a certificate is good for a role: the one judge for both sides of a connection
 * and for signatures.
 *
 * <p>A path must hold by the JDK's PKIX validator and by the checks that it leaves out: the trust
 * anchor's own validity, key, usage and limits on policies; name constraints from the anchor down,
 * which BouncyCastle compares; an authority's certificate as leaf; weak keys and signatures
 * anywhere; key usage and extended key usage for the role, also in the authorities above; malformed
 * extensions that the JDK passes over; revocation.
 */
public final class CertificateValidator {

  /** The most certificates that a chain may have as received. */
  public static final int MOST_CERTIFICATES = 16;

  private final TrustAnchors anchors;
  private final RevocationLists revocationLists;

  public CertificateValidator(TrustAnchors anchors, RevocationLists revocationLists) {
    this.anchors = anchors;
    this.revocationLists = revocationLists;
  }

  /** Another one for other authorities, revocation lists, or another way to go by the lists. */
  public Digest trust() {
    MessageDigest sha256 = Digest.sha256();
    try {
      for (X509Certificate authority : anchors.certificates()) {
        sha256.update(Digest.of(authority.getEncoded()).hex().getBytes(StandardCharsets.US_ASCII));
      }
      sha256.update(revocationLists.description().getBytes(StandardCharsets.US_ASCII));
    } catch (CertificateEncodingException | CRLException e) {
      throw new IllegalStateException("what was parsed has its bytes", e);
    }
    return Digest.ofFinished(sha256);
  }

  /**
   * Returns the identity of the first certificate, if it is good.
   *
   * @param chain the certificate, then certificates that may lead to an anchor, in any order
   * @param role what the certificate is presented for
   * @param at when it must be good
   * @throws UntrustedCertificateException if it is not; says why
   */
  public Identity validate(List<X509Certificate> chain, CertificateRole role, Instant at)
      throws UntrustedCertificateException {
    return validate(chain, role, at, at, RevocationLists.none()).identity();
  }

  /**
   * Validates a certificate for an act at a proven time.
   *
   * @param at when the certificate must have been good
   * @param now the current time: later revocations count as well, unless {@link RevocationLists}
   *     says otherwise
   * @param kept lists that were looked at before, and may not be to be had any more
   */
  public ValidPath validate(
      List<X509Certificate> chain,
      CertificateRole role,
      Instant at,
      Instant now,
      RevocationLists kept)
      throws UntrustedCertificateException {
    if (chain.isEmpty() || chain.size() > MOST_CERTIFICATES) {
      throw new UntrustedCertificateException(
          "1 to " + MOST_CERTIFICATES + " certificates are expected, not " + chain.size());
    }
    // Certificates know no fractions of a second.
    Instant second = at.truncatedTo(ChronoUnit.SECONDS);
    X509Certificate leaf = chain.getFirst();
    Faults faults = Faults.refusing();
    CertificateProfile.requireSound(leaf, second, faults);
    CertificateProfile.requireProven(leaf, faults);
    CertificateProfile.requireLeaf(leaf, role, faults);
    Identity identity = Identity.of(leaf);
    // Several ways up may be there where authorities are renewed or cross-signed.
    UntrustedCertificateException first = null;
    for (List<X509Certificate> path :
        PathFinder.paths(leaf, chain.subList(1, chain.size()), anchors)) {
      try {
        requireGood(path, role, second);
        return new ValidPath(identity, path, requireNotRevoked(path, second, now, kept));
      } catch (UntrustedCertificateException e) {
        first = first == null ? e : first;
      }
    }
    throw first == null ? new UntrustedCertificateException(noWay(leaf)) : first;
  }

  /**
   * Everything that speaks against a certificate, so that people can fix it; empty if, and only if,
   * {@link #validate} accepts it.
   */
  public List<CertificateFault> faults(
      List<X509Certificate> chain, CertificateRole role, Instant at) {
    try {
      validate(chain, role, at);
      return List.of();
    } catch (UntrustedCertificateException refusal) {
      Instant second = at.truncatedTo(ChronoUnit.SECONDS);
      return new FaultFinder(anchors, revocationLists, role, second).faults(chain, refusal);
    }
  }

  static String noWay(X509Certificate leaf) {
    return "no way from "
        + CertificateNames.of(leaf)
        + ", issued by "
        + CertificateNames.of(leaf.getIssuerX500Principal())
        + ", to a trusted CA";
  }

  private static void requireGood(List<X509Certificate> path, CertificateRole role, Instant at)
      throws UntrustedCertificateException {
    Faults faults = Faults.refusing();
    List<X509Certificate> authorities = path.subList(1, path.size());
    for (X509Certificate authority : authorities) {
      CertificateProfile.requireSound(authority, at, faults);
      CertificateProfile.requireAuthority(authority, role, faults);
    }
    CertificateProfile.requireAnchor(path.getLast(), faults);
    // The signature on an anchor proves nothing, and need not: the anchor is trusted as it is.
    for (X509Certificate intermediate : authorities.subList(0, authorities.size() - 1)) {
      CertificateProfile.requireProven(intermediate, faults);
    }
    requirePathLength(path);
    if (path.stream().anyMatch(CertificateProfile::hasNameConstraints)) {
      // Seldom, and BouncyCastle takes long to load.
      NameConstraintsCheck.require(path);
    }
    requirePkix(path, at);
  }

  private List<X509CRL> requireNotRevoked(
      List<X509Certificate> path, Instant at, Instant now, RevocationLists kept)
      throws UntrustedCertificateException {
    List<X509CRL> used = new ArrayList<>();
    for (int i = 0; i < path.size() - 1; i++) {
      used.addAll(revocationLists.require(path.get(i), path.get(i + 1), at, now, kept));
    }
    return used;
  }

  /** Each authority limits the authorities below it; those that renew themselves do not count. */
  static void requirePathLength(List<X509Certificate> path) throws UntrustedCertificateException {
    int below = 0;
    for (X509Certificate authority : path.subList(1, path.size())) {
      if (below > authority.getBasicConstraints()) {
        throw new UntrustedCertificateException(
            CertificateNames.of(authority)
                + " allows "
                + authority.getBasicConstraints()
                + " authorities below it, and there are "
                + below);
      }
      if (!authority.getSubjectX500Principal().equals(authority.getIssuerX500Principal())) {
        below++;
      }
    }
  }

  static void requirePkix(List<X509Certificate> path, Instant at)
      throws UntrustedCertificateException {
    try {
      X509Certificate anchor = path.getLast();
      PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(anchor, null)));
      parameters.setDate(Date.from(at));
      // Revocation is looked at in RevocationLists.
      parameters.setRevocationEnabled(false);
      // The JDK uses only the name and key of an anchor. Its limits on policies hold from the first
      // certificate below it on.
      parameters.setExplicitPolicyRequired(CertificateProfile.hasPolicyConstraints(anchor));
      parameters.setPolicyMappingInhibited(CertificateProfile.hasPolicyConstraints(anchor));
      parameters.setAnyPolicyInhibited(CertificateProfile.inhibitsAnyPolicy(anchor));
      CertPathValidator.getInstance("PKIX")
          .validate(
              CertificateFactory.getInstance("X.509")
                  .generateCertPath(path.subList(0, path.size() - 1)),
              parameters);
    } catch (CertPathValidatorException e) {
      int index = Math.max(e.getIndex(), 0);
      throw new UntrustedCertificateException(
          CertificateNames.of(path.get(index)) + " does not hold: " + e.getMessage(), e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime validates PKIX paths", e);
    }
  }
}
