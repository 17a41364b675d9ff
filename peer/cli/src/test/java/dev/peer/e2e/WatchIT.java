package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A daemon that watches a repository, whose crontab a guest makes. */
@Timeout(900)
class WatchIT {

  private static final String MKFILE =
      """
      test:V:
      	echo tested

      /var/run/ci/crontab:
      	cp crontab $target
      """;

  private static final String CRONTAB =
      """
      CRON_TZ=Europe/Berlin
      61 3 * * * lint
      0 3 * * * lint docs
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
  void runsANewCommitAndHasItsCrontabMadeInTheGuest() throws Exception {
    Repository repository = team.repository("watched", MKFILE);
    repository.write("crontab", CRONTAB).commit();
    Peer peer = team.peer("daemon");
    Run daemon = peer.start(team.root(), "daemon", "--watch", "watched");

    daemon.awaitLine(": its commit ([0-9a-f]{12}) counts as seen$");
    daemon.awaitLine(": (crontab of [0-9a-f]{12}: lines in force: 1)$");
    daemon.awaitLine(": warning: crontab, (left out: line 2): five fields");
    String line = "line 3: 0 3 * * * lint docs (Europe/Berlin), next ";
    daemon.awaitLine(": (\\Q" + line + "\\E)");
    assertThat(peer.results()).isZero();

    repository.write("file", "changed").commit();

    daemon.awaitLine("(new commit [0-9a-f]{12})$");
    daemon.awaitLine("(run 2 \\(watch: test in .*\\): passed)");
    daemon.awaitLine("(run 3 \\(watch crontab: .*\\): passed)");
    assertThat(peer.results()).isEqualTo(1);
    assertThat(peer.run(repository, "replay").hasExitCode(0).stdout()).contains("tested");
    assertThat(peer.run(team.root(), "daemon", "status").hasExitCode(0).stdout())
        .contains("watching " + repository.directory(), line, "left out: line 2");
  }

  @Test
  void moreRepositoriesThanAreSeenToAreRefused() throws Exception {
    String[] arguments = new String[67];
    Arrays.fill(arguments, "x");
    arguments[0] = "daemon";
    arguments[1] = "--watch";

    team.peer("daemon").run(team.root(), arguments).refuses(2, "at most 64 repositories");
  }
}
