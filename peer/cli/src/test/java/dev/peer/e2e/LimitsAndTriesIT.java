package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a repository asks for its tests besides the usual, and what the usual is. */
@Timeout(900)
class LimitsAndTriesIT {

  /**
   * Fails until the guest has made many processes since its preparation, which no file says, and
   * makes them. Each try must find what the preparation left, and nothing of the try before.
   */
  private static final String FLAKY =
      """
      forks() { sed -n 's/^processes //p' /proc/stat; }
      for gone in dirt made/dirt /root/dirt /var/run/ci/cache/dirt; do
          if [ -e "$gone" ]; then echo "$gone is left"; exit 3; fi
      done
      cat made/file made/link below/moved/source /var/run/ci/cache/kept
      ls guest >listed && cmp listing listed
      mv made moved && rm moved/file
      mkdir made
      touch dirt made/dirt /root/dirt /var/run/ci/cache/dirt
      echo "to stderr" >&2
      if [ $(($(forks) - $(cat forks))) -gt 400 ]; then
          echo passes | tee report
          exit
      fi
      echo fails | tee report
      for i in `seq 500`; do (:); done
      exit 7
      """;

  private static final String LIMITS =
      """
      echo "shm $(stat -f -c '%b %S' /dev/shm)"
      echo "files $(ulimit -Sn) $(ulimit -Hn)"
      grep CapEff /proc/self/status
      unshare --user true && echo namespace || echo no namespace
      for i in 1 2; do grep '\\[stack\\]' /proc/self/maps; done | uniq | sed 's/.* /stacks /'
      """;

  private static final String MKFILE =
      """
      prepare-runtime:VQ:
      \tmkdir made
      \techo made >made/file
      \tln made/file made/link
      \tmkdir below && mv sources below/moved
      \tmv /usr/share/perl5 guest && ls guest >listing && [ -s listing ]
      \tsed -n 's/^processes //p' /proc/stat >forks
      /var/run/ci/cache/kept:Q:
      \techo kept >$target
      test:VQ:
      \tsh flaky
      limits:VQ:
      \tsh limits
      \tgrep MemTotal /proc/meminfo
      /var/run/ci/artifacts/report:Q:
      \tif [ -e report ]; then cp report $target; else : >$target; fi
      """;

  private Team team;
  private Repository repository;

  @BeforeEach
  void makeTeam() throws Exception {
    team = Team.create();
    repository =
        team.repository("options", MKFILE)
            .write("flaky", FLAKY)
            .write("limits", LIMITS)
            .write("sources/source", "source\n")
            .commit();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    assertThat(team.machines()).isEmpty();
    assertThat(team.scratch()).isEmpty();
    team.close();
  }

  @Test
  void aPassOfALaterTryIsSignedAndShownAsOneAndCountsOnlyWhereItMay() throws Exception {
    Peer peer = team.peer("laptop").with("PEER_RETRY", "2");
    Path artifacts = team.root().resolve("artifacts");

    Run run =
        peer.run(repository, "run", "--exit", "--artifacts", artifacts.toString()).hasExitCode(0);

    String tries = "made\nmade\nsource\nkept\nfails\nmade\nmade\nsource\nkept\npasses\n";
    assertThat(run.stdout()).isEqualTo(tries);
    assertThat(run.stderr())
        .contains("\npeer: try 1 of 3 ended with 1, trying again\n")
        .containsPattern("peer: passed in [0-9.]+ s, at try 2 of 3\n");
    assertThat(Files.readString(artifacts.resolve("report"))).isEqualTo("passes\n");

    Run replay = peer.here().run(repository, "replay").hasExitCode(0);
    assertThat(replay.stdout()).isEqualTo(tries);
    assertThat(replay.stderr())
        .contains("peer: try 1 of 3 ended with 1, trying again\n")
        .containsPattern("peer: passed, replayed: .*, at try 2 of 3, ");
    JsonNode json =
        new ObjectMapper()
            .readTree(peer.here().run(repository, "replay", "--json").hasExitCode(0).stdout());
    assertThat(json.at("/tries/passedAt").intValue()).isEqualTo(2);
    assertThat(json.at("/tries/allowed").intValue()).isEqualTo(3);
    assertThat(peer.here().run(repository, "show").hasExitCode(0).stdout())
        .containsPattern("passed at +try 2 of 3\n")
        .containsPattern("retries +2\n")
        .containsPattern("stages +boot [0-9.]+ s, checkout [0-9.]+ s, prepare [0-9.]+ s, test ");
    assertStates(
        new ObjectMapper().readTree(peer.here().run(repository, "show", "--json").stdout()),
        List.of("boot", "checkout", "prepare", "test", "artifacts", "post-test"));
    peer.with("PEER_RETRY", "0").here().run(repository, "replay").refuses(3, "no reachable peer");

    Peer strict = peer.with("PEER_REQUIRE_TRIES", "1");
    Run refused = strict.here().run(repository, "replay").refuses(5, "none holds and counts here");
    assertThat(refused.stderr())
        .contains("passed at try 2 of 3, and PEER_REQUIRE_TRIES=1 refuses that");
    Run failed = strict.run(repository, "run", "--exit", "--force").hasExitCode(1);
    assertThat(failed.stdout()).isEqualTo("made\nmade\nsource\nkept\nfails\n");
    Run explained = peer.here().run(repository, "explain").hasExitCode(0);
    assertThat(explained.stdout())
        .containsPattern("result +hit, in the store")
        .containsPattern("failed +here, .* ago: the stage test ended with");
  }

  /** Each stage is there once, the tests too; together they took no longer than the run. */
  private static void assertStates(JsonNode shown, List<String> names) {
    JsonNode stages = shown.at("/provenance/stages");
    assertThat(stages.findValuesAsText("name")).isEqualTo(names);
    long total = 0;
    for (JsonNode stage : stages) {
      assertThat(stage.path("milliseconds").longValue()).isNotNegative();
      total += stage.path("milliseconds").longValue();
    }
    Duration took =
        Duration.between(
            Instant.parse(shown.path("started").asText()),
            Instant.parse(shown.path("finished").asText()));
    assertThat(total).isPositive().isLessThanOrEqualTo(took.toMillis());
  }

  @Test
  void theContainerHasTheUsualLimitsOrThoseThatTheRunAsksFor() throws Exception {
    Peer peer = team.peer("laptop");

    Run usual = peer.run(repository, "run", "--exit", "limits").hasExitCode(0);
    Run asked =
        peer.with(
                "PEER_CONTAINER_LIMITS",
                "shm=96M, nofile=2048, cap=CAP_SYS_PTRACE, cap=net_raw, userns=off")
            .run(repository, "run", "--exit", "limits")
            .hasExitCode(0);
    Run shown = peer.here().run(repository, "show").hasExitCode(0);

    long memory = Long.parseLong(usual.stdout().replaceAll("(?s).*MemTotal: +(\\d+) kB.*", "$1"));
    assertThat(usual.stdout())
        .contains("shm " + memory / 2 / 4 + " 4096\n")
        .contains("files 1024 524288\n")
        .containsPattern("CapEff:\\s+00000000000004fb\n")
        .contains("\nnamespace\n")
        .containsOnlyOnce("stacks");
    assertThat(asked.stdout())
        .contains("shm " + (96 << 20) / 4096 + " 4096\n")
        .contains("files 2048 2048\n")
        // SYS_PTRACE is bit 19, NET_RAW bit 13.
        .containsPattern("CapEff:\\s+00000000000824fb\n")
        .contains("\nno namespace\n");
    assertThat(shown.stdout())
        .containsPattern(
            "limits +cap=NET_RAW,cap=SYS_PTRACE,nofile=2048,shm=100663296,userns=off\n");
  }
}
