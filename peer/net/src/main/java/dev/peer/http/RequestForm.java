package dev.peer.http;

import dev.peer.wire.Problem;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Protocols;
import java.util.regex.Pattern;

/**
 * The one form of request that is answered. It is stricter than HTTP: bytes that two readers could
 * take for two different requests are refused.
 */
final class RequestForm {

  private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");

  private RequestForm() {}

  /** Refuses other requests; the connection is closed then, for its next bytes may be anything. */
  static void require(HttpServerExchange exchange) throws ProblemException {
    HeaderMap headers = exchange.getRequestHeaders();
    HttpString protocol = exchange.getProtocol();
    boolean current = protocol.equals(Protocols.HTTP_1_1);
    int hosts = headers.count(Headers.HOST);
    int lengths = headers.count(Headers.CONTENT_LENGTH);
    if (!current && !protocol.equals(Protocols.HTTP_1_0)) {
      throw malformed(exchange, "HTTP/1.1 is spoken here");
    }
    if (headers.contains(Headers.TRANSFER_ENCODING)) {
      throw malformed(exchange, "a body has a Content-Length and no Transfer-Encoding");
    }
    if (lengths > 1
        || (lengths == 1 && !LENGTH.matcher(headers.getFirst(Headers.CONTENT_LENGTH)).matches())) {
      throw malformed(exchange, "one Content-Length was expected, of digits");
    }
    if (hosts > 1 || (current && hosts == 0)) {
      throw malformed(exchange, "one Host was expected");
    }
    if (exchange.isHostIncludedInRequestURI() || !exchange.getRequestPath().startsWith("/")) {
      throw malformed(exchange, "a path was expected that begins with /");
    }
  }

  private static ProblemException malformed(HttpServerExchange exchange, String why) {
    exchange.setPersistent(false);
    return new ProblemException(Problem.Kind.MALFORMED, why);
  }
}
