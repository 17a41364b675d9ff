package dev.peer.relay;

import java.time.Duration;

/**
 * The limits of a relay.
 *
 * @param perPeer the limits of one identity
 * @param total the limits of all identities together
 */
public record RelayLimits(PerPeer perPeer, Total total, Times times) {

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

  /** The limits of all identities together. */
  public record Total(int registrations, int tunnels) {}

  /**
   * How long it waits.
   *
   * @param head for a handshake, and then for the head of a request
   * @param answer for a peer to open the connection that it is asked for
   * @param alive the interval of a relay's signs of life; a peer that is silent for three intervals
   *     is gone
   * @param idle without a byte through a tunnel
   */
  public record Times(Duration head, Duration answer, Duration alive, Duration idle) {}

  /**
   * For each identity 256 connections, 32 registrations, 64 tunnels and 32 GiB an hour; 2,000
   * registrations and 1,000 tunnels in all; 10 s for a head, 15 s for a peer to answer, which is
   * less than a caller waits; a sign of life each 15 s, and 90 s idle, which is longer than the
   * ends of a tunnel are.
   */
  public static final RelayLimits DEFAULT =
      new RelayLimits(
          new PerPeer(256, 32, 64, 32L << 30),
          new Total(2_000, 1_000),
          new Times(
              Duration.ofSeconds(10),
              Duration.ofSeconds(15),
              Duration.ofSeconds(15),
              Duration.ofSeconds(90)));

  /** The same, with another number of bytes. */
  public RelayLimits withBytesPerHour(long bytes) {
    return with(
        new PerPeer(perPeer.connections(), perPeer.registrations(), perPeer.tunnels(), bytes));
  }

  /** The same, with other limits of one identity. */
  public RelayLimits with(PerPeer other) {
    return new RelayLimits(other, total, times);
  }

  /** The same, with other limits of all identities. */
  public RelayLimits with(Total other) {
    return new RelayLimits(perPeer, other, times);
  }

  /** The same, with other times. */
  public RelayLimits with(Times other) {
    return new RelayLimits(perPeer, total, other);
  }

  /** Of all identities, whatever for; the next ones wait until one is closed. */
  int connections() {
    return total.registrations() + 2 * total.tunnels() + AT_THE_DOOR;
  }

  /** For how long a peer may say nothing. */
  Duration silence() {
    return times.alive().multipliedBy(3);
  }
}
