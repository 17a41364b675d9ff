package dev.peer.tls;

import dev.peer.core.id.PeerId;
import dev.peer.core.network.ProxyRules;
import dev.peer.core.trust.CertificateRole;
import dev.peer.core.trust.Identity;
import dev.peer.core.trust.UntrustedCertificateException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;

/**
 * Sends requests to one party, over HTTP/1.1: no redirect or cookie; a proxy only as the
 * environment names it, which passes TLS on. Checks the party's identity before it sends the first
 * byte of a request. After a change of our identity the next request opens a new connection;
 * answers in progress end on the old one.
 *
 * <p>Clients of one process share the sessions that servers gave them, if they show the same
 * certificate and judge by the same rules. A session is resumed only if its server is trusted when
 * the request begins.
 *
 * <p>Close it before the process ends: a thread of it that waits for the network would hold up the
 * end of a JVM by 0.3 s.
 */
public final class TlsClient implements AutoCloseable {

  private final TlsIdentity identity;
  private final Optional<PeerId> expected;
  private final Duration connectTimeout;
  private final Optional<RouteProxy> route;
  private final Executor threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<HttpClient> retired = new ArrayList<>();
  private TlsIdentity.State state;
  private SSLContext context;
  private HttpClient http;
  private boolean closed;

  private TlsClient(
      TlsIdentity identity,
      Optional<PeerId> expected,
      Duration connectTimeout,
      Optional<RouteProxy> route) {
    this.identity = identity;
    this.expected = expected;
    this.connectTimeout = connectTimeout;
    this.route = route;
    state = identity.state();
    context = identity.clientContext(state, expected);
    http = connected();
  }

  /**
   * Creates a client for a service known by its address: any certificate below our anchors may
   * answer.
   */
  public static TlsClient ofService(TlsIdentity identity, Duration connectTimeout) {
    return ofService(identity, connectTimeout, ProxyRules.ofProcess());
  }

  static TlsClient ofService(TlsIdentity identity, Duration connectTimeout, ProxyRules proxies) {
    return new TlsClient(
        identity, Optional.empty(), connectTimeout, RouteProxy.through(proxies, connectTimeout));
  }

  /** A client for one peer, wherever it is. */
  public static TlsClient ofPeer(TlsIdentity identity, PeerId peer, Duration connectTimeout) {
    return new TlsClient(
        identity,
        Optional.of(peer),
        connectTimeout,
        RouteProxy.through(ProxyRules.ofProcess(), connectTimeout));
  }

  /**
   * Creates a client for one peer at the end of a route. The host in the requests does not matter.
   *
   * @throws ConnectionException if this machine gives no socket for it
   */
  public static TlsClient ofPeer(
      TlsIdentity identity, PeerId peer, Route route, Duration connectTimeout)
      throws ConnectionException {
    try {
      RouteProxy proxy = new RouteProxy(route);
      return new TlsClient(identity, Optional.of(peer), connectTimeout, Optional.of(proxy));
    } catch (IOException e) {
      throw ConnectionException.noWay(e);
    }
  }

  /**
   * Sends the request and waits for the head of the answer, as long as the request's timeout says.
   * Sends it a second time if the connection ends without a message: requests here can be repeated,
   * and the second answer may say why.
   *
   * @throws ConnectionException if there is no answer; it says why
   */
  public <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> body)
      throws ConnectionException, InterruptedException {
    try {
      return sendOnce(request, body);
    } catch (ConnectionException e) {
      if (e.kind() != ConnectionException.Kind.BROKEN_OFF) {
        throw e;
      }
      return sendOnce(request, body);
    }
  }

  /**
   * The sender of the answer, from the certificate of its connection.
   *
   * @throws ConnectionException if it is not trusted any more
   */
  public PeerId serverOf(HttpResponse<?> answer) throws ConnectionException {
    return identityOf(answer, CertificateRole.SERVER).id();
  }

  /**
   * The whole identity of the answer's sender.
   *
   * @param role the use for which the certificate must be good
   * @throws ConnectionException if it is not trusted for that
   */
  public Identity identityOf(HttpResponse<?> answer, CertificateRole role)
      throws ConnectionException {
    try {
      SSLSession session =
          answer.sslSession().orElseThrow(() -> new SSLException("not a TLS connection"));
      return identity.validate(TlsConnection.chainOf(session), role);
    } catch (UntrustedCertificateException e) {
      throw ConnectionException.explain(answer.uri(), new SSLException(e));
    } catch (SSLException e) {
      throw ConnectionException.explain(answer.uri(), e);
    }
  }

  /** Cuts off calls in progress. */
  @Override
  public synchronized void close() {
    closed = true;
    http.shutdownNow();
    retired.forEach(HttpClient::shutdownNow);
    route.ifPresent(RouteProxy::close);
  }

  private <T> HttpResponse<T> sendOnce(HttpRequest request, HttpResponse.BodyHandler<T> body)
      throws ConnectionException, InterruptedException {
    return route.isEmpty()
        ? sendItself(request, request.uri(), body)
        : route.get().send(request, admitted -> sendItself(admitted, request.uri(), body));
  }

  private <T> HttpResponse<T> sendItself(
      HttpRequest request, URI server, HttpResponse.BodyHandler<T> body)
      throws ConnectionException, InterruptedException {
    while (true) {
      HttpClient client = current();
      try {
        HttpResponse<T> answer = client.send(request, body);
        if (!client.equals(current())) {
          requireStillTrusted(answer);
        }
        return answer;
      } catch (ConnectionException e) {
        throw e;
      } catch (IOException e) {
        // It may have been retired just before, and then takes no request.
        if (client.equals(current())) {
          throw ConnectionException.explain(server, e);
        }
      }
    }
  }

  /** The rules may have changed during the request: the current ones must trust the server. */
  private void requireStillTrusted(HttpResponse<?> answer) throws ConnectionException {
    try {
      serverOf(answer);
    } catch (ConnectionException e) {
      if (answer.body() instanceof InputStream left) {
        try {
          left.close();
        } catch (IOException closing) {
          e.addSuppressed(closing);
        }
      }
      throw e;
    }
  }

  private synchronized HttpClient current() {
    TlsIdentity.State now = identity.state();
    if (now.generation() != state.generation() && !closed) {
      http.shutdown();
      retired.removeIf(HttpClient::isTerminated);
      retired.add(http);
      state = now;
      context = identity.clientContext(state, expected);
      http = connected();
    }
    ClientContexts.forget(context, this::trusts);
    return http;
  }

  private boolean trusts(List<X509Certificate> server) {
    try {
      identity.validate(server, CertificateRole.SERVER);
      return true;
    } catch (UntrustedCertificateException e) {
      return false;
    }
  }

  private HttpClient connected() {
    SSLParameters parameters = new SSLParameters();
    parameters.setProtocols(new String[] {TlsIdentity.PROTOCOL});
    parameters.setCipherSuites(TlsIdentity.CIPHERS);
    parameters.setNamedGroups(TlsIdentity.GROUPS);
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .followRedirects(HttpClient.Redirect.NEVER)
        .proxy(route.map(RouteProxy::selector).orElse(HttpClient.Builder.NO_PROXY))
        .connectTimeout(connectTimeout)
        .executor(threads)
        .sslContext(context)
        .sslParameters(parameters)
        .build();
  }
}
