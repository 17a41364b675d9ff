package dev.peer.http;

import java.net.InetSocketAddress;

/**
 * How a server listens.
 *
 * @param address where; port 0 takes a free one
 * @param operations how it is watched over; of one server alone
 */
public record ServerSettings(
    InetSocketAddress address, ServerLimits limits, Operations operations) {

  /** For a server that keeps no log. */
  public static ServerSettings quiet(InetSocketAddress address, ServerLimits limits) {
    return new ServerSettings(address, limits, Operations.quiet());
  }

  /** The same, and {@code /healthz} asks this too. */
  public ServerSettings and(Health more) {
    return new ServerSettings(address, limits, operations.and(more));
  }
}
