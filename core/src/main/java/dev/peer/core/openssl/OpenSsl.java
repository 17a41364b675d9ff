package dev.peer.core.openssl;

import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Security;
import java.util.List;

/** The system's OpenSSL as the first provider of this process for P-256 and X25519. */
public final class OpenSsl extends Provider {

  private static final long serialVersionUID = 1;
  private static final String NAME = "PeerOpenSSL";

  private OpenSsl() {
    super(NAME, "1", "P-256 and X25519 by the system's OpenSSL");
    offer("Signature", "SHA256withECDSA", P256Signature.class, P256Signature::new);
    offer("KeyAgreement", "ECDH", Agreement.class, () -> new Agreement(new P256()));
    for (String name : List.of("XDH", "X25519")) {
      offer("KeyAgreement", name, Agreement.class, () -> new Agreement(new X25519()));
      offer("KeyPairGenerator", name, X25519.Generator.class, X25519.Generator::new);
    }
  }

  /**
   * Has this process use it from now on.
   *
   * @return whether the system has one
   */
  public static boolean use() {
    try {
      LibCrypto.load();
    } catch (LinkageError e) {
      return false;
    }
    Security.insertProviderAt(new OpenSsl(), 1);
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
