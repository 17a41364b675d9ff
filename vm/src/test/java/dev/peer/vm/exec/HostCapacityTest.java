package dev.peer.vm.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.peer.core.flow.ExecutorException;
import dev.peer.vm.qemu.MemoryGroups;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HostCapacityTest {

  private static final Optional<MemoryGroups.Limit> LIMIT =
      Optional.of(new MemoryGroups.Limit(512L << 20, Path.of("/sys/fs/cgroup/job/memory.max")));

  @Test
  void refusesAGuestLargerThanTheLimitAroundUsAndNamesIt() {
    assertThatExceptionOfType(ExecutorException.class)
        .isThrownBy(() -> HostCapacity.checkLimit((512L << 20) + (1L << 20), LIMIT))
        .withMessage(
            "the guest is to have 513M of memory, and peer may use 512M"
                + " (/sys/fs/cgroup/job/memory.max)")
        .satisfies(e -> assertThat(e.hint()).contains("raise the limit"));
  }

  @Test
  void takesAGuestWithinTheLimitOrWithoutOne() throws Exception {
    HostCapacity.checkLimit(512L << 20, LIMIT);
    HostCapacity.checkLimit(1L << 50, Optional.empty());
  }
}
