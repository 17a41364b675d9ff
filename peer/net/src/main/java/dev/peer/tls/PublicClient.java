package dev.peer.tls;

import dev.peer.core.network.ProxyRules;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Sends requests to servers of the world, over HTTP/1.1: no redirect or cookie; a proxy only as the
 * environment names it. They do not see our certificate, and theirs is judged by the JVM.
 */
public final class PublicClient implements AutoCloseable {

  private final Optional<RouteProxy> route;
  private final HttpClient http;

  public PublicClient(Duration connectTimeout) {
    this(connectTimeout, List.of());
  }

  /**
   * Opens no connection yet.
   *
   * @param certificates the authorities that it trusts besides those of the JVM
   */
  public PublicClient(Duration connectTimeout, List<X509Certificate> certificates) {
    this(connectTimeout, certificates, ProxyRules.ofProcess());
  }

  PublicClient(Duration connectTimeout, List<X509Certificate> certificates, ProxyRules proxies) {
    route = RouteProxy.through(proxies, connectTimeout);
    HttpClient.Builder builder = HttpClient.newBuilder();
    if (!certificates.isEmpty()) {
      builder.sslContext(WorldTrust.with(certificates));
    }
    http =
        builder
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(route.map(RouteProxy::selector).orElse(HttpClient.Builder.NO_PROXY))
            .connectTimeout(connectTimeout)
            .build();
  }

  /**
   * Sends the request and waits for the head of the answer.
   *
   * @throws ConnectionException if there is no answer; it says why
   */
  public <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> body)
      throws ConnectionException, InterruptedException {
    return route.isEmpty()
        ? sendItself(request, body)
        : route.get().send(request, admitted -> sendItself(admitted, body));
  }

  private <T> HttpResponse<T> sendItself(HttpRequest request, HttpResponse.BodyHandler<T> body)
      throws ConnectionException, InterruptedException {
    try {
      return http.send(request, body);
    } catch (IOException e) {
      throw ConnectionException.explain(request.uri(), e);
    }
  }

  /** Call it before the process ends. Cuts off requests in progress. */
  @Override
  public void close() {
    http.shutdownNow();
    route.ifPresent(RouteProxy::close);
  }
}
