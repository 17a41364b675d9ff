package dev.peer.vm.exec;

import dev.peer.core.flow.ExecutorException;
import dev.peer.core.secret.Secrets;
import dev.peer.vm.qemu.DiskFailure;
import dev.peer.vm.qemu.Machine;
import dev.peer.vm.qemu.MemoryGroups;
import java.io.IOException;
import java.util.Optional;

/** Why a machine is gone that should be there. */
final class GuestFailures {

  static final String DISK_HINT = "free some space on it, or set PEER_HOME to another";

  private GuestFailures() {}

  /** Makes the error for people, with the machine's last messages. */
  static ExecutorException in(String stage, Machine machine, Secrets secrets, Exception e) {
    Optional<DiskFailure> failure = machine.diskFailure();
    if (failure.map(DiskFailure::full).orElseGet(() -> saysDiskFull(e))) {
      return new ExecutorException("the disk of this host is full", DISK_HINT, e);
    }
    if (failure.isPresent()) {
      return new ExecutorException(
          "a disk of this host failed in the stage " + stage + ": " + failure.get().reason(),
          "see that disk, and the quota there; PEER_HOME can be on another",
          e);
    }
    Optional<Machine.Kill> kill = killOf(machine);
    if (kill.isPresent()) {
      return killed(stage, kill.get(), e);
    }
    String said = secrets.mask(machine.lastWords());
    return new ExecutorException(
        "the machine broke off in the stage "
            + stage
            + ": "
            + secrets.mask(String.valueOf(e.getMessage())),
        said.isEmpty() ? "the machine said nothing; try again" : "the machine said last:\n" + said,
        e);
  }

  private static Optional<Machine.Kill> killOf(Machine machine) {
    try {
      return machine.killedFromOutside();
    } catch (IOException e) {
      // Without the kernel's counts the machine's own words say what is known.
      return Optional.empty();
    }
  }

  private static ExecutorException killed(String stage, Machine.Kill kill, Exception e) {
    return switch (kill) {
      case OUT_OF_MEMORY ->
          new ExecutorException(
              "the kernel killed the machine in the stage "
                  + stage
                  + ": out of memory (OOM kill)"
                  + limit().map(limit -> "; peer may use " + limit).orElse(""),
              limit().isPresent()
                  ? HostCapacity.LIMIT_HINT
                  : "set PEER_MEMORY to less, or run less at once",
              e);
      case OTHER ->
          new ExecutorException(
              "something killed the machine in the stage " + stage + " (SIGKILL)",
              "whoever ends processes here did it: `dmesg` or `journalctl -k` may say more",
              e);
    };
  }

  private static Optional<MemoryGroups.Limit> limit() {
    try {
      return MemoryGroups.ofThisProcess().lowest();
    } catch (IOException e) {
      // It is gone, and with it what there is to say about it.
      return Optional.empty();
    }
  }

  /** Java has no type for it: these are the words of the C library. */
  private static boolean saysDiskFull(Exception e) {
    return e instanceof IOException
        && String.valueOf(e.getMessage()).contains("No space left on device");
  }
}
