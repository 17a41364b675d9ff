package dev.peer.ports;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** Ports of the loopback interface for servers that must be told where to listen. */
public final class FreePorts {

  /** Linux gives outgoing connections, and servers that take any port, those from 32768 on. */
  private static final int FIRST = 20_000;

  private static final int END = 32_000;

  private FreePorts() {}

  /** As many different ones where nobody listens at the moment. */
  public static List<Integer> find(int count) throws IOException {
    Set<Integer> found = new LinkedHashSet<>();
    while (found.size() < count) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, END);
      if (isFree(port)) {
        found.add(port);
      }
    }
    return List.copyOf(found);
  }

  private static boolean isFree(int port) throws IOException {
    try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return true;
    } catch (BindException e) {
      return false;
    }
  }
}
