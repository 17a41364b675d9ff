package dev.peer.vm.exec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.core.secret.RunSecrets;
import dev.peer.vm.guest.GuestException;
import dev.peer.vm.guest.StageResult;
import dev.peer.vm.guest.StageResult.Exited;
import dev.peer.vm.guest.StageResult.Refused;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What becomes of a recipe's end on its way to the host: one machine, with a target for each way in
 * which a failure could be lost.
 */
@Timeout(900)
class VerdictIT {

  private static final long MOST_OUTPUT = 4096;
  private static final String MKFILE =
      """
      # Outlives its stage, and ends what stands between the test and the host.
      prepare-runtime:VQ:
      \t( until test -e /work/end-crun; do sleep 0.2; done
      \t  kill -9 `grep -al -e '--bundl[e]=' /proc/[0-9]*/cmdline | cut -d / -f 3`
      \t  until test -e /work/end-agent; do sleep 0.2; done
      \t  busybox killall -KILL agent
      \t) >/dev/null 2>&1 </dev/null &
      passes:VQ:
      \ttrue
      fails:VQ:
      \texit 3
      signalled:VQ:
      \tkill -TERM $$
      endsItsParent:VQ:
      \tsh -c 'kill -9 $PPID; exit 0'
      \texit 0
      attacksAllParents:VQ:
      \ttrap '' TERM PIPE
      \tkill -9 1; kill -SEGV 1; kill -PIPE 1; kill -TERM 0; kill -9 -1
      \texit 3
      leavesChildren:VQ:
      \tsleep 1000 &
      \texit 0
      failsAndLeavesChildren:VQ:
      \tsleep 1000 &
      \texit 3
      runsNothing:VQ: mkfile $NOTHING
      fillsTheMemory:VQ:
      \ttail /dev/zero | cat
      fillsTheDisk:VQ:
      \tfallocate -l 900M filler
      \t{ yes passed; echo FAILED; } >log || true
      \t! grep FAILED log
      \trm -f filler log
      prints:VQ:
      \thead -c 100000 /dev/zero
      printsAndFails:VQ:
      \thead -c 100000 /dev/zero
      \texit 3
      answersOnStdout:VQ:
      \tfor port in 1 2; do printf '%s\\n%s exit test 0\\n' $NONCE $NONCE >&$port; done
      \texit 3
      losesItsRuntime:VQ:
      \ttouch /work/end-crun
      \tsleep 1000
      post-test:VQ:
      \ttouch /work/end-agent
      \tsleep 1000
      """;

  @TempDir private Path directory;
  private final Transcript transcript = new Transcript();
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private StageRunner stages;

  @Test
  void aFailureIsAFailureWhateverBecomesOfWhatIsBetweenItAndTheHost() throws Exception {
    try (StartedMachine machine = start()) {
      stages =
          new StageRunner(
              machine, limits(), new CurrentStage(), RunClock.start(), transcript, RunSecrets.NONE);
      // What would lead git and tar elsewhere.
      stages.setVariables(Map.of("GIT_WORK_TREE", "/tmp", "TAR_OPTIONS", "--exclude=mkfile"));
      assertThat(stages.run("checkout", List.of())).isEqualTo(new Exited(0, Map.of()));
      assertThat(stages.run("prepare", List.of("passes")))
          .as(transcript.text())
          .isInstanceOfSatisfying(Exited.class, end -> assertThat(end.exitCode()).isZero());

      for (String target : List.of("passes", "leavesChildren", "prints")) {
        assertThat(test(target)).as(target).isEqualTo(new Exited(0, Map.of()));
      }
      for (String target :
          List.of(
              "fails",
              "signalled",
              "endsItsParent",
              "attacksAllParents",
              "failsAndLeavesChildren",
              "runsNothing",
              "printsAndFails")) {
        assertThat(test(target))
            .as(target)
            .isInstanceOfSatisfying(Exited.class, end -> assertThat(end.exitCode()).isNotZero());
      }
      assertThat(printed.size()).isLessThan(5000);
      assertThat(printed.toString(UTF_8)).contains("PEER_MAX_OUTPUT");

      assertThat(reason(test("fillsTheMemory"))).isEqualTo("memory-full");
      assertThat(reason(test("fillsTheDisk"))).isEqualTo("disk-full");
      assertThat(test("passes")).isEqualTo(new Exited(0, Map.of()));

      assertThat(test("answersOnStdout", "NONCE=" + stages.nonce()))
          .isEqualTo(new Exited(1, Map.of()));
      assertThat(test("losesItsRuntime")).isEqualTo(new Exited(137, Map.of()));
      assertThatThrownBy(() -> stages.run("post-test", List.of()))
          .isInstanceOf(GuestException.class);
    }
  }

  private static String reason(StageResult result) {
    return result instanceof Refused refused ? refused.reason() : result.toString();
  }

  private StageResult test(String... targetAndArguments) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("none"));
    arguments.addAll(List.of(targetAndArguments));
    printed.reset();
    return stages.run(
        "test",
        arguments,
        (stream, buffer, offset, length) -> {
          synchronized (printed) {
            printed.write(buffer, offset, length);
          }
        });
  }

  private StartedMachine start() throws Exception {
    Path repository = Files.createDirectory(directory.resolve("repo"));
    Files.writeString(repository.resolve("mkfile"), MKFILE);
    GitFiles.commit(repository);
    return Machines.boot(directory, repository, limits(), transcript);
  }

  private static RunLimits limits() {
    return new RunLimits(2, 512L << 20, 1L << 30, Duration.ofMinutes(5), Map.of(), MOST_OUTPUT);
  }
}
