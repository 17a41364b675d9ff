package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What is wrong is said, with a hint and the exit code of its kind, and nothing is left of it. What
 * is found out before anything starts is in {@code BadInputTest}, and in command scripts: {@code
 * malformed.txt}, {@code usage.txt}, {@code mkfile-missing.txt} and {@code no-repository.txt}.
 */
@Timeout(900)
@Order(1) // One of the longest: begun last, it would end alone.
class BadInputIT {

  private static final String PASSING = "test:VQ:\n\techo passed\n";

  private Team team;
  private Peer peer;

  @BeforeEach
  void makePeer() throws Exception {
    team = Team.create();
    peer = team.peer("laptop");
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    assertThat(team.scratch()).isEmpty();
    team.close();
  }

  // The mkfile: found out in the guest

  @Test
  void aMkfileThatMkCannotRead() throws Exception {
    Run run = peer.run(team.repository("repository", PASSING + "what is this\n"), "run");

    run.refuses(2, "mk cannot read the mkfile");
    assertThat(run.stderr()).contains("mkfile:3: syntax error");
  }

  @Test
  void noSuchTargetIsSaidInMksOwnWords() throws Exception {
    Run run = peer.run(team.repository("repository", PASSING), "run", "lint");

    run.refuses(2, "the mkfile has no rule for lint");
    assertThat(run.stderr()).contains("mk: don't know how to make 'lint'");
    assertThat(peer.results()).isZero();
  }

  @Test
  void anArgumentThatTheLocaleCannotRead() throws Exception {
    Repository repository = team.repository("repository", PASSING);

    peer.with("LC_ALL", "C")
        .run(repository, "run", "test", "NAME=caf\u00e9")
        .refuses(2, "not text in UTF-8.*NAME=caf.*\\R.*LC_ALL=C.UTF-8");
  }

  @Test
  void aContainerImageThatIsNotThere() throws Exception {
    Repository repository =
        team.repository("repository", "CONTAINERIMAGE=localhost/nowhere\n" + PASSING);

    peer.run(repository, "run").refuses(2, "localhost/nowhere");
  }

  // The tests

  @Test
  void testsThatFailAreNeitherKeptNorReplayed() throws Exception {
    Repository repository =
        team.repository("repository", "test:VQ:\n\techo before; echo wrong >&2; exit 7\n");

    Run run = peer.run(repository, "run").hasExitCode(1);

    assertThat(run.stdout()).isEqualTo("before\n");
    assertThat(run.testStderr()).startsWith("wrong");
    assertThat(run.stderr()).contains("peer: failed: the stage test");
    peer.run(repository, "replay").refuses(3, "no reachable peer");
    assertThat(peer.run(repository, "replay", "--json").hasExitCode(3).stdout())
        .startsWith("{\"outcome\":\"no-result\",\"exitCode\":3,\"message\":\"no reachable peer")
        .contains("\"target\":\"test\"");
  }

  @Test
  void testsThatTakeTooLong() throws Exception {
    Repository repository = team.repository("repository", "test:VQ:\n\techo begun; sleep 1000\n");

    Run run = peer.with("PEER_TIMEOUT", "5m,test=30s").run(repository, "run", "--json");

    run.hasExitCode(124);
    assertThat(run.stderr())
        .contains("\nbegun\n")
        .contains("peer: the stage test printed last:\npeer: | begun\n")
        .contains("peer: error: the time limit of 30 s for the stage test was over")
        .contains("peer: hint:");
    assertThat(run.stdout())
        .matches("\\{\"outcome\":\"timed-out\",\"exitCode\":124,.*\\}\n")
        .contains("\"stage\":\"test\"", "{\"name\":\"prepare\",\"milliseconds\":");
    assertThat(team.machines()).isEmpty();
  }

  // Whoever reads the output

  @Test
  void aReaderThatGoesAwayDoesNotEndTheRun() throws Exception {
    Repository repository = team.repository("repository", "test:VQ:\n\tseq 1 200000\n");

    Run run = peer.shell(repository, "{ peer run --exit; echo \"exit code $?\" >&2; } | head -n 1");

    assertThat(run.stdout()).isEqualTo("1\n");
    assertThat(run.stderr()).contains("exit code 0");
    Run replay = peer.run(repository, "replay").hasExitCode(0);
    assertThat(replay.stdout().lines()).hasSize(200_000).last().isEqualTo("200000");
  }

  @Test
  void aClosedStdoutDoesNotEndAReplay() throws Exception {
    Sample sample = Sample.get();
    Team others = sample.team();
    Peer holder = others.peer("holder");
    sample.copyTo(holder);
    byte[] before = Files.readAllBytes(holder.onlyResult().resolve("bundle.tar.zst"));

    Run run = holder.shell(sample.repository(), "peer run --exit >&-");

    run.hasExitCode(0);
    assertThat(run.testStderr()).isEqualTo("complaint");
    assertThat(holder.onlyResult().resolve("bundle.tar.zst")).hasBinaryContent(before);
    others.close();
  }

  // The guest image and QEMU

  @Test
  void aGuestImageThatIsNotHereIsNeededToRunAndNotToReplay() throws Exception {
    Repository repository = team.repository("repository", PASSING);
    Peer without = peer.with("PEER_IMAGE", "sha256:" + "0".repeat(64));

    without.run(repository, "run").refuses(4, "sha256:0{64} is not on this machine");
    without.run(repository, "replay").refuses(3, "no reachable peer");
  }

  @Test
  void aGuestImageWithAChangedByte() throws Exception {
    Path image = Files.createDirectory(own("images").resolve(Dist.image().getFileName()));
    for (String file : new String[] {"kernel", "root.erofs"}) {
      Files.createSymbolicLink(image.resolve(file), Dist.image().resolve(file));
    }
    Files.copy(Dist.image().resolve("manifest.json"), image.resolve("manifest.json"));
    byte[] initramfs = Files.readAllBytes(Dist.image().resolve("initramfs"));
    initramfs[initramfs.length / 2] ^= 1;
    Files.write(image.resolve("initramfs"), initramfs);

    Run run = peer.run(team.repository("repository", PASSING), "run");

    run.refuses(4, "is damaged: its file initramfs is not the one it names");
  }

  @Test
  void noQemu() throws Exception {
    Run run = peer.withoutQemu().run(team.repository("repository", PASSING), "run");

    run.refuses(4, "qemu-system-x86_64 is not in PATH");
    assertThat(run.stderr()).contains("apt-get install qemu-system-x86");
  }

  // The disk

  @Test
  void aHomeThatMayNotBeWritten() throws Exception {
    Repository repository = team.repository("repository", PASSING);

    onTmpfs(
        "ro", home -> peer.with("PEER_HOME", home).run(repository, "run").refuses(4, "ead-only"));
  }

  @Test
  void aDiskWithoutRoomForAnything() throws Exception {
    Repository repository = team.repository("repository", PASSING);

    onTmpfs(
        "nr_inodes=2",
        home -> peer.with("PEER_HOME", home).run(repository, "run").refuses(4, "No space left"));
  }

  @Test
  void aDiskThatIsFullWhileTheTestsRun() throws Exception {
    Repository repository =
        team.repository("repository", "test:VQ:\n\thead -c 300000000 /dev/zero >big && sync big\n");

    onTmpfs(
        "size=100m",
        home -> {
          Files.createSymbolicLink(home.resolve("images"), Dist.images());
          Team.linkTemplates(home);
          Run run = peer.with("PEER_HOME", home).run(repository, "run");
          run.hasExitCode(4);
          assertThat(run.stderr()).contains("peer: error: the disk of this host is full");
          assertThat(home.resolve("vm/runs")).isEmptyDirectory();
          assertThat(home.resolve("store/staging")).isEmptyDirectory();
        });
  }

  private interface OnDirectory {

    void act(Path directory) throws Exception;
  }

  /** Mounts a small file system for a while, which only root can. */
  private void onTmpfs(String options, OnDirectory action) throws Exception {
    assumeThat(System.getProperty("user.name")).as("mounting a file system").isEqualTo("root");
    Path directory = Files.createDirectory(team.root().resolve("tmpfs"));
    Run mount = team.tool("mount", "-t", "tmpfs", "-o", options, "none", directory.toString());
    assumeThat(mount.exitCode()).as("mounting a file system: " + mount.stderr()).isZero();
    try {
      action.act(directory);
    } finally {
      team.tool("umount", directory.toString()).hasExitCode(0);
    }
  }

  /** A directory of the peer's home that was a link to what is shared. */
  private Path own(String name) throws IOException {
    Files.delete(peer.home().resolve(name));
    return Files.createDirectory(peer.home().resolve(name));
  }
}
