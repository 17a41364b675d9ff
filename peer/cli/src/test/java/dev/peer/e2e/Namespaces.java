package dev.peer.e2e;

import java.io.IOException;
import java.util.List;

/**
 * A laptop behind a NAT, and outside of it a CI machine and a relay, each a network namespace of
 * this machine: the laptop can connect to the others, and nobody to the laptop.
 *
 * <pre>
 * laptop 192.168.77.2 --- 192.168.77.1 nat 10.77.0.2 --- bridge --- ci 10.77.0.3, relay 10.77.0.4
 * </pre>
 */
final class Namespaces {

  static final String RELAY = "10.77.0.4";

  private final NetworkNamespaces network;

  private Namespaces(NetworkNamespaces network) {
    this.network = network;
  }

  /** Makes them; closing takes all of it away. */
  static Namespaces create() throws IOException, InterruptedException {
    return new Namespaces(NetworkNamespaces.create(Namespaces::build));
  }

  private static void build(NetworkNamespaces network) throws IOException, InterruptedException {
    for (String name : List.of("bridge", "nat", "laptop", "ci", "relay")) {
      network.add(name);
    }
    network.ip("bridge", "link", "add", "switch", "type", "bridge");
    network.ip("bridge", "link", "set", "switch", "up");
    attach(network, "nat", "10.77.0.2/24");
    attach(network, "ci", "10.77.0.3/24");
    attach(network, "relay", RELAY + "/24");
    network.connect("nat", "in", "laptop", "out");
    network.ip("nat", "address", "add", "192.168.77.1/24", "dev", "in");
    network.ip("nat", "link", "set", "in", "up");
    network.ip("laptop", "address", "add", "192.168.77.2/24", "dev", "out");
    network.ip("laptop", "link", "set", "out", "up");
    network.ip("laptop", "route", "add", "default", "via", "192.168.77.1");
    // So that who connects to the laptop hears nothing, as on the way to any home.
    network.ip("ci", "route", "add", "default", "via", "10.77.0.2");
    network.run("nat", List.of("sysctl", "-q", "-w", "net.ipv4.ip_forward=1"));
    network.run(
        "nat",
        List.of(
            "nft",
            "add table ip nat;"
                + "add chain ip nat out { type nat hook postrouting priority 100; };"
                + "add rule ip nat out oifname \"out\" masquerade;"
                + "add chain ip nat through { type filter hook forward priority 0; policy drop; };"
                + "add rule ip nat through iifname \"in\" accept;"
                + "add rule ip nat through ct state established,related accept"));
  }

  /** The NAT gets another address outside, and forgets all connections. */
  void moveNat() throws IOException, InterruptedException {
    network.ip("nat", "address", "del", "10.77.0.2/24", "dev", "out");
    network.ip("nat", "address", "add", "10.77.0.22/24", "dev", "out");
  }

  /** What to put before a command so that it runs there. */
  List<String> in(String name) {
    return network.in(name);
  }

  /** Takes all of them away. */
  void close() throws IOException, InterruptedException {
    network.close();
  }

  private static void attach(NetworkNamespaces network, String name, String address)
      throws IOException, InterruptedException {
    network.connect(name, "out", "bridge", name);
    network.ip(name, "address", "add", address, "dev", "out");
    network.ip(name, "link", "set", "out", "up");
    network.ip("bridge", "link", "set", name, "master", "switch", "up");
  }
}
