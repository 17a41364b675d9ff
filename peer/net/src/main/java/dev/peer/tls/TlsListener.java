package dev.peer.tls;

import dev.peer.core.id.PeerId;
import dev.peer.core.trust.CertificateRole;
import dev.peer.core.trust.Identity;
import dev.peer.core.trust.UntrustedCertificateException;
import io.undertow.protocols.ssl.UndertowXnioSsl;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.RenegotiationRequiredException;
import io.undertow.server.SSLSessionInfo;
import io.undertow.server.ServerConnection;
import io.undertow.server.protocol.http.HttpOpenListener;
import io.undertow.util.AttachmentKey;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.xnio.ChannelListener;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.Sequence;
import org.xnio.SslClientAuthMode;
import org.xnio.StreamConnection;
import org.xnio.XnioWorker;
import org.xnio.channels.AcceptingChannel;
import org.xnio.ssl.SslConnection;

/**
 * An HTTPS listener that admits only parties that we trust, and identifies them.
 *
 * <p>A JDK server resumes a session without asking whether its certificate is still trusted. So a
 * certificate is judged with the first request of each connection, whatever the handshake was; and
 * after a change there is another context, which knows none of the sessions before it.
 */
public final class TlsListener {

  private static final int MOST_SESSIONS = 2_000;
  private static final int BACKLOG = 1_000;
  private static final AttachmentKey<Caller> CALLER = AttachmentKey.create(Caller.class);

  static {
    // A ticket that holds its session itself cannot be revoked by its server.
    System.setProperty("jdk.tls.server.enableSessionTicketExtension", "false");
  }

  private final TlsIdentity identity;
  private final Handshakes handshakes = new Handshakes();
  private final LongAdder connections = new LongAdder();
  private volatile TlsIdentity.State presented;
  private UndertowXnioSsl ssl;
  private AcceptingChannel<SslConnection> server;

  /** Creates a listener that presents this identity, and admits the parties that it trusts. */
  public TlsListener(TlsIdentity identity) {
    this.identity = identity;
    this.presented = identity.state();
  }

  /** Our own name. */
  public PeerId id() {
    return identity.id();
  }

  /** How many handshakes there have been. */
  public Handshakes handshakes() {
    return handshakes;
  }

  /** How many connections are open on which a request was made. */
  public long connections() {
    return connections.sum();
  }

  /** When our own certificate ends. */
  public Instant certificateEnd() {
    return identity.certificateEnd();
  }

  /** Why others would refuse to talk to us; empty: they would not. */
  public Optional<String> fault() {
    return identity.fault();
  }

  /**
   * Begins to listen. Connections without a certificate so far are bounded apart from the others.
   *
   * @param connections the maximum of open connections, besides those without a certificate so far;
   *     further ones wait until one is closed
   * @return where
   */
  public InetSocketAddress listen(
      XnioWorker worker, HttpOpenListener http, InetSocketAddress address, int connections)
      throws IOException {
    int besides = Newcomers.besides(connections);
    Newcomers<SslConnection> newcomers = new Newcomers<>(besides, IoUtils::safeClose);
    OptionMap options =
        OptionMap.builder()
            .set(Options.TCP_NODELAY, true)
            .set(Options.REUSE_ADDRESSES, true)
            .set(Options.BALANCING_TOKENS, 1)
            .set(Options.BALANCING_CONNECTIONS, 2)
            .set(Options.BACKLOG, BACKLOG)
            .set(Options.CONNECTION_HIGH_WATER, connections + besides)
            .set(Options.CONNECTION_LOW_WATER, connections + besides)
            .set(Options.SSL_CLIENT_AUTH_MODE, SslClientAuthMode.REQUIRED)
            .set(Options.SSL_ENABLED_PROTOCOLS, Sequence.of(TlsIdentity.PROTOCOL))
            .set(Options.SSL_ENABLED_CIPHER_SUITES, Sequence.of(TlsIdentity.CIPHERS))
            .getMap();
    synchronized (this) {
      ssl =
          new UndertowXnioSsl(
              worker.getXnio(), OptionMap.create(Options.USE_DIRECT_BUFFERS, true), context());
    }
    ChannelListener<StreamConnection> opened =
        connection -> {
          SslConnection tls = (SslConnection) connection;
          newcomers.add(tls.getPeerAddress(InetSocketAddress.class).getAddress(), tls);
          tls.getHandshakeSetter().set(newcomers::remove);
          http.handleEvent(tls);
          ChannelListener<? super StreamConnection> before = tls.getCloseListener();
          tls.setCloseListener(
              closed -> {
                newcomers.remove(tls);
                ChannelListeners.invokeChannelListener(closed, before);
              });
          if (!tls.isOpen()) {
            newcomers.remove(tls);
          }
        };
    server =
        ssl.createSslConnectionServer(
            worker, address, ChannelListeners.openListenerAdapter(opened), options);
    server.resumeAccepts();
    return server.getLocalAddress(InetSocketAddress.class);
  }

  /** Registers a call after each change of our identity or our trust. */
  public void follow(Runnable follower) {
    identity.follow(follower);
  }

  /** Has it called no more. */
  public void unfollow(Runnable follower) {
    identity.unfollow(follower);
  }

  /** Presents our current identity to new connections, and resumes no earlier session. */
  public synchronized void renew() {
    if (presented.generation() != identity.state().generation()) {
      presented = identity.state();
      ssl.updateSSLContext(context());
    }
  }

  /** Admits no further connection. */
  public synchronized void close() {
    // Once: the threads that would close it a second time have ended.
    IoUtils.safeClose(server);
    server = null;
  }

  /**
   * The sender of the request. Its certificate is validated with the first request of each
   * connection, with the first one after each change, and with the first one after each minute, so
   * that no party outlasts an expiry by keeping a connection open.
   *
   * @throws UntrustedCertificateException if the certificate is not trusted, or not any more
   */
  public Caller callerOf(HttpServerExchange exchange) throws UntrustedCertificateException {
    ServerConnection connection = exchange.getConnection();
    Caller known = connection.getAttachment(CALLER);
    TlsIdentity.State state = identity.state();
    Instant now = identity.now();
    if (known != null && known.isOf(state) && known.stands(now)) {
      return known;
    }
    List<X509Certificate> chain = chain(connection);
    Identity who = identity.validate(state, chain, CertificateRole.CLIENT);
    Caller caller = new Caller(who, chain, now, state.generation());
    if (connection.putAttachment(CALLER, caller) == null) {
      connections.increment();
      connection.addCloseListener(_ -> connections.decrement());
    }
    return caller;
  }

  /** Whether nothing has changed since the caller was judged. */
  public boolean isUpToDate(Caller caller) {
    return caller.isOf(identity.state());
  }

  /** Whether the caller's certificate is trusted now. */
  public boolean trusts(Caller caller) {
    try {
      identity.validate(caller.chain(), CertificateRole.CLIENT);
      return true;
    } catch (UntrustedCertificateException e) {
      return false;
    }
  }

  private SSLContext context() {
    return context(identity, presented, handshakes);
  }

  /** The context of a server with the current identity, which admits the parties that it trusts. */
  static SSLContext context(TlsIdentity identity, TlsIdentity.State at, Handshakes handshakes) {
    SSLContext context = identity.context(at, Optional.empty(), handshakes);
    context.getServerSessionContext().setSessionCacheSize(MOST_SESSIONS);
    return context;
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
}
