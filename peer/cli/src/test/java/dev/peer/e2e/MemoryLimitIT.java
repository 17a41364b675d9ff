package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A limit for memory around peer, as a container or a service has it. */
@Timeout(900)
class MemoryLimitIT {

  private static final long GIBIBYTE = 1L << 30;

  /** QEMU keeps what its guest once had. */
  private static final String HUNGRY =
      """
      test:VQ:
      \thead -c 500m /dev/zero | tail >/dev/null
      \techo full >&2
      \tsleep 1000
      """;

  private Team team;

  @BeforeEach
  void create() throws Exception {
    team = Team.create();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    team.close();
  }

  @Test
  void aGuestLargerThanTheLimitIsRefusedAndAKillOfTheKernelIsCalledThat() throws Exception {
    Optional<ControlGroup> made =
        ControlGroup.create(team.root().getFileName().toString(), GIBIBYTE);
    assumeThat(made).as("control groups can be made here").isPresent();
    Repository repository = team.repository("hungry", HUNGRY);
    try (ControlGroup group = made.orElseThrow()) {
      Peer peer = team.peer("laptop").in(group.in());

      peer.with("PEER_MEMORY", "2G")
          .run(repository, "run")
          .refuses(
              4, "the guest is to have 2G of memory, and peer may use 1024M \\(/sys/fs/cgroup/");

      Run killed = peer.with("PEER_MEMORY", "1G").start(repository, "run");
      killed.awaitLine("^(full)$");
      Run other = team.start(team.root(), Map.of(), inTheRestOf(group));

      killed.await();
      killed.hasExitCode(4);
      assertThat(killed.stderr())
          .contains(
              "peer: error: the kernel killed the machine in the stage test: out of memory (OOM"
                  + " kill); peer may use 1024M (/sys/fs/cgroup/")
          .containsPattern("peer: hint: set PEER_MEMORY to less, or raise the limit");
      assertThat(peer.results()).isZero();
      assertThat(team.machines()).isEmpty();
      other.end();
    }
  }

  /** Another, smaller process of the group, which takes what is left of it. */
  private static List<String> inTheRestOf(ControlGroup group) {
    List<String> command = new ArrayList<>(group.in());
    command.addAll(List.of("/usr/bin/perl", "-e", "$held = 'x' x (500 << 20); sleep 1000"));
    return command;
  }
}
