package dev.peer.client.registry;

import dev.peer.client.Timeouts;
import dev.peer.tls.PublicClient;
import dev.peer.vm.registry.Transport;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.cert.X509Certificate;
import java.util.List;

/** The way to registries, through the company's proxies where there are some. */
public final class RegistryTransport implements Transport {

  private final PublicClient world;

  /**
   * Opens no connection yet.
   *
   * @param certificates the CAs that it trusts besides the usual ones, in PEM
   */
  public RegistryTransport(List<X509Certificate> certificates) {
    world = new PublicClient(Timeouts.DEFAULT.connect(), certificates);
  }

  @Override
  public HttpResponse<InputStream> send(HttpRequest request)
      throws IOException, InterruptedException {
    return world.send(request, BodyHandlers.ofInputStream());
  }

  @Override
  public void close() {
    world.close();
  }
}
