package dev.peer.vm.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryGroupsTest {

  @TempDir private Path root;

  @Test
  void findsTheLowestLimitOfAServiceAndTheGroupsAroundItInVersion2() throws Exception {
    write("system.slice/job.service/memory.max", "max\n");
    write("system.slice/memory.max", "1073741824\n");
    write("memory.max", "4294967296\n");

    MemoryGroups groups =
        MemoryGroups.of(
            List.of("0::/system.slice/job.service"),
            List.of("30 23 0:26 / " + root + " rw,nosuid - cgroup2 cgroup2 rw,nsdelegate"));

    assertThat(groups.lowest())
        .contains(new MemoryGroups.Limit(1L << 30, root.resolve("system.slice/memory.max")));
    assertThat(groups.lowest().orElseThrow())
        .hasToString("1024M (" + root + "/system.slice/memory.max)");
  }

  @Test
  void findsTheLimitOfVersion1BesideAVersion2WithoutMemory() throws Exception {
    Files.createDirectories(root.resolve("unified/job"));
    write("memory/memory.limit_in_bytes", "9223372036854771712\n");
    write("memory/job/memory.limit_in_bytes", "536870912\n");
    write("cpu/job/memory.limit_in_bytes", "1\n");

    MemoryGroups groups =
        MemoryGroups.of(
            List.of("4:memory:/job", "2:cpu,cpuacct:/job", "0::/job"),
            List.of(
                "31 23 0:28 / " + root + " rw - tmpfs tmpfs rw,mode=755",
                "32 31 0:29 / " + root + "/cpu rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct",
                "35 31 0:32 / " + root + "/memory rw,relatime - cgroup cgroup rw,memory",
                "41 31 0:38 / " + root + "/unified rw,relatime - cgroup2 cgroup2 rw"));

    assertThat(groups.lowest())
        .contains(
            new MemoryGroups.Limit(512L << 20, root.resolve("memory/job/memory.limit_in_bytes")));
  }

  @Test
  void findsTheLimitOfAContainerWhoseGroupIsMountedAlone() throws Exception {
    Path mount = root.resolve("a b");
    write("a b/memory.limit_in_bytes", "1048576");
    String mounted = mount.toString().replace(" ", "\\040");

    for (String root : List.of("/docker/0123", "/../..")) {
      MemoryGroups groups =
          MemoryGroups.of(
              List.of("4:memory:/docker/0123"),
              List.of("35 31 0:32 " + root + " " + mounted + " rw - cgroup cgroup rw,memory"));

      assertThat(groups.lowest()).as(root).isPresent();
    }
  }

  @Test
  void hasNoLimitWhereNoneIsSetOrNoGroupIsMounted() throws Exception {
    write("memory.max", "max\n");
    String mount = "30 23 0:26 / " + root + " rw - cgroup2 cgroup2 rw";

    assertThat(MemoryGroups.of(List.of("0::/"), List.of(mount)).lowest()).isEmpty();
    assertThat(MemoryGroups.of(List.of("0::/gone"), List.of(mount)).lowest()).isEmpty();
    assertThat(MemoryGroups.of(List.of("0::/"), List.of()).lowest()).isEmpty();
    assertThat(MemoryGroups.of(List.of("rubbish"), List.of("rubbish")).lowest()).isEmpty();
  }

  @Test
  void countsWhatTheKernelKilledInBothVersions() throws Exception {
    write("memory.events", "low 0\nhigh 0\nmax 7\noom 2\noom_kill 0\noom_group_kill 0\n");
    write("memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 0\n");
    MemoryGroups groups =
        MemoryGroups.of(
            List.of("0::/"), List.of("30 23 0:26 / " + root + " rw - cgroup2 cgroup2 rw"));
    long before = groups.kills();

    write("memory.events", "low 0\nhigh 0\nmax 9\noom 3\noom_kill 1\noom_group_kill 0\n");
    long second = groups.kills();
    write("memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n");

    assertThat(second).isGreaterThan(before);
    assertThat(groups.kills()).isGreaterThan(second);
  }

  @Test
  void readsThoseOfThisProcess() throws Exception {
    assertThat(MemoryGroups.ofThisProcess().kills()).isNotNegative();
  }

  private void write(String name, String content) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }
}
