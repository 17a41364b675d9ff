package dev.peer.vm.exec;

import dev.peer.vm.snapshot.FrozenGuest;
import java.time.Duration;

/**
 * What a run may use.
 *
 * @param cpus the guest's processors
 * @param memoryBytes the guest's memory; whole MiB are given
 * @param diskBytes the size of the guest's writable disk, and of the disk for its artifacts
 * @param timeout how long the whole run may take
 */
public record Limits(int cpus, long memoryBytes, long diskBytes, Duration timeout) {

  private static final long MEBIBYTE = 1 << 20;

  /** What a frozen guest had, and a day. */
  public static Limits of(FrozenGuest.Shape machine) {
    return new Limits(
        machine.cpus(),
        machine.memoryMebibytes() * MEBIBYTE,
        machine.diskBytes(),
        Duration.ofDays(1));
  }

  /** The guest's memory in whole MiB. */
  public long memoryMebibytes() {
    return memoryBytes / MEBIBYTE;
  }
}
