package dev.peer.vm.network;

import dev.peer.core.network.AllowedHost;
import dev.peer.core.network.Reach;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What may be asked in a guest's place, by a proxy of the company or by this host: what its own
 * network may lead to, and never this host or what is next to it.
 */
public record ReachPolicy(Reach reach, Predicate<InetAddress> near) {

  /** The forms in which a program may read a number as an address, beside the one that we read. */
  private static final Pattern NUMBER = Pattern.compile("(?:.*\\.)?(?:[0-9]+|0[xX][0-9A-Fa-f]*)");

  /** Of a guest on this host. */
  public static ReachPolicy of(Reach reach) {
    return new ReachPolicy(reach, new Neighbourhood());
  }

  /** The decision about a request. */
  public enum Decision {
    /** It goes on. */
    ALLOWED(""),
    /** The reach does not list it. */
    NOT_LISTED("PEER_PREPARE_NETWORK omits it"),
    /** It leads to this host or next to it. */
    NEAR("it is this host or next to it");

    private final String refusal;

    Decision(String refusal) {
      this.refusal = refusal;
    }

    /** Why it does not go on, for people; empty if it does. */
    public String refusal() {
      return refusal;
    }
  }

  /** Decides. May take long: it resolves names. */
  public Decision decide(String host, int port) {
    boolean listed =
        switch (reach) {
          case Reach.Open _ -> true;
          case Reach.None _ -> false;
          case Reach.Hosts hosts ->
              hosts.hosts().stream()
                  .anyMatch(
                      each ->
                          isNamed(each, host)
                              && (each.port().isEmpty() || each.port().getAsInt() == port));
        };
    if (!listed) {
      return Decision.NOT_LISTED;
    }
    return isNear(host) ? Decision.NEAR : Decision.ALLOWED;
  }

  /** An IPv6 address has many forms. */
  private static boolean isNamed(AllowedHost listed, String host) {
    return listed.name().equals(host)
        || (listed.isIpv6Address() && listed.address().equals(literal(host)));
  }

  private static Optional<InetAddress> literal(String host) {
    try {
      return Optional.of(InetAddress.ofLiteral(host));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private boolean isNear(String host) {
    return literal(host)
        .map(near::test)
        .orElseGet(() -> NUMBER.matcher(host).matches() || resolvesNear(host));
  }

  /** A name that only the proxy knows leads away. */
  private boolean resolvesNear(String name) {
    try {
      return Arrays.stream(InetAddress.getAllByName(name)).anyMatch(near);
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
