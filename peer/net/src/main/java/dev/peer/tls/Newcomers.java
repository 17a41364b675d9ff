package dev.peer.tls;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.function.Consumer;

/**
 * Connections that have not yet shown a certificate that counts. They are bounded separately from
 * all others: if one too many comes, the oldest of the network with the most is cut. So strangers
 * take no place from connections with a certificate, and one network takes none from the others.
 *
 * @param <C> a connection
 */
final class Newcomers<C> {

  private static final int NETWORK_BYTES = 8;

  private final int most;
  private final Consumer<C> cut;
  private final Map<String, SequencedSet<C>> waiting = new LinkedHashMap<>();
  private final Map<C, String> networks = new HashMap<>();

  /**
   * None yet.
   *
   * @param most how many there may be at once
   * @param cut ends a connection
   */
  Newcomers(int most, Consumer<C> cut) {
    this.most = most;
    this.cut = cut;
  }

  /** How many of so many connections may be newcomers' besides. */
  static int besides(int connections) {
    return Math.max(1, connections / 4);
  }

  /** One has come. */
  void add(InetAddress from, C connection) {
    addAndChoose(from, connection).ifPresent(cut);
  }

  private synchronized Optional<C> addAndChoose(InetAddress from, C connection) {
    String network = network(from);
    waiting.computeIfAbsent(network, _ -> new LinkedHashSet<>()).add(connection);
    networks.put(connection, network);
    if (networks.size() <= most) {
      return Optional.empty();
    }
    C oldest =
        waiting.values().stream()
            .max(Comparator.comparingInt(SequencedSet::size))
            .orElseThrow()
            .getFirst();
    remove(oldest);
    return Optional.of(oldest);
  }

  /** It has shown its certificate, or is closed. */
  synchronized void remove(C connection) {
    String network = networks.remove(connection);
    if (network != null) {
      SequencedSet<C> ofOne = waiting.get(network);
      ofOne.remove(connection);
      if (ofOne.isEmpty()) {
        waiting.remove(network);
      }
    }
  }

  /**
   * An address; for IPv6 the smallest prefix of a site, because one machine has all addresses below
   * it.
   */
  private static String network(InetAddress from) {
    byte[] address = from.getAddress();
    return HexFormat.of()
        .formatHex(from instanceof Inet6Address ? Arrays.copyOf(address, NETWORK_BYTES) : address);
  }
}
