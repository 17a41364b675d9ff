package dev.peer.tls;

import dev.peer.core.trust.Credentials;
import java.io.IOException;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** TLS as others do it, without any of our own code. */
public final class PlainTls {

  private PlainTls() {}

  /**
   * Accepts connections of clients that show a certificate, at any free port of the loopback
   * address until the socket is closed.
   *
   * @param connection gets each, on a thread of its own
   */
  public static SSLServerSocket serve(Credentials credentials, Consumer<SSLSocket> connection)
      throws GeneralSecurityException, IOException {
    SSLServerSocket server =
        (SSLServerSocket)
            context(credentials)
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    server.setNeedClientAuth(true);
    Thread.ofVirtual()
        .start(
            () -> {
              while (!server.isClosed()) {
                try {
                  SSLSocket socket = (SSLSocket) server.accept();
                  Thread.ofVirtual().start(() -> connection.accept(socket));
                } catch (IOException e) {
                  return;
                }
              }
            });
    return server;
  }

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
   * A context that trusts everybody, and counts.
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
