package dev.peer.pki.cli;

import dev.peer.core.id.Printable;
import dev.peer.pki.issue.Validity;
import java.net.InetAddress;
import java.time.Duration;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The names and numbers of days that a certificate can have. */
final class Names {

  // It becomes a file's name and a part of a URN.
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final int LONGEST = 64;
  private static final int MOST_DAYS = 36_500;

  private Names() {}

  static String requireName(CommandSpec spec, String name) {
    if (!NAME.matcher(name).matches()) {
      throw new ParameterException(
          spec.commandLine(),
          "not a name (1 to 64 letters, digits and . _ - expected): " + Printable.of(name));
    }
    return name;
  }

  /** Common names and organizational units have at most 64 characters (RFC 5280). */
  static String requireCommonName(CommandSpec spec, String option, String name) {
    if (name.isBlank() || name.length() > LONGEST || !Printable.plain(name).equals(name)) {
      throw new ParameterException(
          spec.commandLine(),
          option + ": 1 to 64 visible characters expected: " + Printable.of(name));
    }
    return name;
  }

  /** A zone is of one host alone, and no certificate has a place for it. */
  static InetAddress requireAddress(CommandSpec spec, String text) {
    try {
      if (!text.contains("%")) {
        return InetAddress.ofLiteral(text.replaceFirst("^\\[(.*:.*)]$", "$1"));
      }
    } catch (IllegalArgumentException e) {
      throw notAnAddress(spec, text, e);
    }
    throw notAnAddress(spec, text, null);
  }

  private static ParameterException notAnAddress(
      CommandSpec spec, String text, IllegalArgumentException cause) {
    return new ParameterException(
        spec.commandLine(),
        "--ip: an address of IPv4, or of IPv6 without a zone, expected: " + Printable.of(text),
        cause);
  }

  static Validity requireDays(CommandSpec spec, int days) {
    if (days < 1 || days > MOST_DAYS) {
      throw new ParameterException(
          spec.commandLine(), "--days: 1 to " + MOST_DAYS + " expected: " + days);
    }
    return Validity.lasting(Duration.ofDays(days));
  }
}
