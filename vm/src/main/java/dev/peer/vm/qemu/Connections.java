package dev.peer.vm.qemu;

import dev.peer.vm.network.NetworkFilter;
import dev.peer.vm.network.NetworkRules;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The connections of a machine to the host.
 *
 * @param ports the names of its serial ports to the host, besides the console
 * @param directory where the host listens: a socket for each of {@link #names}
 * @param rules what the guest may reach
 * @param filtered whether its frames are filtered: not every QEMU can
 */
public record Connections(
    List<String> ports, Path directory, NetworkRules rules, boolean filtered) {

  /** The socket on which the host listens for the machine's control connection. */
  public static final String QMP = "qmp";

  /** The socket on which it receives the guest's kernel messages. */
  static final String CONSOLE = "console";

  /** Copies the list. */
  public Connections {
    ports = List.copyOf(ports);
  }

  /** The same connections, with their sockets in another directory. */
  Connections in(Path other) {
    return new Connections(ports, other, rules, filtered);
  }

  /** The names of the sockets to which QEMU connects. */
  List<String> names() {
    List<String> names = new ArrayList<>(ports);
    names.add(QMP);
    names.add(CONSOLE);
    if (filtered) {
      names.addAll(NetworkFilter.CONNECTIONS);
    }
    return names;
  }
}
