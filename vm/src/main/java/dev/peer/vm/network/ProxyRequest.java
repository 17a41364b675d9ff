package dev.peer.vm.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A request to an HTTP proxy: {@code CONNECT}, or one by its whole URL of plain HTTP.
 *
 * @param authority the host and the port, as they go on
 * @param bodyBytes the size of its body
 * @param authorization the value of {@code Proxy-Authorization}
 */
record ProxyRequest(
    String line,
    String authority,
    List<String> headers,
    long bodyBytes,
    Optional<String> authorization) {

  private static final String HOST =
      "(?<host>\\[[0-9A-Fa-f:.]{2,45}]|[A-Za-z0-9_-][A-Za-z0-9._-]{0,252})";
  private static final String END = " HTTP/1\\.[01]";
  private static final Pattern CONNECT =
      Pattern.compile("CONNECT " + HOST + ":(?<port>\\d{1,5})" + END);
  private static final Pattern PLAIN =
      Pattern.compile(
          "(?!CONNECT )[A-Z]{1,20} [Hh][Tt][Tt][Pp]://"
              + HOST
              + "(?::(?<port>\\d{1,5}))?(?:[/?]\\S*)?"
              + END);
  private static final Pattern HEADER =
      Pattern.compile("(?<name>[!-9;-~]+):(?<value>[\\t -~\\x80-\\xff]*)");
  private static final Pattern LENGTH = Pattern.compile("\\d{1,18}");
  private static final int HTTP = 80;
  private static final int LAST_PORT = 65_535;

  /** Those of this hop alone, and those that are written again. */
  private static final Set<String> LEFT_OUT =
      Set.of(
          "host",
          "connection",
          "proxy-connection",
          "keep-alive",
          "upgrade",
          "te",
          "content-length",
          "proxy-authorization");

  /** Copies the list. */
  ProxyRequest {
    headers = List.copyOf(headers);
  }

  /** The request of a head; empty for any other head, and for a body without a length. */
  static Optional<ProxyRequest> parse(String head) {
    List<String> lines = List.of(head.split("\r\n"));
    Matcher connect = CONNECT.matcher(lines.getFirst());
    Matcher plain = PLAIN.matcher(lines.getFirst());
    if (!connect.matches() && !plain.matches()) {
      return Optional.empty();
    }
    Matcher line = connect.matches() ? connect : plain;
    int port = line.group("port") == null ? HTTP : Integer.parseInt(line.group("port"));
    List<String> headers = new ArrayList<>();
    Optional<String> length = Optional.empty();
    Optional<String> authorization = Optional.empty();
    for (String text : lines.subList(1, lines.size())) {
      Matcher header = HEADER.matcher(text);
      if (!header.matches()) {
        return Optional.empty();
      }
      String name = header.group("name").toLowerCase(Locale.ROOT);
      String value = header.group("value").strip();
      switch (name) {
        case "transfer-encoding" -> {
          return Optional.empty();
        }
        case "content-length" -> {
          if (length.isPresent() || !LENGTH.matcher(value).matches()) {
            return Optional.empty();
          }
          length = Optional.of(value);
        }
        case "proxy-authorization" -> authorization = Optional.of(value);
        default -> {}
      }
      if (!LEFT_OUT.contains(name)) {
        headers.add(text);
      }
    }
    if (port < 1 || port > LAST_PORT) {
      return Optional.empty();
    }
    return Optional.of(
        new ProxyRequest(
            lines.getFirst(),
            line.group("host") + ":" + port,
            headers,
            length.map(Long::parseLong).orElse(0L),
            authorization));
  }

  /** The host's name in small letters, or its address without brackets. */
  String host() {
    String written = authority.substring(0, authority.lastIndexOf(':'));
    return written.replaceAll("^\\[|]$|\\.+$", "").toLowerCase(Locale.ROOT);
  }

  int port() {
    return Integer.parseInt(authority.substring(authority.lastIndexOf(':') + 1));
  }

  boolean isConnect() {
    return CONNECT.matcher(line).matches();
  }

  /** The head that goes on to the next proxy, which is asked for this one request. */
  String onward(Optional<String> nextAuthorization) {
    StringBuilder head = new StringBuilder(line).append("\r\nHost: ").append(authority);
    headers.forEach(header -> head.append("\r\n").append(header));
    nextAuthorization.ifPresent(value -> head.append("\r\nProxy-Authorization: ").append(value));
    if (!isConnect()) {
      head.append("\r\nContent-Length: ").append(bodyBytes).append("\r\nConnection: close");
    }
    return head.append("\r\n\r\n").toString();
  }
}
