package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which caches move with a runtime, and which machines with a kept disk take a newer one. */
@Timeout(1800)
@Order(1) // One of the longest: begun last, it would end alone.
class SharedCacheIT {

  private static final String MKFILE =
      """
      CONTAINERIMAGE=localhost/stamped
      base-image:VQ: Containerfile
      \tpodman build --quiet --tag $CONTAINERIMAGE .
      shared-caches:V: /var/run/ci/cache/deps/shared /var/run/ci/cache/-odd/..name
      /var/run/ci/cache/deps/shared /var/run/ci/cache/-odd/..name:Q:
      \tfor file in $target; do cat /proc/sys/kernel/random/uuid >$file; done
      test:VQ:
      \tcd /var/run/ci/cache && cat deps/shared ./-odd/..name
      \tsha256sum /large
      \ttest ! -e /added || sha256sum /added
      \ttest ! -e own || cat own deps/own
      """;

  private static final String OWN =
      """
      /var/run/ci/cache/own /var/run/ci/cache/deps/own:Q:
      \tfor file in $target; do cat /proc/sys/kernel/random/uuid >$file; done
      """;

  private static final String CONTAINERFILE =
      """
      FROM localhost/ci-base
      RUN head -c 20000000 /dev/urandom >/large
      """;

  /** Another runtime is made only after a preparation of half a minute. */
  private static final String ADDED = "RUN sleep 35 && head -c 2000000 /dev/urandom >/added\n";

  private static final Pattern MOVED =
      Pattern.compile("(\\d+) of (\\d+) MiB came from CN=ci, the rest from runtimes that are here");

  private Team team;
  private Repository clone;

  @BeforeEach
  void makeRepository() throws Exception {
    team = Team.create();
    team.startRendezvous();
    Repository origin = team.repository("project", MKFILE);
    origin.write("Containerfile", CONTAINERFILE).commit();
    clone = origin.cloneTo(team.root().resolve("clone"));
    clone.git("remote", "set-url", "origin", "https://example.org/team/project.git");
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    team.close();
  }

  @Test
  void takesANewerRuntimeWithItsSharedCachesUnlessItWouldLoseOthers() throws Exception {
    Peer laptop = team.peer("laptop");
    Run first = laptop.start(clone, "run");
    first.awaitLine("^peer: other peers can take what was prepared: (\\d+) MiB$");
    String before = first.stdout();
    String base = commit();

    clone.write("Containerfile", CONTAINERFILE + ADDED).write("mkfile", MKFILE + OWN);
    commitToTrunk();
    Peer ci = team.peer("ci");
    Run changed = ci.start(clone, "run");
    changed.awaitLine("^peer: other peers can take what was prepared: (\\d+) MiB$");

    assertThat(changed.stderr())
        .containsPattern(
            "getting the runtime that CN=laptop prepared at "
                + base
                + " \\(\\d+ MiB; with the caches -odd/\\.\\.name, deps/shared\\)");
    assertThat(changed.stdout()).as("shared caches and container image").startsWith(before);
    assertThat(changed.stdout().lines()).as("with one more file, and other caches").hasSize(6);

    first.end();
    String newer = "the runtime that CN=ci prepared at " + commit() + " (";
    assertThat(laptop.here().run(clone, "explain", "lint").hasExitCode(3).stdout())
        .contains("starts from  " + newer)
        .containsPattern("are not here; with the caches .* and preparing takes \\d+ s");
    Run taken = laptop.run(clone, "run", "--exit", "--force").hasExitCode(0);

    assertThat(taken.stderr()).contains("getting " + newer).contains("every byte checked");
    assertThat(moved(taken)).as(taken.stderr()).isLessThan(0.25);
    assertThat(taken.stdout().lines().limit(4))
        .containsExactlyElementsOf(changed.stdout().lines().limit(4).toList());
    assertThat(taken.stdout().lines())
        .hasSize(6)
        .as("no cache that is not shared came along")
        .doesNotContainAnyElementsOf(changed.stdout().lines().skip(4).toList());
    assertThat(laptop.here().run(clone, "cache", "ls").hasExitCode(0).stdout())
        .contains("prepared at " + commit() + " and 1 before")
        .doesNotContain("prepared at " + base);

    commitToTrunk();
    assertThat(laptop.here().run(clone, "explain", "lint").hasExitCode(3).stdout())
        .containsPattern("starts from  a kept disk, trunk: .*, whose caches do not travel");
  }

  /** The part of a runtime that was moved. */
  private static double moved(Run run) {
    Matcher said = MOVED.matcher(run.stderr());
    assertThat(said.find()).as(run.stderr()).isTrue();
    return Double.parseDouble(said.group(1)) / Double.parseDouble(said.group(2));
  }

  private void commitToTrunk() throws Exception {
    clone.commit();
    clone.git("update-ref", "refs/remotes/origin/main", "HEAD");
  }

  private String commit() throws Exception {
    return clone.git("rev-parse", "HEAD").strip();
  }
}
