package dev.peer.core.network;

import dev.peer.core.id.Printable;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A host that a guest may reach.
 *
 * @param name a name in small letters, or an IPv4 address
 * @param port the one port of it; without one, all
 */
public record AllowedHost(String name, OptionalInt port) {

  /** Where a guest finds the loopback interface of the machine that it runs on. */
  public static final String THIS_HOST = "10.0.2.2";

  private static final Pattern FORM = Pattern.compile("([^:]+)(?::([0-9]{1,5}))?");
  private static final Pattern NAME =
      Pattern.compile(
          "(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
              + "(?:\\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*");
  private static final Pattern DIGITS = Pattern.compile("[0-9.]+");
  private static final Pattern ADDRESS =
      Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(?:\\.(?!$)|$)){4}");

  /** Refuses a text that is neither a name nor an address, and this host without a port. */
  public AllowedHost {
    boolean address = DIGITS.matcher(name).matches();
    if (!(address ? ADDRESS : NAME).matcher(name).matches()) {
      throw new IllegalArgumentException(
          "not a host (a name or an IPv4 address expected): " + Printable.of(name));
    }
    if (port.isPresent() && (port.getAsInt() < 1 || port.getAsInt() > 65535)) {
      throw new IllegalArgumentException("not a port: " + port.getAsInt());
    }
    if (name.equals(THIS_HOST) && port.isEmpty()) {
      throw new IllegalArgumentException("this host is named with a port only");
    }
  }

  /**
   * Takes {@code HOST} or {@code HOST:PORT}.
   *
   * @throws IllegalArgumentException for other text
   */
  public static AllowedHost parse(String text) {
    Matcher form = FORM.matcher(text.toLowerCase(Locale.ROOT));
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "not a host (HOST or HOST:PORT expected): " + Printable.of(text));
    }
    return new AllowedHost(
        form.group(1),
        form.group(2) == null
            ? OptionalInt.empty()
            : OptionalInt.of(Integer.parseInt(form.group(2))));
  }

  /** Whether it is given by its address. */
  public boolean isAddress() {
    return DIGITS.matcher(name).matches();
  }

  /** Whether it is the machine that the guest runs on. */
  public boolean isThisHost() {
    return name.equals(THIS_HOST);
  }

  /** The form that {@link #parse} takes. */
  @Override
  public String toString() {
    return port.isPresent() ? name + ":" + port.getAsInt() : name;
  }
}
