package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a user sees of the caches of a repository. */
@Timeout(900)
class CacheIT {

  private Team team;

  @BeforeEach
  void makeTeam() throws Exception {
    team = Team.create();
  }

  @AfterEach
  void close() throws Exception {
    team.close();
  }

  @Test
  void showsWhatIsKeptAuditsItAndDropsIt() throws Exception {
    Peer peer = team.peer("laptop");
    Repository repository =
        team.repository(
            "project",
            """
            /var/run/ci/cache/stamp:Q:
            \tcat /proc/sys/kernel/random/uuid >$target
            test:VQ:
            \tcp /var/run/ci/cache/stamp stamp
            /var/run/ci/artifacts/stamp:
            \tcp stamp $target
            /var/run/ci/artifacts/same:
            \techo same >$target
            """);
    peer.run(repository, "cache", "drop").hasExitCode(0);

    Run audited = peer.run(repository, "run", "--exit", "--audit");

    audited.hasExitCode(1);
    assertThat(audited.stderr())
        .contains("peer: audit: a run without any cache differs\n")
        .containsPattern("peer: audit: artifact stamp: was sha256:\\w{64}, now sha256:\\w{64}\n")
        .doesNotContain("artifact same");
    assertThat(peer.run(repository, "cache", "ls").hasExitCode(0).stdout())
        .containsPattern(
            "(?m)^\\S+  begun \\d+ \\w+ ago, used \\d+ \\w+ ago, \\d+ MiB,"
                + " trunk: prepared at \\w{40}, image sha256:");

    peer.run(repository, "cache", "drop").hasExitCode(0);

    assertThat(peer.run(repository, "cache", "ls", "--json").hasExitCode(0).stdout())
        .startsWith("{\"kept\":[],\"dropped\":[{\"repo\":")
        .contains("\"why\":\"`peer cache drop`\"");
    peer.run(repository, "cache", "drop", "nobody/knows").refuses(2, "nothing is kept of a");
    peer.run(repository, "cache").refuses(2, "a command is missing");
    peer.with("PEER_CACHE_MAX_AGE", "soon")
        .run(repository, "cache", "ls")
        .refuses(2, "PEER_CACHE_MAX_AGE");
  }
}
