package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Recipes run whole and get what was given, in a machine whose container has bash as its sh. */
@Timeout(900)
class RecipesIT {

  private static final String PARTY = "\uD83C\uDF89";
  private static final String HOUSE = "\uD842\uDFB7";

  private static final String MKFILE =
      """
      CONTAINERIMAGE=localhost/bash-is-sh
      NAMES=`{seq 20000}

      base-image:VQ: Containerfile
      \tpodman build --quiet --tag $CONTAINERIMAGE . >/dev/null

      test:VQ: names PARTY eaten

      names:VQ:
      \tset -- $NAMES
      \techo "$# names"

      PARTY:VQ: names
      \techo "$target $ARGUMENT $OF_THE_IMAGE HOUSE $TOKEN"

      eaten:VQ: PARTY
      \tcat
      \techo "${BASH_VERSION:+bash} must run this"
      \tfalse
      \techo nothing after it
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
  void aCommandThatReadsItsInputLeavesTheRestAndNothingIsCutOrChanged() throws Exception {
    Repository repository =
        team.repository("project", MKFILE.replace("PARTY", PARTY).replace("HOUSE", HOUSE));
    String env = Files.readString(repository.directory().resolve(".env"));
    repository
        .write(".env", env + "PEER_SECRETS=TOKEN\n")
        .write(
            "Containerfile",
            "FROM localhost/ci-base\nENV OF_THE_IMAGE=" + HOUSE + "\nRUN ln -sf bash /bin/sh\n")
        .commit();
    Peer laptop =
        team.peer("laptop")
            .with("LC_ALL", "")
            .with("LANG", "C")
            .with("TOKEN", "s3cret" + PARTY + HOUSE);

    Run run = laptop.run(repository, "run", "test", "ARGUMENT=" + PARTY + HOUSE);

    assertThat(run.hasExitCode(1).stdout())
        .isEqualTo(
            "20000 names\n%1$s %1$s%2$s %2$s %2$s ***\nbash must run this\n"
                .formatted(PARTY, HOUSE));
    assertThat(laptop.results()).isZero();
  }
}
