package dev.peer.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** A laptop and a server with nothing but a cable between them: network namespaces. */
final class Cable {

  private final String prefix =
      "peer-" + Integer.toHexString(ThreadLocalRandom.current().nextInt(1 << 24)) + "-";

  private Cable() {}

  /**
   * Makes them, which only root may; closing takes both away.
   *
   * @param laptop its address and the length of the network's
   */
  static Cable create(String laptop, String server) throws IOException, InterruptedException {
    Cable cable = new Cable();
    boolean done = false;
    try {
      cable.build(laptop, server);
      done = true;
    } finally {
      if (!done) {
        cable.close();
      }
    }
    return cable;
  }

  private void build(String laptop, String server) throws IOException, InterruptedException {
    run("ip", "netns", "add", prefix + "server");
    run("ip", "netns", "add", prefix + "laptop");
    ip("laptop", "link", "add", "lan", "type", "veth", "peer", "lan", "netns", prefix + "server");
    for (String name : List.of("laptop", "server")) {
      ip(name, "link", "set", "lo", "up");
      ip(name, "link", "set", "lan", "up");
    }
    address("laptop", laptop);
    address("server", server);
  }

  /** At once, without looking for others that have it. */
  private void address(String name, String address) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("address", "add", address, "dev", "lan"));
    if (address.contains(":")) {
      words.add("nodad");
    }
    ip(name, words.toArray(String[]::new));
  }

  /** What to put before a command so that it runs on one of the two. */
  List<String> in(String name) {
    return List.of("ip", "netns", "exec", prefix + name);
  }

  void close() throws IOException, InterruptedException {
    run("ip", "netns", "del", prefix + "laptop");
    run("ip", "netns", "del", prefix + "server");
  }

  private void ip(String name, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("ip", "-n", prefix + name));
    command.addAll(List.of(arguments));
    run(command.toArray(String[]::new));
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(String.join(" ", command) + "\n" + said).isZero();
  }
}
