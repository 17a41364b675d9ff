package dev.peer.core.trust;

import java.security.cert.X509Certificate;
import java.util.List;

/** The authorities that a path must lead to: roots, or intermediates that are trusted as such. */
public final class TrustAnchors {

  private final List<X509Certificate> certificates;

  private TrustAnchors(List<X509Certificate> certificates) {
    this.certificates = certificates;
  }

  /** Requires at least one authority: without any, no peer could be told from another. */
  public static TrustAnchors of(List<X509Certificate> certificates) {
    if (certificates.isEmpty()) {
      throw new IllegalArgumentException("at least one CA certificate is needed");
    }
    return new TrustAnchors(certificates.stream().distinct().toList());
  }

  /** The authorities, each once. */
  public List<X509Certificate> certificates() {
    return certificates;
  }
}
