package dev.peer.client.fetch;

import dev.peer.core.network.ProxyRules;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.channels.DatagramChannel;

/** Which of this machine's addresses others see when it talks to them. */
public final class LocalRoute {

  /** Where a URL without a port leads. */
  private static final int HTTPS = 443;

  private LocalRoute() {}

  /**
   * The local address on the way to a party, or to the proxy that leads there. Connecting a UDP
   * socket looks the route up and sends nothing.
   *
   * @throws IOException if the host is unknown or there is no route
   */
  public static InetAddress towards(URI party) throws IOException {
    int port = party.getPort() < 0 ? HTTPS : party.getPort();
    InetSocketAddress remote =
        ProxyRules.ofProcess()
            .to(party)
            .map(proxy -> new InetSocketAddress(proxy.host(), proxy.port()))
            .orElseGet(() -> new InetSocketAddress(party.getHost(), port));
    if (remote.isUnresolved()) {
      throw new UnknownHostException(party.getAuthority() + ": unknown host");
    }
    try (DatagramChannel socket = DatagramChannel.open()) {
      socket.connect(remote);
      return ((InetSocketAddress) socket.getLocalAddress()).getAddress();
    }
  }
}
