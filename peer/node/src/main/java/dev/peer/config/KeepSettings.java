package dev.peer.config;

import java.time.Duration;
import java.util.Optional;

/**
 * Which results of a repository a daemon keeps.
 *
 * @param most how many, at least 1
 * @param longest how long since they were kept or replayed last; absent: for ever
 * @param bytes how much their bundles may take together
 */
public record KeepSettings(int most, Optional<Duration> longest, long bytes) {

  private static final int MOST_KEPT = 10_000;
  private static final int KEPT_BY_A_DAEMON = 100;
  private static final int KEPT_BY_A_COMMAND = 1;
  private static final long LEAST_BYTES = 1 << 20;

  /** Reads them. */
  public static KeepSettings of(Settings settings) throws ConfigException {
    return new KeepSettings(
        most(settings).orElse(KEPT_BY_A_DAEMON),
        settings.read(Setting.PEER_KEEP_FOR, ValueForms::duration, "a time", "30d"),
        settings
            .valueOrDefault(Setting.PEER_KEEP_BYTES)
            .read(KeepSettings::bytes, "a size of at least 1M", "20G"));
  }

  /** How many a command keeps that is no daemon. */
  public static int mostOfCommand(Settings settings) throws ConfigException {
    return most(settings).orElse(KEPT_BY_A_COMMAND);
  }

  /** How many are kept, where that is set. */
  static Optional<Integer> most(Settings settings) throws ConfigException {
    return settings.read(
        Setting.PEER_KEEP,
        text -> ValueForms.count(text, MOST_KEPT),
        "a number from 1 to " + MOST_KEPT,
        "5");
  }

  private static long bytes(String text) {
    long bytes = ValueForms.size(text);
    ValueForms.require(bytes >= LEAST_BYTES);
    return bytes;
  }
}
