package dev.peer.core.network;

import dev.peer.core.id.Printable;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A host that a guest may reach.
 *
 * @param name a name in small letters, or an address; one of IPv6 without brackets
 * @param port the one port of it; without one, all
 */
public record AllowedHost(String name, OptionalInt port) {

  /** Where a guest finds the loopback interface of the machine that it runs on. */
  public static final String THIS_HOST = "10.0.2.2";

  private static final Pattern FORM =
      Pattern.compile("(?:\\[([^\\[\\]]*:[^\\[\\]]*)]|([^:\\[\\]]+))(?::([0-9]{1,5}))?");
  private static final Pattern NAME =
      Pattern.compile(
          "(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
              + "(?:\\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*");
  private static final Pattern DIGITS = Pattern.compile("[0-9.]+");
  private static final Pattern ADDRESS =
      Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(?:\\.(?!$)|$)){4}");

  /** Refuses a text that is neither a name nor an address, and this host without a port. */
  public AllowedHost {
    if (name.contains(":")) {
      requireIpv6(name);
    } else if (!(DIGITS.matcher(name).matches() ? ADDRESS : NAME).matcher(name).matches()) {
      throw new IllegalArgumentException(
          "not a host (a name or an address expected): " + Printable.of(name));
    }
    if (port.isPresent() && (port.getAsInt() < 1 || port.getAsInt() > 65535)) {
      throw new IllegalArgumentException("not a port: " + port.getAsInt());
    }
    if (name.equals(THIS_HOST) && port.isEmpty()) {
      throw new IllegalArgumentException("this host is named with a port only");
    }
  }

  private static void requireIpv6(String name) {
    if (name.contains("%")) {
      throw new IllegalArgumentException(
          "not a host (an address with a zone, which is next to this host: no guest reaches it): "
              + Printable.of(name));
    }
    if (!(literal(name) instanceof Inet6Address)) {
      throw new IllegalArgumentException(
          "not a host (an IPv4 address is written without brackets): " + Printable.of(name));
    }
  }

  private static InetAddress literal(String name) {
    try {
      return InetAddress.ofLiteral(name);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("not an address: " + Printable.of(name), e);
    }
  }

  /**
   * Takes {@code HOST} or {@code HOST:PORT}, where a host that is an IPv6 address is in brackets.
   *
   * @throws IllegalArgumentException for other text
   */
  public static AllowedHost parse(String text) {
    Matcher form = FORM.matcher(text.toLowerCase(Locale.ROOT));
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "not a host (HOST, HOST:PORT, [IPV6] or [IPV6]:PORT expected): " + Printable.of(text));
    }
    return new AllowedHost(
        form.group(1) == null ? form.group(2) : form.group(1),
        form.group(3) == null
            ? OptionalInt.empty()
            : OptionalInt.of(Integer.parseInt(form.group(3))));
  }

  /** The address, if it is given by that. */
  public Optional<InetAddress> address() {
    return isIpv6Address() || DIGITS.matcher(name).matches()
        ? Optional.of(literal(name))
        : Optional.empty();
  }

  /** Whether it is given by an IPv6 address. */
  public boolean isIpv6Address() {
    return name.contains(":");
  }

  /** Whether it is the machine that the guest runs on. */
  public boolean isThisHost() {
    return name.equals(THIS_HOST);
  }

  /** The form that {@link #parse} takes. */
  @Override
  public String toString() {
    String host = isIpv6Address() ? "[" + name + "]" : name;
    return port.isPresent() ? host + ":" + port.getAsInt() : host;
  }
}
