package dev.peer.tls;

import java.io.InputStream;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLSession;

/**
 * The answer to a request. Its connection is free for the next one when its body was read whole.
 */
public final class Response implements AutoCloseable {

  private final URI uri;
  private final int status;
  private final List<Request.Header> headers;
  private final ResponseBody body;
  private final Optional<SSLSession> session;

  Response(
      URI uri,
      int status,
      List<Request.Header> headers,
      ResponseBody body,
      Optional<SSLSession> session) {
    this.uri = uri;
    this.status = status;
    this.headers = headers;
    this.body = body;
    this.session = session;
  }

  /** What was asked. */
  public URI uri() {
    return uri;
  }

  public int status() {
    return status;
  }

  /** The first value of a header field, its name in any case. */
  public Optional<String> header(String name) {
    return headers.stream()
        .filter(header -> header.name().equalsIgnoreCase(name))
        .map(Request.Header::value)
        .findFirst();
  }

  /** Its bytes. Closing them cuts off the rest; any thread may do it at any time. */
  public InputStream body() {
    return body;
  }

  /** Frees the connection where there is nothing to read. */
  void begin() {
    body.begin();
  }

  /** The TLS session on which it came; empty: it came without TLS. */
  Optional<SSLSession> session() {
    return session;
  }

  /** Cuts off what was not read. */
  @Override
  public void close() {
    body.close();
  }
}
