package dev.peer.e2e;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A laptop and a server with nothing but a cable between them. */
final class Cable {

  static final String DEVICE = "lan";

  private Cable() {}

  /**
   * Makes them, which only root may.
   *
   * @param laptop its address and the length of the network's
   */
  static NetworkNamespaces between(String laptop, String server)
      throws IOException, InterruptedException {
    return NetworkNamespaces.create(
        network -> {
          network.add("server");
          network.add("laptop");
          network.connect("laptop", DEVICE, "server", DEVICE);
          for (String name : List.of("laptop", "server")) {
            network.ip(name, "link", "set", DEVICE, "up");
          }
          address(network, "laptop", laptop);
          address(network, "server", server);
        });
  }

  /** At once, without looking for others that have it. */
  private static void address(NetworkNamespaces network, String name, String address)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("address", "add", address, "dev", DEVICE));
    if (address.contains(":")) {
      words.add("nodad");
    }
    network.ip(name, words.toArray(String[]::new));
  }
}
