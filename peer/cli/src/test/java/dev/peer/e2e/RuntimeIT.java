package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What one peer prepared of the trunk, another one starts from. */
@Timeout(1800)
@Order(1) // One of the longest: begun last, it would end alone.
class RuntimeIT {

  /**
   * Prints what its disk holds from before, then leaves files in all places; its test prints what
   * is in the container image.
   */
  private static final String MKFILE =
      """
      CONTAINERIMAGE=localhost/stamped
      base-image:VQ:
      \tfind /run/peer/scratch -name 'planted*' | sed 's/^/from before: /'
      \tfind /run/peer/scratch/old.* -path '*/etc/machine-id' | sed 's/^/from before: /'
      \tif ! podman image exists $CONTAINERIMAGE; then
      \tcat >Containerfile <<'END'
      \tFROM localhost/ci-base
      \tRUN head -c 20000000 /dev/urandom >/large; echo its-own-id >/etc/machine-id
      \tEND
      \tpodman build --quiet --tag $CONTAINERIMAGE .
      \tfi
      prepare-runtime:VQ: base-image
      \techo x | tee /root/planted-in-home /tmp/planted-in-tmp planted-in-tree .git/planted-in-git >/dev/null
      /var/run/ci/cache/planted-in-cache:Q:
      \tcat /proc/sys/kernel/random/uuid >$target
      test:VQ:
      \tsha256sum /large; cat /etc/machine-id || true
      lint:VQ:
      \tsha256sum /large
      """;

  private Team team;
  private Repository clone;

  @BeforeEach
  void makeRepository() throws Exception {
    team = Team.create();
    team.startRendezvous();
    Repository origin = team.repository("project", MKFILE);
    clone = origin.cloneTo(team.root().resolve("clone"));
    clone.git("remote", "set-url", "origin", "https://example.org/team/project.git");
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    team.close();
  }

  @Test
  void startsFromWhatAnotherPeerPreparedUnlessItIsNotWhatThatPeerSigned() throws Exception {
    Peer laptop = team.peer("laptop");
    Run serving = laptop.start(clone, "run");
    Peer ci = team.peer("ci");
    Run taken = startsWhileThatIsPrepared(serving, ci);
    serving.awaitLine("^peer: other peers can take what was prepared: (\\d+) MiB$");
    Peer late = team.peer("late");
    assertThat(late.here().run(clone, "explain", "lint").hasExitCode(3).stdout())
        .containsPattern(
            "starts from  the runtime that CN=laptop prepared at "
                + commit()
                + " \\(\\d+ MiB\\): how long moving it takes is not known, and preparing takes \\d+"
                + " s");

    taken.await().hasExitCode(0);
    String large = serving.stdout().lines().findFirst().orElseThrow();
    assertThat(taken.stdout().lines()).contains(large);
    assertThat(serving.stdout()).contains("its-own-id");
    assertThat(taken.stdout()).doesNotContain("its-own-id");
    assertThat(taken.stderr())
        .contains("getting the runtime that CN=laptop prepared at " + commit())
        .contains("the runtime is here after")
        .containsPattern("\\bwait\\b")
        .doesNotContain("from before");
    assertThat(ci.here().run(clone, "explain", "lint").hasExitCode(3).stdout())
        .contains("starts from  a kept disk, trunk: prepared at " + commit());
    assertThat(ci.here().run(clone, "cache", "ls").hasExitCode(0).stdout())
        .contains("trunk: prepared at " + commit());
    assertThat(ci.here().run(clone, "explain").hasExitCode(0).stdout())
        .contains("trunk: prepared at " + commit())
        .contains(evidence(laptop));

    Run again = ci.run(clone, "run", "--exit", "--force").hasExitCode(0);
    assertThat(again.stdout()).isEqualTo(taken.stdout());
    assertThat(again.stderr())
        .as("what it would say of files that had come along")
        .contains("/planted-in-home", "/planted-in-tree", "/planted-in-git", "/planted-in-cache")
        .containsPattern("from before: .*/etc/machine-id");
    assertThat(ci.here().run(clone, "show").hasExitCode(0).stdout())
        .as("what a run on a disk states that was made from the one that was taken")
        .contains(evidence(laptop));
    ci.here().run(clone, "show", "--html", "result.html").hasExitCode(0);
    assertThat(Files.readString(clone.directory().resolve("result.html")))
        .contains("a prepared runtime that CN=laptop signed", contentOf(laptop));
    assertThat(laptop.here().run(clone, "show").hasExitCode(0).stdout())
        .contains("started from blank")
        .doesNotContain("CN=laptop: sha256");

    Run refusing =
        ci.with("PEER_ALLOW_PREPARE", "example.org/team/* => cn:ci")
            .run(clone, "run", "--exit", "--force")
            .hasExitCode(0);
    assertThat(refusing.stdout().lines()).doesNotContain(large);
    assertThat(refusing.stderr())
        .contains("was dropped: another peer prepared it, and CN=laptop")
        .contains(
            "a runtime of the holder CN=laptop is refused: CN=laptop may not prepare runtimes for"
                + " all targets of example.org/team/project");

    Path speed = late.home().resolve("vm/runtime-speed.json");
    Files.createDirectories(speed.getParent());
    Files.writeString(
        speed,
        "{\"at\":\"%s\",\"bytes\":10000000,\"milliseconds\":900000}".formatted(Instant.now()));
    assertThat(late.here().run(clone, "explain", "lint").hasExitCode(3).stdout())
        .containsPattern(
            "starts from  a blank disk, rather than from the runtime .*: moving it takes about"
                + " \\d+ s, as fast as the last came, and preparing takes \\d+ s");
    Files.delete(speed);

    change(runtimeOf(laptop));
    Run lied = late.run(clone, "run", "--exit", "--force").hasExitCode(0);
    assertThat(lied.stdout().lines()).doesNotContain(large);
    assertThat(lied.stderr())
        .contains("the runtime of CN=laptop is refused: its bytes are not those that were signed");
  }

  /** Starts a run that waits for what another peer is preparing. */
  private Run startsWhileThatIsPrepared(Run preparing, Peer peer) throws Exception {
    preparing.awaitLine("^peer: stage: prepare$");
    assertThat(team.peer("asking").here().run(clone, "explain", "lint").hasExitCode(3).stdout())
        .contains(
            "starts from  the runtime that CN=laptop says it is preparing, if it is there within"
                + " 600 s; else a blank disk");
    Run waiting = peer.start(clone, "run", "--exit", "--timings", "--force");
    waiting.awaitLine("^peer: waiting for the runtime that CN=laptop is preparing, for at most");
    Run interrupted = team.peer("impatient").start(clone, "run", "--exit", "lint");
    interrupted.awaitLine(
        "^peer: waiting for the runtime that CN=laptop is preparing, for at most");
    interrupted.signal("INT").await().hasExitCode(130);
    return waiting;
  }

  private String commit() throws Exception {
    return clone.git("rev-parse", "HEAD").strip();
  }

  private static String evidence(Peer maker) throws Exception {
    return "runtime      made by CN=laptop: " + contentOf(maker);
  }

  private static String contentOf(Peer maker) throws Exception {
    return "sha256:" + runtimeOf(maker).getFileName().toString().substring("runtime-".length());
  }

  private static Path runtimeOf(Peer peer) throws Exception {
    try (Stream<Path> files = Files.walk(peer.home().resolve("vm/disks"))) {
      List<Path> contents =
          files.filter(file -> file.getFileName().toString().startsWith("runtime-")).toList();
      assertThat(contents).hasSize(1);
      return contents.getFirst();
    }
  }

  private static void change(Path file) throws Exception {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
  }
}
