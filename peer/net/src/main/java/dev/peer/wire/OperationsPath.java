package dev.peer.wire;

import java.util.Optional;

/** The monitoring paths of every server. */
public enum OperationsPath {
  /** Counts, in Prometheus' text format. */
  METRICS("/metrics"),
  /** Whether it can do its work. */
  HEALTH("/healthz");

  private static final OperationsPath[] ALL = values();

  private final String text;

  OperationsPath(String text) {
    this.text = text;
  }

  /** The path of a request. */
  public String text() {
    return text;
  }

  /** Reads the path of a request. Empty: it is none of these. */
  public static Optional<OperationsPath> parse(String raw) {
    for (OperationsPath path : ALL) {
      if (path.text.equals(raw)) {
        return Optional.of(path);
      }
    }
    return Optional.empty();
  }
}
