package dev.peer.tls;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request of HTTP/1.1, which can be sent more than once.
 *
 * @param timeout how long its sender waits for the head of the answer
 */
public record Request(
    String method, URI uri, List<Header> headers, Optional<Body> body, Duration timeout) {

  /** Takes a copy of the headers. */
  public Request {
    headers = List.copyOf(headers);
  }

  /** A header field of a request. */
  public record Header(String name, String value) {}

  /** What a request carries. */
  public interface Body {

    /** How many bytes it has. */
    long length();

    /** Writes all of them. */
    void writeTo(OutputStream out) throws IOException;

    /** These bytes. */
    static Body of(byte[] bytes) {
      return new Body() {
        @Override
        public long length() {
          return bytes.length;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
          out.write(bytes);
        }
      };
    }
  }

  /** A request without a body. */
  public static Request of(String method, URI uri, Duration timeout) {
    return new Request(method, uri, List.of(), Optional.empty(), timeout);
  }

  /** Asks for what is there. */
  public static Request get(URI uri, Duration timeout) {
    return of("GET", uri, timeout);
  }

  /** The same with one header more. */
  public Request with(String name, String value) {
    List<Header> more = new ArrayList<>(headers);
    more.add(new Header(name, value));
    return new Request(method, uri, more, body, timeout);
  }

  /** The same with more headers. */
  public Request with(Map<String, String> more) {
    Request request = this;
    for (Map.Entry<String, String> header : more.entrySet()) {
      request = request.with(header.getKey(), header.getValue());
    }
    return request;
  }

  /** The same with a body of a media type. */
  public Request with(String mediaType, Body content) {
    Request typed = with("Content-Type", mediaType);
    return new Request(method, uri, typed.headers, Optional.of(content), timeout);
  }
}
