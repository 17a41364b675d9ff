package dev.peer.http;

import dev.peer.metrics.Metrics;
import dev.peer.wire.Problem;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How a server is watched over.
 *
 * @param metrics the metrics of {@code /metrics}; the server adds its own
 * @param health the checks of {@code /healthz}, besides the own certificate
 * @param log told of each request
 */
public record Operations(Metrics metrics, List<Health> health, RequestLog log) {

  private static final byte[] HEALTHY = "{\"healthy\":true}".getBytes(StandardCharsets.UTF_8);

  /** Copies the list. */
  public Operations {
    health = List.copyOf(health);
  }

  /** With metrics of its own, and no log. */
  public static Operations quiet() {
    return new Operations(new Metrics(), List.of(), RequestLog.NONE);
  }

  /** The same, and {@code /healthz} asks this too. */
  public Operations and(Health more) {
    return new Operations(metrics, Stream.concat(health.stream(), Stream.of(more)).toList(), log);
  }

  /**
   * The answer of {@code /healthz}.
   *
   * @throws ProblemException if something is wrong
   */
  public byte[] requireHealth() throws ProblemException {
    List<String> faults = health.stream().map(Health::fault).flatMap(Optional::stream).toList();
    if (!faults.isEmpty()) {
      throw new ProblemException(Problem.Kind.UNHEALTHY, String.join("; ", faults));
    }
    return HEALTHY.clone();
  }
}
