package dev.peer.vm.exec;

import dev.peer.core.flow.ExecutorException;
import dev.peer.core.progress.ExecutionListener;
import dev.peer.vm.qemu.MemoryGroups;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Compares this host's resources with what a run asks for. */
final class HostCapacity {

  private static final Path MEMORY = Path.of("/proc/meminfo");
  private static final Pattern TOTAL = Pattern.compile("MemTotal:\\s+(\\d{1,15}) kB");
  private static final long KIBIBYTE = 1 << 10;
  private static final long MEBIBYTE = 1 << 20;

  /** QEMU needs some memory beside the guest's, and so does this process. */
  static final String LIMIT_HINT =
      "set PEER_MEMORY to less, or raise the limit to half a GiB more than PEER_MEMORY (docker"
          + " --memory, a pod's limits.memory, systemd's MemoryMax)";

  private HostCapacity() {}

  /** Refuses a guest that a limit around this process does not allow: it would be killed midway. */
  static void checkLimit(long memoryBytes, Optional<MemoryGroups.Limit> limit)
      throws ExecutorException {
    if (limit.isPresent() && memoryBytes > limit.get().bytes()) {
      throw new ExecutorException(
          "the guest is to have "
              + RunLimits.shown(memoryBytes)
              + " of memory, and peer may use "
              + limit.get(),
          LIMIT_HINT);
    }
  }

  /** Refuses more memory than there is or is allowed; says when processors will be shared. */
  static void check(RunLimits limits, ExecutionListener listener)
      throws ExecutorException, IOException {
    checkLimit(limits.memoryBytes(), MemoryGroups.ofThisProcess().lowest());
    Matcher total = TOTAL.matcher(Files.readString(MEMORY));
    if (total.find() && limits.memoryBytes() > Long.parseLong(total.group(1)) * KIBIBYTE) {
      throw new ExecutorException(
          "the guest is to have "
              + RunLimits.shown(limits.memoryBytes())
              + " of memory, and this host has "
              + Long.parseLong(total.group(1)) * KIBIBYTE / MEBIBYTE
              + "M",
          "set PEER_MEMORY to less, or run where there is more");
    }
    int processors = Runtime.getRuntime().availableProcessors();
    if (limits.cpus() > processors) {
      listener.note(
          "the guest's " + limits.cpus() + " processors share the " + processors + " of this host");
    }
  }
}
