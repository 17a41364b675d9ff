package dev.peer.core.record;

import dev.peer.core.id.Printable;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What a run's preparation could reach.
 *
 * @param access everything, nothing, or some hosts
 * @param hosts the hosts that it could reach; none unless the access is {@link Access#HOSTS}
 * @param hostReachable whether it could reach services of the machine that peer runs on
 */
public record PreparationNetwork(Access access, List<String> hosts, boolean hostReachable) {

  /** The most hosts that may be named. */
  public static final int MOST_HOSTS = 256;

  private static final Pattern HOST = Pattern.compile("[0-9A-Za-z_.:*/\\[\\]-]{1,256}");

  /** How far it goes. */
  public enum Access {
    OPEN,
    NONE,
    HOSTS;

    static Access parse(String text) {
      return switch (text) {
        case "open" -> OPEN;
        case "none" -> NONE;
        case "hosts" -> HOSTS;
        default ->
            throw new IllegalArgumentException(
                "open, none or hosts was expected, not " + Printable.of(text));
      };
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Copies the hosts; refuses those that the access cannot have. */
  public PreparationNetwork {
    hosts = List.copyOf(hosts);
    if (hosts.size() > MOST_HOSTS) {
      throw new IllegalArgumentException("at most " + MOST_HOSTS + " hosts were expected");
    }
    if (hosts.isEmpty() == (access == Access.HOSTS)) {
      throw new IllegalArgumentException("hosts are named exactly where the access is hosts");
    }
    if (access == Access.NONE && hostReachable) {
      throw new IllegalArgumentException("without a network the host is out of reach");
    }
    for (String host : hosts) {
      if (!HOST.matcher(host).matches()) {
        throw new IllegalArgumentException(
            "not a host (a name, an address or a network expected): " + Printable.of(host));
      }
    }
  }

  /** Everything that this host reaches. */
  public static PreparationNetwork open(boolean hostReachable) {
    return new PreparationNetwork(Access.OPEN, List.of(), hostReachable);
  }

  /** Nothing. */
  public static PreparationNetwork none() {
    return new PreparationNetwork(Access.NONE, List.of(), false);
  }

  /** These hosts and no others. */
  public static PreparationNetwork hosts(List<String> hosts, boolean hostReachable) {
    return new PreparationNetwork(Access.HOSTS, hosts, hostReachable);
  }

  @Override
  public String toString() {
    String reach = access == Access.HOSTS ? String.join(",", hosts) : access.toString();
    return hostReachable ? reach + ", this host in reach" : reach;
  }
}
