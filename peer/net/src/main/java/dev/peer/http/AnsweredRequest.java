package dev.peer.http;

import dev.peer.core.id.PeerId;
import dev.peer.wire.Trace;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A request that is over.
 *
 * @param at when it was over
 * @param trace the caller's, or a new one
 */
public record AnsweredRequest(
    Instant at, Trace trace, Sender sender, Target target, Outcome outcome) {

  /** Instead of a template, where there is no such path. */
  public static final String NO_TEMPLATE = "none";

  /**
   * Where it came from.
   *
   * @param peer the caller; empty if its certificate is no longer trusted
   */
  public record Sender(Optional<PeerId> peer, InetSocketAddress address) {}

  /**
   * What it was for.
   *
   * @param method as it was sent
   * @param path as it was sent, without its query
   * @param template the path's template, or {@link #NO_TEMPLATE}
   */
  public record Target(String method, String path, String template) {}

  /**
   * What became of it.
   *
   * @param status of the answer; empty if it was broken off
   * @param bytes of the answer's body that were sent
   * @param failure a failure of the server itself
   */
  public record Outcome(
      Optional<Integer> status, long bytes, Duration duration, Optional<Throwable> failure) {}
}
