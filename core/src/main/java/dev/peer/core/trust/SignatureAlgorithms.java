package dev.peer.core.trust;

import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.NoSuchAlgorithmException;
import java.security.spec.InvalidParameterSpecException;
import java.security.spec.PSSParameterSpec;
import java.util.Set;

/** Which signatures on certificates, revocation lists and timestamps still prove something. */
public final class SignatureAlgorithms {

  private static final String RSASSA_PSS = "1.2.840.113549.1.1.10";
  private static final Set<String> STRONG =
      Set.of(
          "1.2.840.113549.1.1.11", // sha256WithRSAEncryption
          "1.2.840.113549.1.1.12", // sha384WithRSAEncryption
          "1.2.840.113549.1.1.13", // sha512WithRSAEncryption
          "1.2.840.10045.4.3.2", // ecdsa-with-SHA256
          "1.2.840.10045.4.3.3", // ecdsa-with-SHA384
          "1.2.840.10045.4.3.4", // ecdsa-with-SHA512
          "1.3.101.112"); // Ed25519
  private static final Set<String> STRONG_DIGESTS = Set.of("SHA-256", "SHA-384", "SHA-512");

  private SignatureAlgorithms() {}

  /**
   * Whether the algorithm is known and its digest is not weaker than SHA-256.
   *
   * @param parameters as they are encoded; null if there are none
   */
  public static boolean isAccepted(String oid, byte[] parameters) {
    return STRONG.contains(oid) || (oid.equals(RSASSA_PSS) && isStrongPss(parameters));
  }

  private static boolean isStrongPss(byte[] parameters) {
    if (parameters == null) {
      // The default is SHA-1.
      return false;
    }
    try {
      AlgorithmParameters pss = AlgorithmParameters.getInstance("RSASSA-PSS");
      pss.init(parameters);
      return STRONG_DIGESTS.contains(
          pss.getParameterSpec(PSSParameterSpec.class).getDigestAlgorithm());
    } catch (IOException | InvalidParameterSpecException e) {
      return false;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has RSASSA-PSS", e);
    }
  }
}
