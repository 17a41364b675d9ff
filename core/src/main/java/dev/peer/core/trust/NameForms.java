package dev.peer.core.trust;

import java.util.regex.Pattern;

/** The forms that names in certificates must have to be compared with anything. */
final class NameForms {

  private static final String LABEL = "[a-zA-Z0-9_](?:[a-zA-Z0-9_-]*[a-zA-Z0-9_])?";
  private static final Pattern DNS_NAME = Pattern.compile(LABEL + "(?:\\." + LABEL + ")*");
  private static final Pattern ADDRESS = Pattern.compile("(?:[0-9]+\\.){3}[0-9]+");
  private static final Pattern URI = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:[!-~]+");
  private static final Pattern MAILBOX = Pattern.compile("[!-?A-~]+@(.+)");
  private static final int LONGEST_DNS_NAME = 253;

  private NameForms() {}

  /** Whether this is a DNS name; its first label may be a star where a wildcard may stand. */
  static boolean isDnsName(String text, boolean wildcard) {
    String name = wildcard && text.startsWith("*.") ? text.substring(2) : text;
    return name.length() <= LONGEST_DNS_NAME && DNS_NAME.matcher(name).matches();
  }

  /** Whether this is a DNS name or a wildcard, and no IPv4 address in the clothes of a name. */
  static boolean isHostName(String text) {
    return isDnsName(text, true) && !ADDRESS.matcher(text).matches();
  }

  /** Whether this is an absolute URI in visible ASCII characters. */
  static boolean isUri(String text) {
    return URI.matcher(text).matches();
  }

  /** Whether this is a mail address. */
  static boolean isMailbox(String text) {
    var parts = MAILBOX.matcher(text);
    return parts.matches() && isDnsName(parts.group(1), false);
  }

  /** Whether this is a constraint on mail addresses: one address, a host, or a dot and a domain. */
  static boolean isMailConstraint(String text) {
    return isMailbox(text) || isDnsName(text.startsWith(".") ? text.substring(1) : text, false);
  }

  /** Whether these are an address and a mask of leading ones, both of IPv4 or of IPv6. */
  static boolean isAddressRange(byte[] bytes) {
    if (bytes.length != 8 && bytes.length != 32) {
      return false;
    }
    boolean ended = false;
    for (int bit = 0; bit < bytes.length * 4; bit++) {
      boolean set = (bytes[bytes.length / 2 + bit / 8] >> (7 - bit % 8) & 1) == 1;
      if (set && ended) {
        return false;
      }
      ended |= !set;
    }
    return true;
  }
}
