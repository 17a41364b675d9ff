package dev.peer.relay;

import java.time.Duration;

/**
 * The limits of a relay.
 *
 * @param perPeer the limits of one identity
 * @param registrations of all identities
 * @param tunnels of all identities
 * @param head for a handshake, and then for the head of a request
 * @param answer for a peer to open the connection that it is asked for
 * @param alive the interval of a relay's signs of life; a peer that is silent for three intervals
 *     is gone
 * @param idle without a byte through a tunnel
 */
public record RelayLimits(
    PerPeer perPeer,
    int registrations,
    int tunnels,
    Duration head,
    Duration answer,
    Duration alive,
    Duration idle) {

  /** Connections that are at their handshake or head, beside the others. */
  private static final int AT_THE_DOOR = 500;

  /**
   * The limits of one identity.
   *
   * @param connections open at once, whatever for
   * @param registrations processes that are registered
   * @param tunnels that it asked for, and as many that others asked for to it
   * @param bytesPerHour that pass through its tunnels, both ways; after a pause as many at once
   */
  public record PerPeer(int connections, int registrations, int tunnels, long bytesPerHour) {}

  /**
   * For each identity 256 connections, 32 registrations, 64 tunnels and 32 GiB an hour; 2,000
   * registrations and 1,000 tunnels in all; 10 s for a head, 15 s for a peer to answer, which is
   * less than a caller waits; a sign of life each 15 s, and 90 s idle, which is longer than the
   * ends of a tunnel are.
   */
  public static final RelayLimits DEFAULT =
      new RelayLimits(
          new PerPeer(256, 32, 64, 32L << 30),
          2_000,
          1_000,
          Duration.ofSeconds(10),
          Duration.ofSeconds(15),
          Duration.ofSeconds(15),
          Duration.ofSeconds(90));

  /** As this one, with another number of bytes. */
  public RelayLimits withBytesPerHour(long bytes) {
    PerPeer changed =
        new PerPeer(perPeer.connections(), perPeer.registrations(), perPeer.tunnels(), bytes);
    return new RelayLimits(changed, registrations, tunnels, head, answer, alive, idle);
  }

  /** Of all identities, whatever for; the next ones wait until one is closed. */
  int connections() {
    return registrations + 2 * tunnels + AT_THE_DOOR;
  }

  /** For how long a peer may say nothing. */
  Duration silence() {
    return alive.multipliedBy(3);
  }
}
