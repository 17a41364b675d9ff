package dev.peer.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** Trusts the authorities that the JVM does, and some more. */
final class WorldTrust {

  private WorldTrust() {}

  /** A context that shows no certificate. */
  static SSLContext with(List<X509Certificate> more) {
    try {
      List<X509Certificate> all = new ArrayList<>(more);
      for (var manager : managers(null).getTrustManagers()) {
        if (manager instanceof X509TrustManager judge) {
          all.addAll(Arrays.asList(judge.getAcceptedIssuers()));
        }
      }
      KeyStore anchors = KeyStore.getInstance("PKCS12");
      anchors.load(null, null);
      for (int i = 0; i < all.size(); i++) {
        anchors.setCertificateEntry(String.valueOf(i), all.get(i));
      }
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, managers(anchors).getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("the JVM has no TLS", e);
    }
  }

  /** The JVM's own where there are no anchors. */
  private static TrustManagerFactory managers(KeyStore anchors) throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(anchors);
    return factory;
  }
}
