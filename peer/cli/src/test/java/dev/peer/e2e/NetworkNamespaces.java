package dev.peer.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Network namespaces of this machine, by short names of one test's own. */
final class NetworkNamespaces {

  /** What {@code ip} puts over the files of {@code /etc}. */
  private static final Path CONFIGURATION = Path.of("/etc/netns");

  private static final String RESOLVER = "resolv.conf";

  private final String prefix =
      "peer-" + Integer.toHexString(ThreadLocalRandom.current().nextInt(1 << 24)) + "-";
  private final List<String> made = new ArrayList<>();

  private NetworkNamespaces() {}

  /** What they are made into. */
  @FunctionalInterface
  interface Plan {

    void build(NetworkNamespaces network) throws IOException, InterruptedException;
  }

  /** Leaves out the tests of who may make none. */
  static void assumeRoot() {
    assumeTrue(
        "root".equals(System.getProperty("user.name")), "only root may make network namespaces");
  }

  /** Makes a network; closing takes all of it away. */
  static NetworkNamespaces create(Plan plan) throws IOException, InterruptedException {
    NetworkNamespaces network = new NetworkNamespaces();
    boolean done = false;
    try {
      plan.build(network);
      done = true;
    } finally {
      if (!done) {
        network.close();
      }
    }
    return network;
  }

  /** Makes one, in which the loopback interface is up. */
  void add(String name) throws IOException, InterruptedException {
    run("ip", "netns", "add", prefix + name);
    made.add(prefix + name);
    ip(name, "link", "set", "lo", "up");
  }

  /** Makes an interface in the one, and at the other end of its cable another in the other. */
  void connect(String name, String device, String other, String otherDevice)
      throws IOException, InterruptedException {
    ip(
        name,
        "link",
        "add",
        device,
        "type",
        "veth",
        "peer",
        "name",
        otherDevice,
        "netns",
        prefix + other);
  }

  void ip(String name, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("ip", "-n", prefix + name));
    command.addAll(List.of(arguments));
    run(command.toArray(String[]::new));
  }

  /** What to put before a command so that it runs there. */
  List<String> in(String name) {
    return List.of("ip", "netns", "exec", prefix + name);
  }

  void run(String name, List<String> command) throws IOException, InterruptedException {
    List<String> whole = new ArrayList<>(in(name));
    whole.addAll(command);
    run(whole.toArray(String[]::new));
  }

  /** Has the programs of one ask this name server. */
  void setNameServer(String name, String address) throws IOException {
    Path directory = Files.createDirectories(CONFIGURATION.resolve(prefix + name));
    Files.writeString(directory.resolve(RESOLVER), "nameserver " + address + "\n");
  }

  /** Takes all of them away. */
  void close() throws IOException, InterruptedException {
    for (String name : made) {
      run("ip", "netns", "del", name);
      Files.deleteIfExists(CONFIGURATION.resolve(name).resolve(RESOLVER));
      Files.deleteIfExists(CONFIGURATION.resolve(name));
    }
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(String.join(" ", command) + "\n" + said).isZero();
  }
}
