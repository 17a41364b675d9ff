package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a branch leaves in its guest reaches no other revision, and the trunk stays warm. */
@Timeout(900)
@Order(1) // One of the longest: begun last, it would end alone.
class TrunkIT {

  /** Prints the stamps of container image and cache, and whatever is planted. */
  private static final String TRUNK =
      """
      CONTAINERIMAGE=localhost/stamped
      base-image:VQ:
      \tcat >Containerfile <<'END'
      \tFROM localhost/ci-base
      \tRUN cat /proc/sys/kernel/random/uuid >/stamp
      \tEND
      \tpodman build --quiet --tag $CONTAINERIMAGE .
      /var/run/ci/cache/stamp:Q:
      \tcat /proc/sys/kernel/random/uuid >$target
      /var/run/ci/cache/shape:Q:
      \techo "shaped by $SHAPE, $(nproc) processors" >$target
      test:VQ:
      \tcat /stamp /var/run/ci/cache/stamp /var/run/ci/cache/shape
      \tls / /var/run/ci/cache | grep planted || true
      """;

  /**
   * Plants a file in the cache and in the layers of the images, another mk, and another stage of
   * the agent. What the guest makes anew of its root for each run, it does not where it finds this
   * directory missing.
   */
  private static final String ATTACK =
      """
      prepare-runtime:VQ: plant
      plant:VQ: base-image /var/run/ci/cache/stamp
      \techo planted-file >/var/run/ci/cache/planted-in-cache
      \tfor layer in /var/lib/containers/storage/overlay/*/diff; do echo >$layer/planted-in-layer; done
      \trm -rf /run/peer/scratch/fresh/upper/etc
      \tcp /usr/lib/plan9/bin/mk /usr/lib/plan9/bin/real-mk
      \tprintf '#!/bin/sh\\necho planted-mk\\nexec /usr/lib/plan9/bin/real-mk "$@"\\n' >/usr/lib/plan9/bin/new-mk
      \tchmod 755 /usr/lib/plan9/bin/new-mk
      \tmv /usr/lib/plan9/bin/new-mk /usr/lib/plan9/bin/mk
      \tsed '2iecho planted-agent' /usr/lib/peer/stage/test >/usr/lib/peer/stage/new-test
      \tchmod 755 /usr/lib/peer/stage/new-test
      \tmv /usr/lib/peer/stage/new-test /usr/lib/peer/stage/test
      """;

  private Team team;
  private Repository origin;
  private Path clones;

  @BeforeEach
  void makeRepository() throws Exception {
    team = Team.create();
    origin = team.repository("project", TRUNK);
    clones = team.root().resolve("clones");
    origin.git("branch", "feature");
    origin.git("checkout", "-q", "-b", "attack");
    origin.write("mkfile", TRUNK + ATTACK).commit();
    origin.git("checkout", "-q", "main");
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    team.close();
  }

  @Test
  void whatABranchPlantsReachesNoRunOfTheTrunk() throws Exception {
    Peer peer = team.peer("ci");
    Repository clone = clone("ci", "main");
    Run first = peer.run(clone, "run", "--exit").hasExitCode(0);

    clone.git("checkout", "-q", "attack");
    Run attack = peer.run(clone, "run", "--exit").hasExitCode(0);
    clone.git("checkout", "-q", "main");
    Run second = peer.run(clone, "run", "--exit", "--force").hasExitCode(0);

    assertThat(attack.stdout()).contains("planted-in-cache").contains("planted-agent");
    assertThat(second.stdout()).doesNotContain("planted").isEqualTo(first.stdout());
    assertThat(peer.here().run(clone, "cache", "ls").hasExitCode(0).stdout().lines())
        .singleElement()
        .asString()
        .contains("trunk: prepared at " + commit(clone, "main"));
  }

  @Test
  @Tag("long")
  void whatABranchLeavesIsItsDescendantsWhereTheUserWantsItAndNobodyElses() throws Exception {
    Peer peer = team.peer("ci");
    Peer history = peer.with("PEER_KEPT", "history");
    Repository clone = clone("ci", "main");
    Run first = peer.run(clone, "run", "--exit").hasExitCode(0);

    clone.git("checkout", "-q", "attack");
    history.run(clone, "run", "--exit").hasExitCode(0);
    clone.write("mkfile", TRUNK + "# mended\n").commit();
    Run child = history.run(clone, "run", "--exit").hasExitCode(0);
    clone.git("checkout", "-q", "main");
    Run third = history.run(clone, "run", "--exit", "--force").hasExitCode(0);

    assertThat(child.stdout()).contains("planted-in-cache").contains("planted-mk");
    assertThat(third.stdout()).isEqualTo(first.stdout());
    assertThat(peer.here().run(clone, "cache", "ls", "--json").hasExitCode(0).stdout())
        .contains("\"origin\":\"history\",\"commits\":[\"" + commit(clone, "main"))
        .contains("\"origin\":\"trunk\",\"commits\":[\"" + commit(clone, "main"));
  }

  @Test
  void aBranchStartsFromThePreparedCommitAtWhichItLeftTheTrunk() throws Exception {
    Peer laptop = team.peer("laptop");
    Repository clone = clone("laptop", "feature");
    // The branch's own settings shape its own run, and not the trunk's disk.
    String settings = Files.readString(clone.directory().resolve(".env"));
    clone
        .write(
            ".env",
            settings.replace("PEER_CPUS=1", "PEER_CPUS=2") + "PEER_ENV=SHAPE\nSHAPE=branch\n")
        .commit();

    Run first = laptop.run(clone, "run", "--exit").hasExitCode(0);
    clone.write("file", "another").commit();
    Run second = laptop.run(clone, "run", "--exit").hasExitCode(0);

    assertThat(first.stderr()).contains("peer: preparing " + commit(clone, "origin/main"));
    assertThat(second.stderr()).doesNotContain("preparing ").doesNotContain("blank disk");
    assertThat(first.stdout()).contains("shaped by , 1 processors\n");
    assertThat(second.stdout()).isEqualTo(first.stdout());
    assertThat(laptop.here().run(clone, "cache", "ls").hasExitCode(0).stdout().lines())
        .singleElement()
        .asString()
        .contains("trunk: prepared at " + commit(clone, "origin/main"));

    laptop.with("PEER_TRUNK", "refs/tags/v1").run(clone, "run").refuses(2, "PEER_TRUNK");
    laptop.with("PEER_KEPT", "blank").run(clone, "run").refuses(2, "PEER_KEPT");
  }

  @Test
  void aTrunkThatCannotBePreparedFailsNoRunAndIsNotTriedEachTime() throws Exception {
    origin.git("checkout", "-q", "--orphan", "broken");
    origin.write("mkfile", "prepare-runtime:V:\n\tfalse\n").commit();
    Repository clone = clone("broken", "broken");
    clone.write("mkfile", "test:VQ:\n\techo mended\n").commit();
    Peer peer = team.peer("broken").with("PEER_TRUNK", "broken");

    Run first = peer.run(clone, "run", "--exit").hasExitCode(0);
    Run second = peer.run(clone, "run", "--exit", "--force").hasExitCode(0);

    assertThat(first.stdout()).isEqualTo("mended\n");
    assertThat(first.stderr()).contains("is not prepared: the stage prepare ended with 1");
    assertThat(second.stderr())
        .contains("is not prepared: that failed less than an hour ago")
        .doesNotContain("preparing ");

    Run trunkless =
        peer.with("PEER_TRUNK", "none").run(clone, "run", "--exit", "--force").hasExitCode(0);
    assertThat(trunkless.stderr())
        .contains("peer: starting from a blank disk: PEER_TRUNK is none, and this clone has no");
  }

  private Repository clone(String name, String branch) throws Exception {
    Repository clone = origin.cloneTo(clones.resolve(name));
    clone.git("checkout", "-q", branch);
    return clone;
  }

  private static String commit(Repository repository, String name) throws Exception {
    return repository.git("rev-parse", name).strip();
  }
}
