package dev.peer.tls;

import dev.peer.core.trust.Credentials;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** TLS as others do it, without any of our own code. */
public final class PlainTls {

  private PlainTls() {}

  /**
   * A context that trusts everybody.
   *
   * @param credentials what it presents, or null for nothing
   */
  public static SSLContext context(Credentials credentials)
      throws GeneralSecurityException, IOException {
    return context(credentials, new AtomicInteger());
  }

  /**
   * As the other.
   *
   * @param handshakes counts those in which the server showed its certificate: all but those that
   *     resume a session
   */
  public static SSLContext context(Credentials credentials, AtomicInteger handshakes)
      throws GeneralSecurityException, IOException {
    KeyManager[] keys = null;
    if (credentials != null) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          "peer",
          credentials.privateKey(),
          new char[0],
          credentials.chain().toArray(X509Certificate[]::new));
      KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
      factory.init(store, new char[0]);
      keys = factory.getKeyManagers();
    }
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys, new TrustManager[] {new TrustAll(handshakes)}, null);
    return context;
  }

  private record TrustAll(AtomicInteger handshakes) implements X509TrustManager {

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {
      handshakes.incrementAndGet();
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
