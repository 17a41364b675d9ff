package dev.peer.client.registry;

import dev.peer.client.Timeouts;
import dev.peer.tls.PublicClient;
import dev.peer.tls.Request;
import dev.peer.tls.Response;
import dev.peer.vm.registry.Transport;
import java.io.IOException;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;

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
  public Answer get(URI uri, Map<String, String> headers, Duration most)
      throws IOException, InterruptedException {
    Response answer = world.send(Request.get(uri, most).with(headers));
    return new Answer(answer.status(), answer::header, answer.body());
  }

  @Override
  public void close() {
    world.close();
  }
}
