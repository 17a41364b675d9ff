package dev.peer.network;

import dev.peer.http.Health;
import dev.peer.http.Operations;
import dev.peer.http.RequestLog;
import dev.peer.metrics.Metrics;
import dev.peer.metrics.ProcessMetrics;
import dev.peer.report.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** How the servers of a command are watched over. */
public final class ServerOperations {

  private static final long LEAST_BYTES = 64L << 20;

  private ServerOperations() {}

  /** Creates the operations with the metrics of every process and this health check alone. */
  public static Operations operations(RequestLog log, Health... health) {
    Metrics metrics = new Metrics();
    ProcessMetrics.addTo(metrics);
    metrics
        .gauge("peer_build_info", "The version of peer; always 1.", "version")
        .with(Version.text())
        .increment();
    return new Operations(metrics, List.of(health), log);
  }

  /** Checks that the directory exists and has room. */
  static Health home(Path home) {
    return () -> {
      if (!Files.isDirectory(home) || !Files.isWritable(home)) {
        return Optional.of("PEER_HOME is no directory that can be written to");
      }
      return home.toFile().getUsableSpace() < LEAST_BYTES
          ? Optional.of("the disk of PEER_HOME is full")
          : Optional.empty();
    };
  }
}
