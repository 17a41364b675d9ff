package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Attacks on the files of the host, and what bad luck does to them, on the installed command. */
@Timeout(900)
class AttacksIT {

  /** {@code -Dattacks.rounds=50} tries the races longer. */
  private static final int ROUNDS = Integer.getInteger("attacks.rounds", 1);

  private static final int TOGETHER = 8;
  private static final String HOOK = "post-checkout";

  private Team team;

  @BeforeEach
  void createTeam() throws Exception {
    team = Team.create();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    team.close();
  }

  @Test
  void aRevisionThatLeadsItsArtifactsIntoGitsHooks() throws Exception {
    Peer installed = team.peer("laptop").withoutQemu();
    Peer laptop = installed.here();
    Repository repository = repository("hooked").write("real/kept", "kept\n");
    Files.createSymbolicLink(repository.directory().resolve("out"), Path.of(".git/hooks"));
    Files.createSymbolicLink(repository.directory().resolve("real/deep"), Path.of("../.git"));
    repository.commit();
    sign(
        laptop,
        repository,
        Map.of(HOOK, "#!/bin/sh\necho taken >taken\n", "deep/hooks/" + HOOK, "#!/bin/sh\n"));

    for (String place : List.of("out", "./out", "real", ".git/hooks", "real/deep/hooks")) {
      laptop
          .run(repository, "replay", "--artifacts", place)
          .hasExitCode(2)
          .awaitLine(
              "^peer: error: --artifacts: .*(link in a git work tree|is a link, and|git"
                  + " directory)");
      laptop
          .run(repository, "run", "--exit", "--artifacts", place)
          .hasExitCode(2)
          .awaitLine(
              "^peer: error: --artifacts: .*(link in a git work tree|is a link, and|git"
                  + " directory)");
      laptop.run(repository, "artifacts", "--to", place).hasExitCode(2);
      installed.run(repository, "export", "--to", place + "/deep/" + HOOK).hasExitCode(2);
    }

    repository.git("checkout", "-q", "-b", "other");
    assertThat(repository.directory().resolve("taken")).doesNotExist();
    assertThat(repository.directory().resolve(".git/hooks/" + HOOK)).doesNotExist();

    Path outside = Files.createDirectory(team.root().resolve("outside"));
    Path link = Files.createSymbolicLink(team.root().resolve("link"), outside);
    laptop.run(repository, "replay", "--artifacts", link.toString()).hasExitCode(0);
    assertThat(outside.resolve(HOOK)).isExecutable().content().contains("taken");
    laptop.run(repository, "artifacts", "--to", "made/deep").hasExitCode(0);
    assertThat(repository.directory().resolve("made/deep/" + HOOK)).isExecutable();
  }

  @Test
  void anotherUserWhoMadeTheDirectoryOfSocketsBefore() throws Exception {
    Path temporary = Files.createDirectory(team.root().resolve("temporary"));
    Path theirs = leftBehind(temporary.resolve("peer-" + System.getProperty("user.name")));
    Files.setPosixFilePermissions(theirs, PosixFilePermissions.fromString("rwxrwxrwx"));
    Peer laptop =
        team.peer("laptop")
            .without("XDG_RUNTIME_DIR")
            .with("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + temporary);

    Run started = laptop.run(team.root(), "daemon", "start").hasExitCode(0);
    try {
      started.awaitLine("^peer: the daemon runs: process (\\d+), log ");
      laptop.run(team.root(), "daemon", "status").hasExitCode(0);
    } finally {
      laptop.run(team.root(), "daemon", "stop").hasExitCode(0);
    }

    assertThat(theirs.resolve("made/file")).exists();
  }

  @Test
  void aLinkWhereADirectoryOfTheHomeWas() throws Exception {
    Peer laptop = team.peer("laptop").withoutQemu();
    Repository repository = repository("linked").commit();
    sign(laptop, repository, Map.of());
    Path elsewhere = leftBehind(team.root().resolve("elsewhere"));
    Path staging = laptop.store().resolve("staging");
    Files.delete(staging);
    Files.createSymbolicLink(staging, elsewhere);

    laptop.run(repository, "replay").refuses(4, "is a link");

    assertThat(elsewhere.resolve("made/file")).exists();
    Files.delete(staging);
    laptop.run(repository, "replay").hasExitCode(0);
  }

  /** As a process that was killed leaves it: what has no owner any more is removed. */
  private static Path leftBehind(Path directory) throws IOException {
    Files.createDirectories(directory.resolve("made"));
    Files.writeString(directory.resolve("made/file"), "text");
    Files.createFile(directory.resolve("made.lock"));
    return directory;
  }

  @Test
  void manyReplaysOfOneResultIntoOneEmptyHome() throws Exception {
    team.startRendezvous();
    Peer holder = team.peer("holder").withoutQemu();
    Repository repository = repository("shared").commit();
    sign(holder, repository, Map.of());
    holder.start(repository, "run").awaitLine("^peer: serving the result");

    for (int round = 0; round < ROUNDS; round++) {
      Peer laptop = team.peer("laptop-" + round).withoutQemu();
      List<Run> replays = new ArrayList<>();
      for (int i = 0; i < TOGETHER; i++) {
        replays.add(laptop.start(repository, "replay"));
      }
      for (Run replay : replays) {
        assertThat(replay.await().hasExitCode(0).stdout()).isEqualTo("said\n");
      }
      laptop.onlyResult();
    }
  }

  @Test
  void replaysOfTwoTreesOfARepositoryThatKeepsOneResult() throws Exception {
    team.startRendezvous();
    Peer holder = team.peer("holder").withoutQemu();
    Repository first = repository("first").commit();
    sign(holder, first, Map.of());
    Path directory = team.root().resolve("second");
    first.git("worktree", "add", "-q", "--detach", directory.toString());
    // Only git itself can read a linked work tree.
    Files.createSymbolicLink(
        Path.of(team.pathWithoutQemu()).resolve("git"), Path.of("/usr/bin/git"));
    Repository second = new Repository(directory).write("more", "more\n").commit();
    sign(holder, second, Map.of());
    for (Repository repository : List.of(first, second)) {
      holder.start(repository, "run").awaitLine("^peer: serving the result");
    }

    for (int round = 0; round < ROUNDS; round++) {
      Peer laptop = team.peer("laptop-" + round).withoutQemu().with("PEER_KEEP", 1);
      List<Run> commands = new ArrayList<>();
      for (int i = 0; i < TOGETHER / 2; i++) {
        commands.add(laptop.start(first, "replay"));
        commands.add(laptop.start(second, "replay"));
      }
      for (Run command : commands) {
        assertThat(command.await().hasExitCode(0).stdout()).isEqualTo("said\n");
      }
      assertThat(laptop.results()).isBetween(1L, 2L);
    }
  }

  @Test
  void aReplayWhoseRendezvousAndHolderStandStillForSeconds() throws Exception {
    Run rendezvous = team.startRendezvous(team.peer("rendezvous"));
    Peer holder = team.peer("holder").withoutQemu();
    Peer laptop = team.peer("laptop").withoutQemu();
    Repository repository = repository("stalled").commit();
    sign(holder, repository, Map.of());
    Run serving = holder.start(repository, "run");
    serving.awaitLine("^peer: serving the result");
    rendezvous.signal("STOP");
    serving.signal("STOP");

    Run replay = laptop.start(repository, "replay");
    Thread.sleep(6_000);
    rendezvous.signal("CONT");
    serving.signal("CONT");

    assertThat(replay.await().hasExitCode(0).stdout()).isEqualTo("said\n");
  }

  private Repository repository(String name) throws Exception {
    return SignedResult.repository(team, name);
  }

  private void sign(Peer signer, Repository repository, Map<String, String> artifacts)
      throws Exception {
    SignedResult.sign(team, signer, repository, SignedResult.output("said\n", ""), artifacts);
  }
}
