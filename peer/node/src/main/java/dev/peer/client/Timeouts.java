package dev.peer.client;

import java.time.Duration;

/**
 * How long others are waited for.
 *
 * @param connect until there is a connection, certificates checked
 * @param answer until the head of an answer is there, and the whole of a small one
 * @param stall without a byte within a large answer
 * @param slowest bytes each second that a large answer must have on the whole
 * @param farewell for withdrawing announcements when we stop
 * @param hedge until another address or rendezvous is asked beside one that says nothing
 */
public record Timeouts(
    Duration connect,
    Duration answer,
    Duration stall,
    long slowest,
    Duration farewell,
    Duration hedge) {

  private static final Duration HEDGE = Duration.ofMillis(200);

  /**
   * 10 s, 20 s, 10 s, 64 KiB/s, 3 s and 200 ms. On a busy machine a first handshake takes a few
   * seconds at either end: a peer that is slow must not pass for one that is gone.
   */
  public static final Timeouts DEFAULT =
      new Timeouts(
          Duration.ofSeconds(10),
          Duration.ofSeconds(20),
          Duration.ofSeconds(10),
          64 << 10,
          Duration.ofSeconds(3),
          HEDGE);

  /** Creates timeouts with 200 ms until another one is asked. */
  public Timeouts(
      Duration connect, Duration answer, Duration stall, long slowest, Duration farewell) {
    this(connect, answer, stall, slowest, farewell, HEDGE);
  }

  /** The same, where a connection and an answer may take no longer than this. */
  public Timeouts within(Duration most) {
    return new Timeouts(
        shorter(connect, most), shorter(answer, most), stall, slowest, farewell, hedge);
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /** For a whole answer of this many bytes. */
  public Duration transfer(long bytes) {
    return answer.plus(stall).plusSeconds(bytes / slowest);
  }

  /** For a lookup, which an index answers from memory: little more than a connection takes. */
  public Duration lookup() {
    return shorter(connect.plus(connect.dividedBy(2)), answer);
  }
}
