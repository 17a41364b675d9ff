package dev.peer.pki.issue;

import dev.peer.core.pem.CredentialException;
import dev.peer.core.pem.KeyKind;
import dev.peer.core.pem.Pem;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** Requests for certificates (PKCS #10): a key's owner makes one, and an authority signs it. */
public final class SigningRequest {

  private static final String ANOTHER_KEY = "make another, with a key of " + KeyKind.ACCEPTED;

  private SigningRequest() {}

  /** Makes one for a common name, signed with the pair's private key. */
  public static String pem(String commonName, KeyPair pair) {
    try {
      return Pem.write(
          Pem.REQUEST,
          new JcaPKCS10CertificationRequestBuilder(
                  new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, commonName).build(),
                  pair.getPublic())
              .build(
                  new JcaContentSignerBuilder(KeyType.signatureAlgorithm(pair.getPublic()))
                      .build(pair.getPrivate()))
              .getEncoded());
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalArgumentException("the key cannot sign a request", e);
    }
  }

  /**
   * The key of a request. Nothing else of it counts: an authority decides what it certifies.
   *
   * @param source what to call it in messages
   * @throws CredentialException if it is no request, or its sender does not have the private key
   */
  public static PublicKey key(String source, String pem) throws CredentialException {
    byte[] der = Pem.request(source, pem);
    try {
      JcaPKCS10CertificationRequest request = new JcaPKCS10CertificationRequest(der);
      PublicKey key = request.getPublicKey();
      if (KeyKind.of(key).isEmpty()) {
        throw new CredentialException(
            source + ": a key of this kind is not accepted: " + KeyKind.describe(key), ANOTHER_KEY);
      }
      if (request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
        return key;
      }
    } catch (IOException
        | GeneralSecurityException
        | OperatorCreationException
        | PKCSException
        | IllegalArgumentException e) {
      throw new CredentialException(
          source + ": the request cannot be read: " + e.getMessage(), ANOTHER_KEY, e);
    }
    throw new CredentialException(
        source + ": the request is not signed with the key that it names",
        "have its sender make another");
  }
}
