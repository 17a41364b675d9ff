package dev.peer.core.trust;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;

/**
 * Finds everything wrong with a certificate that {@link CertificateValidator} has refused: runs the
 * same checks, each one regardless of the others. Decides nothing.
 */
final class FaultFinder {

  private static final String NAMES_MEND =
      "have it issued with other names, or the authority's certificate with other constraints";
  private static final String PATH_LENGTH_MEND =
      "have it issued by an authority higher up, or that authority's certificate made again with a"
          + " greater path length";
  private static final String IDENTITY_MEND =
      "have it issued with a URI or DNS name, or a subject, of visible characters";
  private static final String REVOCATION_MEND =
      "have a new certificate issued for a new key if it was revoked; if the list cannot be used,"
          + " get the authority's newest and name it in PEER_CRL";

  private final TrustAnchors anchors;
  private final RevocationLists revocationLists;
  private final CertificateRole role;
  private final Instant at;

  FaultFinder(
      TrustAnchors anchors, RevocationLists revocationLists, CertificateRole role, Instant at) {
    this.anchors = anchors;
    this.revocationLists = revocationLists;
    this.role = role;
    this.at = at;
  }

  /**
   * The faults, at least one.
   *
   * @param refusal the validator's message
   */
  List<CertificateFault> faults(
      List<X509Certificate> chain, UntrustedCertificateException refusal) {
    List<CertificateFault> faults = new ArrayList<>();
    if (!chain.isEmpty() && chain.size() <= CertificateValidator.MOST_CERTIFICATES) {
      faults.addAll(ofLeaf(chain.getFirst()));
      faults.addAll(ofBestPath(chain.getFirst(), chain.subList(1, chain.size()), faults.isEmpty()));
    }
    if (faults.isEmpty()) {
      faults.add(new CertificateFault(refusal.getMessage(), CertificateProfile.MALFORMED_MEND));
    }
    return List.copyOf(faults);
  }

  private List<CertificateFault> ofLeaf(X509Certificate leaf) {
    Faults faults = Faults.gathering();
    faults.gather(
        CertificateProfile.MALFORMED_MEND, () -> CertificateProfile.requireSound(leaf, at, faults));
    faults.gather(
        CertificateProfile.MALFORMED_MEND, () -> CertificateProfile.requireProven(leaf, faults));
    faults.gather(
        CertificateProfile.MALFORMED_MEND,
        () -> CertificateProfile.requireLeaf(leaf, role, faults));
    faults.gather(IDENTITY_MEND, () -> Identity.of(leaf));
    return faults.found();
  }

  /** The faults of the path that has the fewest: fixing that path is enough. */
  private List<CertificateFault> ofBestPath(
      X509Certificate leaf, List<X509Certificate> others, boolean soundLeaf) {
    List<List<X509Certificate>> paths = PathFinder.paths(leaf, others, anchors);
    return paths.isEmpty()
        ? List.of(new CertificateFault(CertificateValidator.noWay(leaf), wayMend(leaf, others)))
        : paths.stream()
            .map(path -> ofPath(path, soundLeaf))
            .min(Comparator.comparingInt(List::size))
            .orElseThrow();
  }

  private List<CertificateFault> ofPath(List<X509Certificate> path, boolean soundLeaf) {
    Faults faults = Faults.gathering();
    List<X509Certificate> authorities = path.subList(1, path.size());
    for (X509Certificate authority : authorities) {
      faults.gather(
          CertificateProfile.MALFORMED_MEND,
          () -> {
            CertificateProfile.requireSound(authority, at, faults);
            CertificateProfile.requireAuthority(authority, role, faults);
          });
    }
    faults.gather(
        CertificateProfile.MALFORMED_MEND,
        () -> CertificateProfile.requireAnchor(path.getLast(), faults));
    for (X509Certificate intermediate : authorities.subList(0, authorities.size() - 1)) {
      faults.gather(
          CertificateProfile.MALFORMED_MEND,
          () -> CertificateProfile.requireProven(intermediate, faults));
    }
    if (authorities.stream().allMatch(authority -> authority.getBasicConstraints() >= 0)) {
      faults.gather(PATH_LENGTH_MEND, () -> CertificateValidator.requirePathLength(path));
    }
    if (path.stream().anyMatch(CertificateProfile::hasNameConstraints)) {
      faults.gather(NAMES_MEND, () -> NameConstraintsCheck.require(path));
    }
    for (int i = 0; i < authorities.size(); i++) {
      X509Certificate certificate = path.get(i);
      X509Certificate authority = path.get(i + 1);
      faults.gather(
          REVOCATION_MEND,
          () -> revocationLists.require(certificate, authority, at, at, RevocationLists.none()));
    }
    if (soundLeaf && faults.found().isEmpty()) {
      // Last, because it repeats earlier faults in other words.
      faults.gather(
          CertificateProfile.MALFORMED_MEND, () -> CertificateValidator.requirePkix(path, at));
    }
    return faults.found();
  }

  private String wayMend(X509Certificate leaf, List<X509Certificate> others) {
    X500Principal issuer = missingIssuer(leaf, others);
    String name = CertificateNames.of(issuer);
    Optional<X509Certificate> namesake =
        Stream.concat(anchors.certificates().stream(), others.stream())
            .filter(other -> other.getSubjectX500Principal().equals(issuer))
            .findFirst();
    if (namesake.isPresent()) {
      return "there is a CA named "
          + name
          + ", and it has not signed this one: another CA of the same name did, or the same one"
          + " with another key; add that one to PEER_CA, or have it issued by the one there";
    }
    return "PEER_CA has "
        + anchors.certificates().stream()
            .map(CertificateNames::of)
            .collect(Collectors.joining(", "))
        + ": if "
        + name
        + " is below one of them, put its certificate after the peer's into the file; if it is a CA"
        + " to be trusted, add it to PEER_CA";
  }

  /** The issuer of the topmost certificate that the leaf leads to. */
  private static X500Principal missingIssuer(X509Certificate leaf, List<X509Certificate> others) {
    X509Certificate top = leaf;
    for (int i = 0; i < others.size(); i++) {
      X500Principal issuer = top.getIssuerX500Principal();
      Optional<X509Certificate> next =
          others.stream()
              .filter(other -> other.getSubjectX500Principal().equals(issuer))
              .findFirst();
      if (next.isEmpty()) {
        break;
      }
      top = next.get();
    }
    return top.getIssuerX500Principal();
  }
}
