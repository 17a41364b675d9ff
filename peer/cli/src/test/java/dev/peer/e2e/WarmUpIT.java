package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A machine does once what a run does before any run has it: a run sees nothing of that. */
@Timeout(600)
class WarmUpIT {

  private static final String PREPARE = "peer: prepare| ";

  private static final String MKFILE =
      """
      prepare-runtime:VQ:
      \tfor process in /proc/[0-9]*; do
      \t\tif program=$(readlink $process/exe); then
      \t\t\techo program $program
      \t\t\techo namespace $(readlink $process/ns/mnt)
      \t\tfi
      \tdone | sort -u
      \tfind /sys/fs/cgroup -mindepth 1 -type d | sed 's/^/group /'
      \tfind /tmp /var/tmp /dev/shm /run/outside /run/ci/ /run/crun /run/containers /var/lib/containers -mindepth 1 2>/dev/null |
      \t\tsed 's/^/file /'
      \tfor name in container image seccomp.json unshared scratch/rehearsal; do
      \t\tif [ -e /run/peer/$name ]; then echo file /run/peer/$name; fi
      \tdone
      \tsed -n 's/^[^ ]* [^ ]* [^ ]* [^ ]* \\([^ ]*\\) .*/mount \\1/p' /proc/self/mountinfo
      \tsed -n 's/^processes /started /p' /proc/stat
      test:VQ:
      \tls -A
      """;

  private Team team;

  @BeforeEach
  void makeTeam() throws Exception {
    team = Team.create();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    team.close();
  }

  @Test
  void aRunFindsNoProcessNoMountNoGroupAndNoFileOfIt() throws Exception {
    Repository repository = team.repository("clean", MKFILE);

    assertFindsNothing(team.peer("laptop").run(repository, "run", "--exit").hasExitCode(0));
  }

  /** A run may end it at any point, or come when it is over: when more processes were started. */
  @Test
  void norDoesOneInAMachineThatDoesItAgainWhileItWaits() throws Exception {
    Repository repository = team.repository("clean", MKFILE);
    Peer peer = team.peer("laptop").with("PEER_READY", 1);
    peer.start(team.root(), "daemon", "--jobs", "1").awaitLine("^peer: takes runs, 1 at once$");
    Run first = peer.run(repository, "run", "--exit").hasExitCode(0);

    Run run;
    long wait = 0;
    do {
      Thread.sleep(wait);
      wait += 1_000;
      run = peer.run(repository, "run", "--exit", "--timings", "--force").hasExitCode(0);
      assertFindsNothing(run);
      assertThat(run.stderr()).contains("peer: time: take ");
    } while (started(run) < started(first) + 40);
  }

  private static long started(Run run) {
    return Long.parseLong(found(run, "started ").getFirst());
  }

  private static void assertFindsNothing(Run run) {
    assertThat(run.stdout()).isEqualTo(".env\n.git\nmkfile\n");
    assertThat(found(run, "program "))
        .isSubsetOf(
            "/usr/bin/perl",
            "/usr/bin/busybox",
            "/bin/busybox",
            "/usr/lib/plan9/bin/mk",
            "/usr/bin/dash",
            "/usr/bin/readlink",
            "/usr/bin/sort");
    assertThat(found(run, "namespace ")).hasSize(1);
    assertThat(found(run, "group ")).isEmpty();
    assertThat(found(run, "file "))
        .containsExactlyInAnyOrder("/run/ci/cache", "/run/ci/env", "/run/ci/artifacts");
    assertThat(found(run, "mount "))
        .doesNotHaveDuplicates()
        .noneMatch(mount -> mount.contains("container/root") || mount.contains("rehearsal"));
  }

  private static List<String> found(Run run, String kind) {
    return run.stderr()
        .lines()
        .filter(line -> line.startsWith(PREPARE + kind))
        .map(line -> line.substring((PREPARE + kind).length()).strip())
        .toList();
  }
}
