package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code peer init}, and a run of what it wrote. */
@Timeout(900)
class InitIT {

  private Team team;
  private Peer peer;
  private Repository repository;

  @BeforeEach
  void make() throws Exception {
    team = Team.create();
    peer = team.peer("peer");
    repository =
        Repository.init(team.root().resolve("project"))
            .write("Makefile", "test: hello\n\t./hello\n")
            .write(
                "hello.c",
                "#include <stdio.h>\nint main(void) { puts(\"compiled and run\"); return 0; }\n")
            .commit();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    team.awaitNoMachine();
    team.close();
  }

  @Tag("long")
  @Test
  void whatItWritesForAMakefileRunsAtOnce() throws Exception {
    Run init = peer.run(repository, "init").hasExitCode(0);
    repository.commit();
    Run run = peer.run(repository, "run", "--exit").hasExitCode(0);

    assertThat(init.stderr()).contains("peer: written for make: .env and mkfile in ");
    assertThat(run.stdout()).contains("compiled and run\n");
    assertThat(run.stderr()).contains("peer: passed in ").doesNotContain("pin it in .env");
  }

  @Test
  void overwritesNothingUnlessToldTo() throws Exception {
    repository.write("mkfile", "test:V:\n\ttrue\n");
    Path env = repository.directory().resolve(".env");

    peer.run(repository, "init").refuses(2, "mkfile is there already");
    assertThat(env).doesNotExist();
    assertThat(repository.directory().resolve("mkfile")).hasContent("test:V:\n\ttrue\n");

    peer.run(repository, "init", "--force").hasExitCode(0);
    assertThat(env).content().contains("PEER_IMAGE=" + Dist.imageDigest());
    assertThat(repository.directory().resolve("mkfile")).content().contains("\tmake test\n");
  }

  @Test
  void printsBothAndWritesNothing() throws Exception {
    Files.createDirectory(repository.directory().resolve("below"));
    Run run =
        peer.run(repository.directory().resolve("below"), "init", "--print", "--kind", "go")
            .hasExitCode(0);

    assertThat(run.stdout())
        .startsWith("# ---- .env\n")
        .contains("\n# ---- mkfile\n")
        .contains("\tGOPROXY=off go test ./...\n");
    assertThat(repository.directory()).isDirectoryNotContaining("glob:**/{mkfile,.env}");
  }

  @Test
  void refusesWhatItDoesNotKnow() throws Exception {
    Repository other = Repository.init(team.root().resolve("other")).write("README", "").commit();

    peer.run(other, "init").refuses(2, "no file at the repository's root tells");
    peer.run(other, "init", "--kind", "ant").refuses(2, "not a kind of project");
    peer.run(team.root(), "init").refuses(2, "not in a git repository");
  }
}
