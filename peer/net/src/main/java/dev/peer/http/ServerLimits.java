package dev.peer.http;

import java.time.Duration;

/**
 * The limits of a server. {@link dev.peer.wire.Limits} has those of one request.
 *
 * @param connections open at once; the next ones wait until one is closed
 * @param head from a connection's first byte, or a request's, to the end of its headers; and once
 *     more for its body
 * @param idle without a byte on a connection, within a request or between two; and for each 64 KiB
 *     of an answer to be taken
 * @param grace for answers under way when the server is told to stop
 */
public record ServerLimits(int connections, Duration head, Duration idle, Duration grace) {

  /** For a peer: 1,000 connections, 10 s for a request's head, 60 s idle, 2 s to finish. */
  public static final ServerLimits PEER =
      new ServerLimits(
          1_000, Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofSeconds(2));

  /** For a rendezvous: as {@link #PEER}, with 20,000 connections. */
  public static final ServerLimits RENDEZVOUS =
      new ServerLimits(20_000, PEER.head(), PEER.idle(), PEER.grace());
}
