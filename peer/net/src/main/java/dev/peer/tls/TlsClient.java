package dev.peer.tls;

import dev.peer.core.id.PeerId;
import dev.peer.core.network.ProxyRules;
import dev.peer.core.trust.CertificateRole;
import dev.peer.core.trust.Identity;
import dev.peer.core.trust.UntrustedCertificateException;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * Sends requests to one party, over HTTP/1.1: no redirect or cookie; a proxy only as the
 * environment names it, which passes TLS on. Checks the party's identity before it sends the first
 * byte of a request. After a change of our certificate, or of whom we trust, the next request opens
 * a new connection; answers in progress end on the old one.
 *
 * <p>Clients of one process share the sessions that servers gave them, and the connections that
 * wait for a request, if they show the same certificate, judge by the same authorities and
 * revocation lists, expect the same peer and ask it at the same address through the same proxy, if
 * any. A session is resumed, and a connection that waited is used, only if its server is trusted at
 * that moment. Connections along a route are not shared: the one to the relay below them is its
 * client's.
 */
public final class TlsClient implements AutoCloseable {

  private final TlsIdentity identity;
  private final Optional<PeerId> expected;
  private final HttpConnections connections;
  private TlsIdentity.State state;
  private SSLContext context;

  private TlsClient(TlsIdentity identity, Optional<PeerId> expected, HttpConnections connections) {
    this.identity = identity;
    this.expected = expected;
    this.connections = connections;
    state = identity.state();
    context = identity.clientContext(state, expected);
  }

  /**
   * Creates a client for a service known by its address: any certificate below our anchors may
   * answer.
   */
  public static TlsClient ofService(TlsIdentity identity, Duration connectTimeout) {
    return ofService(identity, connectTimeout, ProxyRules.ofProcess());
  }

  static TlsClient ofService(TlsIdentity identity, Duration connectTimeout, ProxyRules proxies) {
    return new TlsClient(identity, Optional.empty(), through(proxies, connectTimeout));
  }

  /** A client for one peer, wherever it is. */
  public static TlsClient ofPeer(TlsIdentity identity, PeerId peer, Duration connectTimeout) {
    return new TlsClient(
        identity, Optional.of(peer), through(ProxyRules.ofProcess(), connectTimeout));
  }

  private static HttpConnections through(ProxyRules proxies, Duration connectTimeout) {
    return HttpConnections.through(proxies, connectTimeout, WaitingConnections.ofProcess());
  }

  /** A client for one peer at the end of a route. The host in the requests does not matter. */
  public static TlsClient ofPeer(
      TlsIdentity identity, PeerId peer, Route route, Duration connectTimeout) {
    return new TlsClient(identity, Optional.of(peer), HttpConnections.along(route, connectTimeout));
  }

  /**
   * Sends the request and waits for the head of the answer, as long as the request's timeout says.
   * Sends it again if the connection ends without a message: requests here can be repeated, and the
   * next answer may say why.
   *
   * @throws ConnectionException if there is no answer; it says why
   */
  public Response send(Request request) throws ConnectionException, InterruptedException {
    try {
      return sendOnce(request);
    } catch (ConnectionException e) {
      if (e.kind() != ConnectionException.Kind.BROKEN_OFF) {
        throw e;
      }
      return sendOnce(request);
    }
  }

  /**
   * The sender of the answer, from the certificate of its connection.
   *
   * @throws ConnectionException if it is not trusted any more
   */
  public PeerId serverOf(Response answer) throws ConnectionException {
    return identityOf(answer, CertificateRole.SERVER).id();
  }

  /**
   * The whole identity of the answer's sender.
   *
   * @param role the use for which the certificate must be good
   * @throws ConnectionException if it is not trusted for that
   */
  public Identity identityOf(Response answer, CertificateRole role) throws ConnectionException {
    try {
      SSLSession session =
          answer.session().orElseThrow(() -> new SSLException("not a TLS connection"));
      return identity.validate(TlsConnection.chainOf(session), role);
    } catch (UntrustedCertificateException e) {
      throw ConnectionException.explain(answer.uri(), new SSLException(e));
    } catch (SSLException e) {
      throw ConnectionException.explain(answer.uri(), e);
    }
  }

  /** Cuts off its own calls in progress. */
  @Override
  public void close() {
    connections.close();
  }

  private Response sendOnce(Request request) throws ConnectionException, InterruptedException {
    TlsIdentity.State now = identity.state();
    Response answer = connections.send(request, new Side(context(now)));
    if (identity.state().generation() != now.generation()) {
      requireStillTrusted(answer);
    }
    return answer;
  }

  /** The rules may have changed during the request: the current ones must trust the server. */
  private void requireStillTrusted(Response answer) throws ConnectionException {
    try {
      serverOf(answer);
    } catch (ConnectionException e) {
      answer.close();
      throw e;
    }
  }

  private synchronized SSLContext context(TlsIdentity.State now) {
    if (now.generation() != state.generation()) {
      state = now;
      context = identity.clientContext(now, expected);
    }
    return context;
  }

  /** Our end of connections. */
  private final class Side implements HttpConnections.Side {

    private final SSLContext context;

    Side(SSLContext context) {
      this.context = context;
    }

    @Override
    public Object kind() {
      return context;
    }

    @Override
    public Socket shake(URI server, Socket socket) throws IOException {
      ClientContexts.forget(context, this::trusts);
      return TlsConnector.handshake(context, server, socket);
    }

    @Override
    public boolean trusts(Optional<SSLSession> session) {
      return session.filter(this::trusts).isPresent();
    }

    private boolean trusts(SSLSession session) {
      try {
        identity.validate(TlsConnection.chainOf(session), CertificateRole.SERVER);
        return true;
      } catch (UntrustedCertificateException | SSLPeerUnverifiedException e) {
        return false;
      }
    }
  }
}
