package dev.peer.core.network;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a guest may reach while it has a network. */
public sealed interface Reach {

  /** The most hosts that a list may name. */
  int MOST_HOSTS = 256;

  /**
   * Takes {@code open}, {@code none}, or hosts separated by commas or blanks.
   *
   * @throws IllegalArgumentException for other text
   */
  static Reach parse(String text) {
    return switch (text) {
      case "open" -> new Open();
      case "none" -> new None();
      default -> new Hosts(Hosts.SEPARATOR.splitAsStream(text).map(AllowedHost::parse).toList());
    };
  }

  /** The hosts that it lists; none if it is no list. */
  default List<AllowedHost> listed() {
    return List.of();
  }

  /**
   * Everything that this host reaches, except this host itself and addresses that only it can
   * reach.
   */
  record Open() implements Reach {

    @Override
    public String toString() {
      return "open";
    }
  }

  /** Nothing. */
  record None() implements Reach {

    @Override
    public String toString() {
      return "none";
    }
  }

  /** These hosts, and no others. */
  record Hosts(List<AllowedHost> hosts) implements Reach {

    private static final Pattern SEPARATOR = Pattern.compile("[\\s,]+");

    /** Copies the list; refuses an empty one, and the other forms as names in it. */
    public Hosts {
      hosts = List.copyOf(hosts);
      if (hosts.isEmpty() || hosts.size() > MOST_HOSTS) {
        throw new IllegalArgumentException("1 to " + MOST_HOSTS + " hosts were expected");
      }
      if (hosts.stream()
          .anyMatch(host -> Stream.of("open", "none").anyMatch(host.name()::equals))) {
        throw new IllegalArgumentException("open and none stand alone");
      }
    }

    @Override
    public List<AllowedHost> listed() {
      return hosts;
    }

    /** Whether one of them is the machine that the guest runs on. */
    public boolean namesThisHost() {
      return hosts.stream().anyMatch(AllowedHost::isThisHost);
    }

    /** The form that {@link Reach#parse} takes. */
    @Override
    public String toString() {
      return hosts.stream().map(AllowedHost::toString).collect(Collectors.joining(","));
    }
  }
}
