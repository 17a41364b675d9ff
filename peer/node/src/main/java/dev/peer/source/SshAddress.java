package dev.peer.source;

import dev.peer.source.command.Answer;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a URL that git reaches with ssh leads.
 *
 * @param destination the host as it is written, perhaps with a user before it
 * @param path begins with a slash
 */
record SshAddress(String destination, Optional<String> port, String path) {

  private static final Pattern URL =
      Pattern.compile(
          "(?i:ssh|git\\+ssh|ssh\\+git)://([^/?#:]*@)?([A-Za-z0-9_.-]+)(?::([0-9]{1,5}))?(/.*)");
  private static final Pattern SCP =
      Pattern.compile("([^@/:]+@)?([A-Za-z0-9_.-]{2,}):(?![:/]/)(.+)");

  /** A name that other machines may know too, and no address. */
  private static final Pattern DOMAIN = Pattern.compile(".+\\.[a-z][a-z0-9-]*\\.?");

  /** Asks ssh for its configuration. */
  @FunctionalInterface
  interface Configuration {
    Answer of(String destination, Optional<String> port) throws IOException;
  }

  /** Reads the URL; empty: git does not use ssh for it. */
  static Optional<SshAddress> parse(String url) {
    Matcher asUrl = URL.matcher(url);
    if (asUrl.matches()) {
      return checked(asUrl.group(1), asUrl.group(2), asUrl.group(3), asUrl.group(4));
    }
    Matcher asScp = SCP.matcher(url);
    return asScp.matches()
        ? checked(asScp.group(1), asScp.group(2), null, "/" + asScp.group(3))
        : Optional.empty();
  }

  private static Optional<SshAddress> checked(String user, String host, String port, String path) {
    String destination = (user == null ? "" : user) + host;
    // As git, which takes it for an option of ssh.
    return destination.startsWith("-") || host.startsWith("-")
        ? Optional.empty()
        : Optional.of(new SshAddress(destination, Optional.ofNullable(port), path));
  }

  private String host() {
    return destination.substring(destination.lastIndexOf('@') + 1).toLowerCase(Locale.ROOT);
  }

  /** Whether the host can have this name on this machine only. */
  boolean isAlias() {
    return !host().contains(".");
  }

  boolean hasPort() {
    return port.filter(named -> !named.equals("22")).isPresent();
  }

  /**
   * The URL with the host that ssh's configuration has for this one; empty where it has the same,
   * or one that says nothing on another machine.
   */
  Optional<String> resolved(Configuration ssh) throws IOException {
    if (!(ssh.of(destination, port) instanceof Answer.Said(String text))) {
      return Optional.empty();
    }
    Optional<String> name =
        value(text, "hostname").filter(found -> !found.equals(host()) && isDomain(found));
    return name.map(found -> "ssh://" + found + ":" + value(text, "port").orElse("22") + path);
  }

  private static boolean isDomain(String host) {
    return DOMAIN.matcher(host).matches();
  }

  private static Optional<String> value(String configuration, String keyword) {
    return configuration
        .lines()
        .filter(line -> line.startsWith(keyword + " "))
        .map(line -> line.substring(keyword.length() + 1).strip().toLowerCase(Locale.ROOT))
        .findFirst();
  }
}
