package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Layers that the images of several repositories begin with are built once. */
@Timeout(1800)
@Order(1) // One of the longest: begun last, it would end alone.
class CommonLayersIT {

  private static final String STAMP =
      "RUN : \u00fcber; cat /proc/sys/kernel/random/uuid \\\n    >/stamp\n";

  /** As {@code peer init} writes it. */
  private static final String INLINE =
      """
      CONTAINERIMAGE=localhost/project
      base-image:V:
      \tpodman build --tag $CONTAINERIMAGE --file - . <<-'END'
      \tFROM localhost/ci-base
      \t# What is in it.
      \tRUN : \u00fcber; cat /proc/sys/kernel/random/uuid \\
      \t    >/stamp
      \tRUN echo more
      \tCOPY mkfile /more
      \tEND
      test:VQ:
      \tcat /stamp
      """;

  private static final String OF_FILE =
      """
      CONTAINERIMAGE=localhost/another
      base-image:V: Containerfile
      \tpodman build -t $CONTAINERIMAGE .
      test:VQ:
      \tcat /stamp
      """;

  /** It changes the layers that its own run has, and those it would have others have. */
  private static final String ATTACK =
      """
      prepare-runtime:VQ: plant
      plant:VQ: base-image
      \tfor layer in /var/lib/containers/storage/overlay/*/diff; do echo planted >$layer/stamp; done
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
  void theSecondRepositoryStartsFromTheLayersOfTheFirst() throws Exception {
    team.startRendezvous();
    Peer laptop = team.peer("laptop");
    Repository attacker =
        team.repository("attacker", INLINE.replace("RUN echo more\n", "") + ATTACK);
    Repository second =
        team.repository("second", OF_FILE)
            .write("Containerfile", "FROM localhost/ci-base\n" + STAMP + "WORKDIR /src\n")
            .commit();

    Run first = laptop.start(attacker, "run", "--linger", "5m");
    first.awaitLine("^peer: other peers can take its common layers");
    assertThat(first.stdout()).isEqualTo("planted\n");
    assertThat(first.stderr()).containsOnlyOnce("peer: building first what any repository can use");

    assertThat(laptop.here().run(second, "explain").hasExitCode(3).stdout())
        .containsPattern("starts from  layers sha256:[0-9a-f]{64}, which are here");
    Run shared = laptop.run(second, "run", "--exit").hasExitCode(0);
    assertThat(shared.stdout()).matches("[0-9a-f-]{36}\n");
    assertThat(shared.stderr()).doesNotContain("building first");
    assertThat(laptop.here().run(second, "show").hasExitCode(0).stdout())
        .containsPattern("started from layers\nlayers       sha256:[0-9a-f]{64}\n");

    Run again = laptop.run(second, "run", "--exit", "--force").hasExitCode(0);
    assertThat(again.stdout()).isEqualTo(shared.stdout());
    assertThat(laptop.here().run(second, "show").hasExitCode(0).stdout())
        .containsPattern("started from trunk: prepared at [0-9a-f]{40}\nlayers       sha256:");
    assertThat(laptop.run(second, "run", "--exit", "--fresh").hasExitCode(0).stdout())
        .as("a run that was told to start from nothing")
        .isNotEqualTo(shared.stdout());

    Peer ci = team.peer("ci");
    assertThat(ci.here().run(second, "cache", "ls").stdout()).isEmpty();
    Run taken = ci.run(second, "run", "--exit", "--force").hasExitCode(0);
    assertThat(taken.stderr()).contains("getting the layers that CN=laptop built (");
    assertThat(taken.stdout()).isEqualTo(shared.stdout());
    assertThat(ci.here().run(second, "explain").hasExitCode(0).stdout())
        .containsPattern("runtime      made by CN=laptop: sha256:");
    assertThat(ci.run(second, "run", "--exit", "--force").hasExitCode(0).stdout())
        .as("a run from what was prepared with them")
        .isEqualTo(shared.stdout());

    Run strict =
        team.peer("strict")
            .with("PEER_ALLOW_PREPARE", "cn:strict")
            .run(second, "run", "--exit", "--force")
            .hasExitCode(0);
    assertThat(strict.stdout()).isNotEqualTo(shared.stdout());
    assertThat(strict.stderr())
        .contains("CN=laptop may not prepare runtimes for all targets of layers:");
  }

  @Test
  void aMachineThatLacksWhatTheMkfileMakesBeforeFailsNoRunAndIsTriedOnceAnHour() throws Exception {
    String mkfile =
        """
        CONTAINERIMAGE=localhost/project
        base-image:V: certificates
        \tpodman build --tag $CONTAINERIMAGE --file - . <<-'END'
        \tFROM localhost/ci-base
        \tRUN cat /certificates
        \tEND
        certificates:V:
        \tmkdir /tmp/base
        \tprintf 'FROM localhost/ci-base\\nRUN echo ours >/certificates\\n' >/tmp/base/Containerfile
        \tpodman build --tag localhost/ci-base /tmp/base
        test:VQ:
        \tcat /certificates
        """;
    team.startRendezvous();
    Peer laptop = team.peer("laptop");

    Run run = laptop.run(team.repository("one", mkfile), "run", "--exit").hasExitCode(0);
    assertThat(run.stdout()).isEqualTo("ours\n");
    assertThat(run.stderr())
        .contains("building first what any repository can use")
        .contains("are not built ahead: the stage prepare ended with 1");

    Repository another = team.repository("another", mkfile);
    assertThat(laptop.here().run(another, "explain").hasExitCode(3).stdout())
        .contains("else a blank disk: building them failed within an hour");
    Run next = laptop.start(another, "run");
    next.awaitLine("^peer: stage: prepare$");
    next.signal("INT").await().hasExitCode(130);
    assertThat(next.stderr()).doesNotContain("building first");
  }
}
