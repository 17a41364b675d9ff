package dev.peer.http;

import dev.peer.tls.TlsClient;
import dev.peer.tls.TlsIdentity;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Asks a server on this machine whatever a test wants to ask. */
public final class Https implements AutoCloseable {

  /** Any free port of the loopback address. */
  public static final InetSocketAddress LOOPBACK =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private final TlsClient client;
  private final int port;

  public Https(TlsIdentity identity, InetSocketAddress server) {
    client = TlsClient.ofService(identity, Duration.ofSeconds(20));
    port = server.getPort();
  }

  /** The service, which answers at once. */
  public static Service prompt(Service service) {
    return new Service() {
      @Override
      public boolean isPrompt(HttpCall call) {
        return !call.mayHaveBody();
      }

      @Override
      public void serve(HttpCall call) throws ProblemException, IOException {
        service.serve(call);
      }
    };
  }

  /** Sends a request with headers as name, value, name, value. */
  public HttpResponse<byte[]> send(String method, String path, byte[] body, String... headers)
      throws IOException, InterruptedException {
    return client.send(request(method, path, body, headers), BodyHandlers.ofByteArray());
  }

  /** Asks for something whose bytes the test reads, or leaves unread. */
  public HttpResponse<InputStream> open(String path, String... headers)
      throws IOException, InterruptedException {
    return client.send(request("GET", path, new byte[0], headers), BodyHandlers.ofInputStream());
  }

  private HttpRequest request(String method, String path, byte[] body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(20))
            .method(
                method,
                body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return request.build();
  }

  public HttpResponse<byte[]> send(String method, String path, String... headers)
      throws IOException, InterruptedException {
    return send(method, path, new byte[0], headers);
  }

  @Override
  public void close() {
    client.close();
  }
}
