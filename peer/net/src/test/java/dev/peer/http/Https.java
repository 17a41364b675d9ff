package dev.peer.http;

import dev.peer.tls.Request;
import dev.peer.tls.Response;
import dev.peer.tls.TlsClient;
import dev.peer.tls.TlsIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

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

  /** An answer that was read whole. */
  public record Answer(Response head, byte[] body) {

    public int status() {
      return head.status();
    }

    /** The first value of a header field. */
    public Optional<String> header(String name) {
      return head.header(name);
    }
  }

  /** Sends a request with headers as name, value, name, value. */
  public Answer send(String method, String path, byte[] body, String... headers)
      throws IOException, InterruptedException {
    Request request = request(method, path, headers);
    Response answer =
        client.send(
            body.length == 0
                ? request
                : new Request(
                    method,
                    request.uri(),
                    request.headers(),
                    Optional.of(Request.Body.of(body)),
                    request.timeout()));
    return new Answer(answer, answer.body().readAllBytes());
  }

  /** Asks for something whose bytes the test reads, or leaves unread. */
  public Response open(String path, String... headers) throws IOException, InterruptedException {
    return client.send(request("GET", path, headers));
  }

  private Request request(String method, String path, String... headers) {
    Request request =
        Request.of(method, URI.create("https://127.0.0.1:" + port + path), Duration.ofSeconds(20));
    for (int i = 0; i < headers.length; i += 2) {
      request = request.with(headers[i], headers[i + 1]);
    }
    return request;
  }

  public Answer send(String method, String path, String... headers)
      throws IOException, InterruptedException {
    return send(method, path, new byte[0], headers);
  }

  @Override
  public void close() {
    client.close();
  }
}
