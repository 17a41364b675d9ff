package dev.peer.tls;

import dev.peer.core.trust.CertificateValidator;
import dev.peer.core.trust.Credentials;
import dev.peer.core.trust.RevocationLists;
import dev.peer.core.trust.RevocationMode;
import dev.peer.core.trust.TrustAnchors;
import dev.peer.pki.issue.CertificateAuthority;
import dev.peer.pki.issue.CertificateRequest;
import dev.peer.pki.issue.Validity;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;

/** A certificate authority that lives as long as a test, and the peers that trust it. */
public final class TestAuthority {

  private final CertificateAuthority authority;

  public TestAuthority(String name) {
    authority = CertificateAuthority.create(name, Validity.lasting(Duration.ofDays(2)));
  }

  /** Certificate and key of a peer with this URI. */
  public Credentials issue(String uri) {
    return authority.issue(request(uri));
  }

  public Credentials issue(CertificateRequest request) {
    return authority.issue(request);
  }

  /** What to ask for to be a peer with this URI, for a day. */
  public static CertificateRequest request(String uri) {
    return CertificateRequest.named("test").uri(uri).validity(Validity.lasting(Duration.ofDays(1)));
  }

  /** What judges by this authority alone. */
  public CertificateValidator validator() {
    return new CertificateValidator(
        TrustAnchors.of(List.of(authority.root())), RevocationLists.none());
  }

  /** Its certificate. */
  public X509Certificate root() {
    return authority.root();
  }

  /** A peer that trusts this authority and is issued its certificate by it. */
  public TlsIdentity peer(String uri) {
    return peer(issue(uri));
  }

  /** A peer that trusts this authority, whoever issued its own certificate. */
  public TlsIdentity peer(Credentials credentials) {
    return peer(credentials, InstantSource.system());
  }

  /** As the other, by its own clock. */
  public TlsIdentity peer(Credentials credentials, InstantSource clock) {
    return new TlsIdentity(credentials, validator(), clock);
  }

  /** Takes whom this authority vouches for, except those. */
  public CertificateValidator validator(Credentials... revoked) {
    TrustAnchors anchors = TrustAnchors.of(List.of(authority.root()));
    return new CertificateValidator(
        anchors, RevocationLists.of(List.of(revocationList(revoked)), RevocationMode.REQUIRE));
  }

  /** A list that is due in a day. */
  public X509CRL revocationList(Credentials... revoked) {
    return revocationList(Validity.lasting(Duration.ofDays(1)), revoked);
  }

  /** What was revoked a second ago. */
  public X509CRL revocationList(Validity validity, Credentials... revoked) {
    List<X509Certificate> certificates = Stream.of(revoked).map(Credentials::leaf).toList();
    return authority.revocationList(certificates, Instant.now().minusSeconds(1), validity);
  }
}
