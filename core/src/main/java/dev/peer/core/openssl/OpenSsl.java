package dev.peer.core.openssl;

import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Security;
import java.util.List;

/** The system's OpenSSL as the first provider of this process. */
public final class OpenSsl extends Provider {

  private static final long serialVersionUID = 1;
  private static final String NAME = "PeerOpenSSL";

  private OpenSsl() {
    super(NAME, "1", "The system's OpenSSL");
    offer("Signature", "SHA256withECDSA", P256Signature.class, P256Signature::new);
    offer("KeyAgreement", "ECDH", Agreement.class, () -> new Agreement(new P256()));
    offer("KeyPairGenerator", "EC", P256.Generator.class, P256.Generator::new);
    for (String name : List.of("XDH", "X25519")) {
      offer("KeyAgreement", name, Agreement.class, () -> new Agreement(new X25519()));
      offer("KeyPairGenerator", name, X25519.Generator.class, X25519.Generator::new);
    }
  }

  /**
   * Has this process use it from now on for the curves P-256 and X25519. For processes that last:
   * once they are compiled, Java's own digests and ciphers are as fast.
   *
   * @return whether the system has one
   */
  public static boolean use() {
    return use(new OpenSsl());
  }

  /**
   * The same, and for the bytes of connections and results: SHA-256 and AES. For processes that are
   * waited for before Java's own code for that is compiled.
   */
  public static boolean useForAll() {
    return use(forAll());
  }

  static OpenSsl forAll() {
    OpenSsl all = new OpenSsl();
    all.offer("MessageDigest", "SHA-256", Sha256.class, Sha256::new);
    all.offer("Cipher", "AES/GCM/NoPadding", AesGcm.class, AesGcm::new);
    return all;
  }

  private static boolean use(OpenSsl provider) {
    if (!LibCrypto.load()) {
      return false;
    }
    Security.insertProviderAt(provider, 1);
    return true;
  }

  /** Has this process use Java's own code again. */
  public static void leave() {
    Security.removeProvider(NAME);
  }

  private interface Maker {

    Object make() throws NoSuchAlgorithmException;
  }

  private void offer(String type, String algorithm, Class<?> made, Maker maker) {
    putService(
        new Service(this, type, algorithm, made.getName(), null, null) {
          @Override
          public Object newInstance(Object parameter) throws NoSuchAlgorithmException {
            return maker.make();
          }
        });
  }
}
