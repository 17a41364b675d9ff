package dev.peer.tls;

import dev.peer.core.id.PeerId;
import dev.peer.core.trust.CertificateRole;
import dev.peer.core.trust.Identity;
import dev.peer.core.trust.UntrustedCertificateException;
import io.undertow.Undertow;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.RenegotiationRequiredException;
import io.undertow.server.SSLSessionInfo;
import io.undertow.server.ServerConnection;
import io.undertow.util.AttachmentKey;
import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.xnio.Options;
import org.xnio.Sequence;
import org.xnio.SslClientAuthMode;

/** An HTTPS listener that only lets in whoever we trust, and says who it is. */
public final class TlsListener {

  /** How long one validation of a connection's certificate stands. */
  private static final Duration STANDS = Duration.ofMinutes(1);

  private static final AttachmentKey<Caller> CALLER = AttachmentKey.create(Caller.class);

  private final TlsIdentity identity;

  /** A listener that presents this identity, and lets in whom it trusts. */
  public TlsListener(TlsIdentity identity) {
    this.identity = identity;
  }

  /** Our own name. */
  public PeerId id() {
    return identity.id();
  }

  /** Adds the listener to a server. */
  public void addTo(Undertow.Builder server, InetSocketAddress address) {
    PeerTrust trust = new PeerTrust(identity, Optional.empty());
    server
        .addHttpsListener(
            address.getPort(), address.getAddress().getHostAddress(), identity.context(trust))
        .setSocketOption(Options.SSL_CLIENT_AUTH_MODE, SslClientAuthMode.REQUIRED)
        .setSocketOption(Options.SSL_ENABLED_PROTOCOLS, Sequence.of(TlsIdentity.PROTOCOL))
        .setSocketOption(Options.SSL_ENABLED_CIPHER_SUITES, Sequence.of(TlsIdentity.CIPHERS));
  }

  /**
   * Who sent the request. The certificate is validated with the first request of each connection,
   * which a resumed session would not have done, and again with the first one after each minute, so
   * that nobody outlasts an expiry or revocation by keeping a connection open.
   *
   * @throws UntrustedCertificateException if the certificate is not trusted, or not any more
   */
  public Identity callerOf(HttpServerExchange exchange) throws UntrustedCertificateException {
    ServerConnection connection = exchange.getConnection();
    Caller known = connection.getAttachment(CALLER);
    Instant now = identity.now();
    if (known != null && known.stands(now)) {
      return known.identity();
    }
    Identity caller = identity.validate(chain(connection), CertificateRole.CLIENT);
    connection.putAttachment(CALLER, new Caller(caller, now));
    return caller;
  }

  private static List<X509Certificate> chain(ServerConnection connection)
      throws UntrustedCertificateException {
    SSLSessionInfo session = connection.getSslSessionInfo();
    List<X509Certificate> chain = new ArrayList<>();
    try {
      for (Certificate certificate : session.getPeerCertificates()) {
        chain.add((X509Certificate) certificate);
      }
    } catch (SSLPeerUnverifiedException | RenegotiationRequiredException e) {
      throw new UntrustedCertificateException("no certificate", e);
    }
    return chain;
  }

  private record Caller(Identity identity, Instant validatedAt) {

    boolean stands(Instant now) {
      return !now.isBefore(validatedAt) && now.isBefore(validatedAt.plus(STANDS));
    }
  }
}
