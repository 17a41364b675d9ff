package dev.peer.core.network;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An HTTP proxy that is asked by {@code CONNECT} for connections to others.
 *
 * @param host its name, or its address without brackets
 * @param userInfo {@code USER:PASSWORD}, decoded; a secret
 */
public record ProxyAddress(String host, int port, Optional<String> userInfo) {

  /** The form of its URL, for messages. */
  public static final String FORM = "http://[USER:PASSWORD@]HOST:PORT";

  private static final Pattern URL =
      Pattern.compile(
          "(?:http://)?(?:([^@/]*)@)?([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(?::(\\d{1,5}))?/?");
  private static final int DEFAULT_PORT = 80;

  /**
   * Takes a URL in the {@link #FORM}.
   *
   * @throws IllegalArgumentException for other text, which is not in the message: it may contain a
   *     password
   */
  static ProxyAddress parse(String text) {
    Matcher url = URL.matcher(text.strip());
    if (!url.matches()) {
      throw new IllegalArgumentException("not the URL of a proxy (" + FORM + " expected)");
    }
    int port = url.group(3) == null ? DEFAULT_PORT : Integer.parseInt(url.group(3));
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("not a port of a proxy: " + port);
    }
    String host = url.group(2).replaceAll("[\\[\\]]", "");
    return new ProxyAddress(host, port, Optional.ofNullable(url.group(1)).map(ProxyAddress::plain));
  }

  private static String plain(String userInfo) {
    try {
      return new URI("http://" + userInfo + "@host").getUserInfo();
    } catch (URISyntaxException e) {
      // As it stands: people write characters there that a URL does not allow.
      return userInfo;
    }
  }

  /** The value of {@code Proxy-Authorization}, if it has a user. */
  public Optional<String> authorization() {
    return userInfo.map(
        user ->
            "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8)));
  }

  /** The host and the port, without the user. */
  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
