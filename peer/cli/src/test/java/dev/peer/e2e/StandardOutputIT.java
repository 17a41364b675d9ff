package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What comes out of a command whose stdout is not a plain file. */
@Timeout(900)
class StandardOutputIT {

  /** Makes stdout non-blocking, as a Node parent does, and becomes the command. */
  private static final String NON_BLOCKING =
      "perl -MFcntl -e 'fcntl STDOUT, F_SETFL, O_WRONLY | O_NONBLOCK or die; exec @ARGV' ";

  /** Reads so slowly that the pipe is full most of the time. */
  private static final String SLOW_READER =
      "perl -e 'while (sysread STDIN, $b, 4096) { syswrite STDOUT, $b; select undef, undef, undef,"
          + " 0.002 }'";

  private static final String OUTPUT =
      IntStream.range(0, 10_000)
          .mapToObj("a line of some length, number %d\n"::formatted)
          .collect(Collectors.joining());

  private Team team;
  private Peer peer;
  private Repository repository;

  @BeforeEach
  void make() throws Exception {
    team = Team.create();
    peer = team.peer("peer");
    repository = SignedResult.of(team, peer, OUTPUT, "").repository();
  }

  @AfterEach
  void end() throws Exception {
    team.close();
  }

  @Test
  void losesNothingOnANonBlockingPipeWithASlowReader() throws Exception {
    for (String command : List.of("replay", "log")) {
      Run run = piped(NON_BLOCKING + "peer " + command, SLOW_READER);

      assertThat(run.stderr()).as(command).endsWith("exit 0\n");
      assertThat(run.stdout()).as(command).isEqualTo(OUTPUT);
    }
    Run exported = piped(NON_BLOCKING + "peer export --to -", SLOW_READER + " | tar t");
    assertThat(exported.stderr()).endsWith("exit 0\n");
    assertThat(exported.stdout()).contains("bundle", "attestation");
  }

  @Test
  void doesNotPassWhenItsOutputCanNotBeWritten() throws Exception {
    for (String command :
        new String[] {
          "replay", "log", "ls", "ls --json", "show", "explain", "--help", "help run"
        }) {
      Run run = shell("peer " + command + " >/dev/full");

      assertThat(run.hasExitCode(4).stderr())
          .as(command)
          .contains("peer: error: stdout cannot be written: No space left on device\npeer: hint: ");
    }
    assertThat(shell("peer export --to - >/dev/full").hasExitCode(4).stderr())
        .contains("No space left on device");
  }

  @Test
  void passesWhenItsReaderHasSeenEnough() throws Exception {
    for (String command : List.of("replay", "log", "export --to -")) {
      Run run = piped("peer " + command, "head -c 1");

      assertThat(run.stderr()).as(command).endsWith("exit 0\n").doesNotContain("error");
      assertThat(run.stdout()).as(command).hasSize(1);
    }
  }

  /** Runs a command into a reader, and says on stderr how the command ended. */
  private Run piped(String command, String reader) throws Exception {
    return shell("{ " + command + "; echo exit $? >&2; } | " + reader);
  }

  private Run shell(String line) throws Exception {
    return peer.shell(repository, line);
  }
}
