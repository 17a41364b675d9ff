package dev.peer.pki.issue;

import dev.peer.core.pem.CredentialException;
import dev.peer.core.pem.Pem;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

  private static final String LABEL = "CERTIFICATE REQUEST";
  private static final Pattern ONE =
      Pattern.compile(
          "\\s*-----BEGIN (?:NEW )?"
              + LABEL
              + "-----([A-Za-z0-9+/=\\s]+)"
              + "-----END (?:NEW )?"
              + LABEL
              + "-----\\s*");

  private SigningRequest() {}

  /** Makes one for a common name, signed with the pair's private key. */
  public static String pem(String commonName, KeyPair pair) {
    try {
      return Pem.write(
          LABEL,
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
    Matcher one = ONE.matcher(pem);
    if (!one.matches()) {
      throw new CredentialException(
          source + ": one " + LABEL + " in PEM expected", "`peer join URL --csr` makes one");
    }
    try {
      JcaPKCS10CertificationRequest request =
          new JcaPKCS10CertificationRequest(Base64.getMimeDecoder().decode(one.group(1)));
      PublicKey key = request.getPublicKey();
      if (request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
        return key;
      }
    } catch (IOException
        | GeneralSecurityException
        | OperatorCreationException
        | PKCSException
        | IllegalArgumentException e) {
      throw new CredentialException(
          source + ": the request cannot be read: " + e.getMessage(),
          "make another, with a key of EC, Ed25519 or RSA",
          e);
    }
    throw new CredentialException(
        source + ": the request is not signed with the key that it names",
        "have its sender make another");
  }
}
