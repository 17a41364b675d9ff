package dev.peer.core.network;

import java.net.InetAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which servers are asked through a proxy, as {@code HTTPS_PROXY} and {@code NO_PROXY} say: in
 * small letters too, which count first. The loopback interface is never asked through one.
 *
 * <p>{@code NO_PROXY} is a list of names with all below them, of addresses, of networks such as
 * {@code 10.0.0.0/8}, each with a port if only that is meant; {@code *} is every server.
 */
public final class ProxyRules {

  /** The variable for proxies. */
  public static final String PROXY = "HTTPS_PROXY";

  /** The variable for proxies of plain HTTP. */
  public static final String PLAIN_PROXY = "HTTP_PROXY";

  /** The variable for exceptions. */
  public static final String EXCEPT = "NO_PROXY";

  /** Asks nobody through a proxy. */
  public static final ProxyRules DIRECT = new ProxyRules(Optional.empty(), List.of());

  private static final int HTTPS = 443;

  private final Optional<ProxyAddress> proxy;
  private final List<String> exceptions;

  private ProxyRules(Optional<ProxyAddress> proxy, List<String> exceptions) {
    this.proxy = proxy;
    this.exceptions = List.copyOf(exceptions);
  }

  /**
   * Those of an environment, for HTTPS.
   *
   * @throws IllegalArgumentException if its proxy has another form than {@link ProxyAddress#FORM}
   */
  public static ProxyRules of(Map<String, String> environment) {
    return of(environment, PROXY);
  }

  /** Like {@link #of(Map)}, for plain HTTP. */
  public static ProxyRules ofPlain(Map<String, String> environment) {
    return of(environment, PLAIN_PROXY);
  }

  private static ProxyRules of(Map<String, String> environment, String variable) {
    String proxy = value(environment, variable);
    return proxy.isEmpty()
        ? DIRECT
        : new ProxyRules(
            Optional.of(ProxyAddress.parse(proxy)),
            Arrays.stream(value(environment, EXCEPT).split("[,\\s]+"))
                .filter(text -> !text.isEmpty())
                .map(text -> text.toLowerCase(Locale.ROOT))
                .toList());
  }

  /** Those of this process. */
  public static ProxyRules ofProcess() {
    return of(System.getenv());
  }

  private static String value(Map<String, String> environment, String name) {
    return Stream.of(name.toLowerCase(Locale.ROOT), name)
        .map(each -> environment.getOrDefault(each, "").strip())
        .filter(text -> !text.isEmpty())
        .findFirst()
        .orElse("");
  }

  /** The proxy, whatever is excepted. */
  public Optional<ProxyAddress> proxy() {
    return proxy;
  }

  /** The exceptions, as they were written. */
  public String exceptions() {
    return String.join(",", exceptions);
  }

  /** The proxy for a server; empty: it is asked itself. */
  public Optional<ProxyAddress> to(URI server) {
    String host = server.getHost().toLowerCase(Locale.ROOT).replaceAll("^\\[|]$", "");
    int port = server.getPort() < 0 ? HTTPS : server.getPort();
    boolean direct =
        isLoopback(host) || exceptions.stream().anyMatch(each -> excepts(each, host, port));
    return direct ? Optional.empty() : proxy;
  }

  private static boolean isLoopback(String host) {
    return host.equals("localhost")
        || host.endsWith(".localhost")
        || address(host).filter(InetAddress::isLoopbackAddress).isPresent();
  }

  private static boolean excepts(String exception, String host, int port) {
    if (exception.equals("*")) {
      return true;
    }
    String named = exception;
    int colon = exception.lastIndexOf(':');
    // An address of version 6 has a port only behind brackets.
    if (colon > 0 && (exception.indexOf(':') == colon || exception.charAt(colon - 1) == ']')) {
      if (!exception.substring(colon + 1).equals(Integer.toString(port))) {
        return false;
      }
      named = exception.substring(0, colon);
    }
    named = named.replaceAll("^\\[|]$", "");
    Optional<InetAddress> address = address(host);
    if (address.isPresent()) {
      return isWithin(address.get(), named);
    }
    String name = named.replaceFirst("^\\*?\\.", "");
    return host.equals(name) || host.endsWith("." + name);
  }

  /** Whether it is that address, or in that network. */
  private static boolean isWithin(InetAddress address, String network) {
    int slash = network.indexOf('/');
    Optional<InetAddress> first = address(slash < 0 ? network : network.substring(0, slash));
    byte[] own = address.getAddress();
    if (first.isEmpty() || first.get().getAddress().length != own.length) {
      return false;
    }
    int bits = own.length * Byte.SIZE;
    if (slash >= 0) {
      String length = network.substring(slash + 1);
      if (!length.matches("\\d{1,3}") || Integer.parseInt(length) > bits) {
        return false;
      }
      bits = Integer.parseInt(length);
    }
    byte[] other = first.get().getAddress();
    for (int bit = 0; bit < bits; bit++) {
      int mask = 0x80 >> bit % Byte.SIZE;
      if ((own[bit / Byte.SIZE] & mask) != (other[bit / Byte.SIZE] & mask)) {
        return false;
      }
    }
    return true;
  }

  private static Optional<InetAddress> address(String host) {
    try {
      return Optional.of(InetAddress.ofLiteral(host));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
