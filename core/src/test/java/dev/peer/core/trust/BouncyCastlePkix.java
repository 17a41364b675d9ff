package dev.peer.core.trust;

import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertStore;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/** BouncyCastle's PKIX validator: a second opinion of paths, from code that shares none of ours. */
final class BouncyCastlePkix {

  private static final Provider PROVIDER = new BouncyCastleProvider();
  private static final String NAME_CONSTRAINTS = "2.5.29.30";

  private BouncyCastlePkix() {}

  /**
   * Why it finds no way that holds; nothing if it finds one.
   *
   * @param chain the certificate in question, then what may lead to an anchor, in any order
   */
  static Optional<String> fault(
      List<X509Certificate> chain, List<X509Certificate> anchors, Instant at)
      throws GeneralSecurityException {
    X509CertSelector leaf = new X509CertSelector();
    leaf.setCertificate(chain.getFirst());
    PKIXBuilderParameters parameters = new PKIXBuilderParameters(trust(anchors), leaf);
    // It counts fractions of a second, which certificates cannot express.
    parameters.setDate(Date.from(at.truncatedTo(ChronoUnit.SECONDS)));
    parameters.setRevocationEnabled(false);
    // The default counts no more than five intermediates.
    parameters.setMaxPathLength(-1);
    parameters.addCertStore(
        CertStore.getInstance("Collection", new CollectionCertStoreParameters(chain)));
    try {
      CertPathBuilder.getInstance("PKIX", PROVIDER).build(parameters);
      return Optional.empty();
    } catch (CertPathBuilderException e) {
      return Optional.of(String.valueOf(e.getCause()));
    }
  }

  /** The anchors with their name constraints, which it minds only where it is handed them. */
  private static Set<TrustAnchor> trust(List<X509Certificate> anchors) {
    Set<TrustAnchor> trust = new HashSet<>();
    for (X509Certificate anchor : anchors) {
      byte[] constraints = anchor.getExtensionValue(NAME_CONSTRAINTS);
      trust.add(
          new TrustAnchor(
              anchor,
              constraints == null ? null : ASN1OctetString.getInstance(constraints).getOctets()));
    }
    return trust;
  }
}
