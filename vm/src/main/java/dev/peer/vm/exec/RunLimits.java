package dev.peer.vm.exec;

import dev.peer.vm.snapshot.FrozenGuest;
import java.time.Duration;
import java.util.Map;

/**
 * The resources that a run may use.
 *
 * @param cpus the guest's processors
 * @param memoryBytes the guest's memory; whole MiB are given
 * @param diskBytes the size of the guest's writable disk, and of the disk for its artifacts
 * @param timeout how long the whole run may take
 * @param stageTimeouts the time limits of stages, by name; other stages have no limit of their own
 * @param outputBytes how much of the stdout and stderr of one stage together is taken
 */
public record RunLimits(
    int cpus,
    long memoryBytes,
    long diskBytes,
    Duration timeout,
    Map<String, Duration> stageTimeouts,
    long outputBytes) {

  private static final long KIBIBYTE = 1 << 10;
  private static final long MEBIBYTE = 1 << 20;

  /** Copies the map. */
  public RunLimits {
    stageTimeouts = Map.copyOf(stageTimeouts);
  }

  /** The limits of a frozen guest, and a day: no stage will run in it. */
  public static RunLimits of(FrozenGuest.Shape machine) {
    return new RunLimits(
        machine.sizes().cpus(),
        machine.sizes().memoryMebibytes() * MEBIBYTE,
        machine.sizes().diskBytes(),
        Duration.ofDays(1),
        Map.of(),
        0);
  }

  /** The guest's memory in whole MiB. */
  public long memoryMebibytes() {
    return memoryBytes / MEBIBYTE;
  }

  /** A size as it is written in a setting, in the largest unit of which it is a whole number. */
  static String shown(long bytes) {
    long rest = bytes;
    String units = "KMGT";
    int unit = -1;
    while (rest >= KIBIBYTE && rest % KIBIBYTE == 0 && unit < units.length() - 1) {
      rest /= KIBIBYTE;
      unit++;
    }
    return unit < 0 ? bytes + " bytes" : rest + units.substring(unit, unit + 1);
  }
}
