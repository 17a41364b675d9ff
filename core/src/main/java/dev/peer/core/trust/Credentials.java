package dev.peer.core.trust;

import dev.peer.core.pem.CredentialException;
import dev.peer.core.pem.KeyKind;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;

/** Our own certificate, the certificates that lead to its authority, and its private key. */
public final class Credentials {

  private static final byte[] PROBE =
      "dev.peer: this key belongs to this certificate".getBytes(StandardCharsets.UTF_8);

  private final List<X509Certificate> chain;
  private final PrivateKey privateKey;
  private final Identity identity;

  private Credentials(List<X509Certificate> chain, PrivateKey privateKey, Identity identity) {
    this.chain = chain;
    this.privateKey = privateKey;
    this.identity = identity;
  }

  /**
   * Checks that the parts belong together. Does not check whether anyone trusts them.
   *
   * @param chain the certificate, then its intermediates
   * @throws CredentialException if the certificate is an authority's, names nobody, or has another
   *     key
   */
  public static Credentials of(List<X509Certificate> chain, PrivateKey key)
      throws CredentialException {
    if (chain.isEmpty()) {
      throw new CredentialException("no certificate", "set PEER_CERT");
    }
    X509Certificate leaf = chain.getFirst();
    requirePair(leaf, key);
    if (leaf.getBasicConstraints() >= 0) {
      throw new CredentialException(
          "the certificate is an authority's (CA:TRUE)",
          "have the authority issue a certificate for this peer, and use that");
    }
    try {
      return new Credentials(List.copyOf(chain), key, Identity.of(leaf));
    } catch (UntrustedCertificateException e) {
      throw new CredentialException(
          e.getMessage(), "have a certificate issued with a URI or DNS name, or a subject", e);
    }
  }

  private static void requirePair(X509Certificate leaf, PrivateKey key) throws CredentialException {
    KeyKind kind =
        KeyKind.of(leaf.getPublicKey())
            .orElseThrow(
                () ->
                    new CredentialException(
                        "the certificate's key is not accepted: "
                            + KeyKind.describe(leaf.getPublicKey()),
                        "use " + KeyKind.ACCEPTED));
    if (!isPair(kind, leaf.getPublicKey(), key)) {
      throw new CredentialException(
          "the private key does not belong to the first certificate",
          "PEER_KEY must be the key that PEER_CERT was issued for, and PEER_CERT must begin with"
              + " the peer's own certificate");
    }
  }

  private static boolean isPair(KeyKind kind, PublicKey publicKey, PrivateKey privateKey) {
    try {
      Signature computation = kind.signature();
      computation.initSign(privateKey);
      computation.update(PROBE);
      byte[] signature = computation.sign();
      computation.initVerify(publicKey);
      computation.update(PROBE);
      return computation.verify(signature);
    } catch (GeneralSecurityException e) {
      // The private key is of another algorithm or size.
      return false;
    }
  }

  /** The certificate, then its intermediates. */
  public List<X509Certificate> chain() {
    return chain;
  }

  /** The certificate alone. */
  public X509Certificate leaf() {
    return chain.getFirst();
  }

  /** The key; it never leaves this process. */
  public PrivateKey privateKey() {
    return privateKey;
  }

  /** The identity in the certificate. */
  public Identity identity() {
    return identity;
  }

  /** Names the holder; never the key. */
  @Override
  public String toString() {
    return "credentials of " + identity.id();
  }
}
