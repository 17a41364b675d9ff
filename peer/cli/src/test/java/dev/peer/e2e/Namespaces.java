package dev.peer.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

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

  private final String prefix =
      "peer-" + Integer.toHexString(ThreadLocalRandom.current().nextInt(1 << 24)) + "-";
  private final List<String> made = new ArrayList<>();

  private Namespaces() {}

  /** Makes them; closing takes all of it away. */
  static Namespaces create() throws IOException, InterruptedException {
    Namespaces all = new Namespaces();
    boolean done = false;
    try {
      all.build();
      done = true;
    } finally {
      if (!done) {
        all.close();
      }
    }
    return all;
  }

  private void build() throws IOException, InterruptedException {
    for (String name : List.of("bridge", "nat", "laptop", "ci", "relay")) {
      run("ip", "netns", "add", prefix + name);
      made.add(prefix + name);
      ip(name, "link", "set", "lo", "up");
    }
    ip("bridge", "link", "add", "switch", "type", "bridge");
    ip("bridge", "link", "set", "switch", "up");
    attach("nat", "10.77.0.2/24");
    attach("ci", "10.77.0.3/24");
    attach("relay", RELAY + "/24");
    ip(
        "nat",
        "link",
        "add",
        "in",
        "type",
        "veth",
        "peer",
        "name",
        "out",
        "netns",
        prefix + "laptop");
    ip("nat", "address", "add", "192.168.77.1/24", "dev", "in");
    ip("nat", "link", "set", "in", "up");
    ip("laptop", "address", "add", "192.168.77.2/24", "dev", "out");
    ip("laptop", "link", "set", "out", "up");
    ip("laptop", "route", "add", "default", "via", "192.168.77.1");
    // So that who connects to the laptop hears nothing, as on the way to any home.
    ip("ci", "route", "add", "default", "via", "10.77.0.2");
    in("nat", "sysctl", "-q", "-w", "net.ipv4.ip_forward=1");
    in(
        "nat",
        "nft",
        "add table ip nat;"
            + "add chain ip nat out { type nat hook postrouting priority 100; };"
            + "add rule ip nat out oifname \"out\" masquerade;"
            + "add chain ip nat through { type filter hook forward priority 0; policy drop; };"
            + "add rule ip nat through iifname \"in\" accept;"
            + "add rule ip nat through ct state established,related accept");
  }

  /** The NAT gets another address outside, and forgets all connections. */
  void moveNat() throws IOException, InterruptedException {
    ip("nat", "address", "del", "10.77.0.2/24", "dev", "out");
    ip("nat", "address", "add", "10.77.0.22/24", "dev", "out");
  }

  /** What to put before a command so that it runs there. */
  List<String> in(String name) {
    return List.of("ip", "netns", "exec", prefix + name);
  }

  /** Takes all of them away. */
  void close() throws IOException, InterruptedException {
    for (String name : made) {
      run("ip", "netns", "del", name);
    }
  }

  private void attach(String name, String address) throws IOException, InterruptedException {
    ip(
        name,
        "link",
        "add",
        "out",
        "type",
        "veth",
        "peer",
        "name",
        name,
        "netns",
        prefix + "bridge");
    ip(name, "address", "add", address, "dev", "out");
    ip(name, "link", "set", "out", "up");
    ip("bridge", "link", "set", name, "master", "switch", "up");
  }

  private void ip(String name, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("ip", "-n", prefix + name));
    command.addAll(List.of(arguments));
    run(command.toArray(String[]::new));
  }

  private void in(String name, String... command) throws IOException, InterruptedException {
    List<String> whole = new ArrayList<>(in(name));
    whole.addAll(List.of(command));
    run(whole.toArray(String[]::new));
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(String.join(" ", command) + "\n" + said).isZero();
  }
}
