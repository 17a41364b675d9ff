package dev.peer.pki.issue;

import dev.peer.core.pem.Pem;
import dev.peer.core.trust.Credentials;
import java.security.PrivateKey;
import java.security.cert.CRLException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Collectors;

/** The text form of an authority's certificates, keys and lists. */
public final class PemText {

  private PemText() {}

  /** The certificate, then its intermediates. */
  public static String chain(Credentials credentials) {
    return chain(credentials.chain());
  }

  /** The certificates, in their order. */
  public static String chain(List<X509Certificate> chain) {
    return chain.stream().map(Pem::write).collect(Collectors.joining());
  }

  /** The key in PKCS#8, not encrypted. */
  public static String privateKey(PrivateKey key) {
    return Pem.write("PRIVATE KEY", key.getEncoded());
  }

  /** The revocation list. */
  public static String revocationList(X509CRL list) {
    try {
      return Pem.write("X509 CRL", list.getEncoded());
    } catch (CRLException e) {
      throw new IllegalStateException("a list that was parsed has its bytes", e);
    }
  }
}
