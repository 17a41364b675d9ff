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
 * @param caller the caller; empty if its certificate is no longer trusted
 * @param address from where
 * @param method as it was sent
 * @param path as it was sent, without its query
 * @param template the path's template, or {@link #NO_TEMPLATE}
 * @param status of the answer; empty if it was broken off
 * @param bytes of the answer's body that were sent
 * @param failure a failure of the server itself
 */
public record AnsweredRequest(
    Instant at,
    Trace trace,
    Optional<PeerId> caller,
    InetSocketAddress address,
    String method,
    String path,
    String template,
    Optional<Integer> status,
    long bytes,
    Duration duration,
    Optional<Throwable> failure) {

  /** Instead of a template, where there is no such path. */
  public static final String NO_TEMPLATE = "none";
}
