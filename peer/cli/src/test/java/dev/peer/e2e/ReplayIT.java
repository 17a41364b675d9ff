package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What one peer has run, others replay; what does not hold, they refuse. */
@Timeout(900)
class ReplayIT {

  private Sample sample;
  private Team team;

  @BeforeEach
  void startRendezvous() throws Exception {
    sample = Sample.get();
    team = sample.team();
    team.startRendezvous();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    team.close();
  }

  @Test
  void replaysByteForByteWithoutAMachine() throws Exception {
    sample.startHolder(team.peer("holder", Authority.Key.RSA));
    Path artifacts = team.root().resolve("artifacts");

    Run replay =
        team.peer("laptop")
            .withoutQemu()
            .run(sample.repository(), "replay", "--artifacts", artifacts.toString())
            .hasExitCode(0);

    assertThat(replay.stdoutBytes()).isEqualTo(sample.stdout());
    assertThat(replay.testStderr()).isEqualTo("complaint");
    assertThat(replay.stderr()).contains("CN=signer ran it").contains("got from CN=holder");
    assertThat(artifacts.resolve("deep/report.txt")).hasContent("report\n");
  }

  @Test
  void showsOfAProgressBarWhatATerminalWouldShowLast() {
    assertThat(sample.run().stderr())
        .contains("\npeer: prepare| wholly done\n")
        .doesNotContain("half done");
  }

  @Test
  void servesOnWhatItHasReplayed() throws Exception {
    Run holder = sample.startHolder(team.peer("holder").here());
    Run second = team.peer("second").withoutQemu().start(sample.repository(), "run");
    second.awaitLine("^peer: serving the result");
    holder.end();

    Run replay = team.peer("third").here().run(sample.repository(), "replay");

    replay.hasExitCode(0);
    assertThat(replay.stdoutBytes()).isEqualTo(sample.stdout());
    assertThat(replay.stderr()).contains("CN=signer ran it").contains("got from CN=second");
  }

  @Test
  void findsNothingAnyMoreOnceTheHolderHasLeft() throws Exception {
    Run holder = sample.startHolder(team.peer("holder"));
    Peer laptop = team.peer("laptop").here();

    holder.signal("TERM").await().hasExitCode(0);
    Run replay = laptop.run(sample.repository(), "replay");

    replay.refuses(3, "no reachable peer holds a result");
    assertThat(replay.stderr()).doesNotContain("CN=holder");
    assertThat(laptop.results()).isZero();
  }

  @Test
  void namesAHolderThatIsGoneWithoutLeave() throws Exception {
    Peer holder = team.peer("holder");

    sample.startHolder(holder).signal("KILL").await();
    Run replay = team.peer("laptop").here().run(sample.repository(), "replay");

    replay.refuses(3, "no reachable peer holds a result");
    assertThat(replay.stderr()).contains("peer: the holder CN=holder cannot be reached");
    removesWhatTheKilledOneLeft(holder);
  }

  @Test
  void takesTheNextHolderWhereOneIsGone() throws Exception {
    Peer gone = team.peer("gone");
    Run killed = sample.startHolder(gone);
    sample.startHolder(team.peer("holder").here());

    killed.signal("KILL").await();
    Run replay = team.peer("laptop").here().run(sample.repository(), "replay");

    replay.hasExitCode(0);
    assertThat(replay.stderr()).contains("got from CN=holder");
    removesWhatTheKilledOneLeft(gone);
  }

  /** Any command that opens the store does; the end of each test sees whether it did. */
  private void removesWhatTheKilledOneLeft(Peer peer) throws IOException, InterruptedException {
    peer.here().run(sample.repository(), "replay").hasExitCode(0);
  }

  @Test
  void refusesAChangedBundleAndThenRunsTheTests() throws Exception {
    Peer holder = team.peer("holder").here();
    sample.startHolder(holder);
    Path bundle = holder.onlyResult().resolve("bundle.tar.zst");
    byte[] whole = Files.readAllBytes(bundle);
    Files.write(bundle, changed(whole, whole.length / 2));
    Peer laptop = team.peer("laptop", Authority.Key.EC_P384);

    Run replay = laptop.here().run(sample.repository(), "replay");
    replay.refuses(5, "results were found, and none holds");
    assertThat(replay.stderr()).contains("peer: the result of CN=holder is refused");
    assertThat(laptop.results()).isZero();

    Run run = laptop.run(sample.repository(), "run", "--exit").hasExitCode(0);
    assertThat(run.stderr())
        .contains("peer: the result of CN=holder is refused")
        .contains("peer: stage: test")
        .contains("peer: passed in");
    assertThat(run.stdoutBytes()).isEqualTo(sample.stdout());

    Files.write(bundle, whole);
    team.peer("other").here().run(sample.repository(), "replay").hasExitCode(0);
  }

  /** A peer never serves what it has not verified, so the liar here is another server. */
  @Test
  void refusesAChangedAttestationOfALyingHolder() throws Exception {
    Peer honest = team.peer("honest");
    sample.copyTo(honest);
    Path result = honest.onlyResult();
    byte[] attestation = Files.readAllBytes(result.resolve("attestation.json"));
    String key = result.getParent().getFileName().toString();
    LyingHolder liar = LyingHolder.start(team, "liar");
    liar.announce(team, "example.org%2Fsample", key);
    Peer laptop = team.peer("laptop").here();

    liar.answer("v1/results/" + key, changed(attestation, attestation.length / 2));
    Run replay = laptop.run(sample.repository(), "replay");
    replay.refuses(5, "results were found, and none holds");
    assertThat(replay.stderr()).contains("peer: the result of CN=liar is refused");
    assertThat(laptop.results()).isZero();

    liar.answer("v1/results/" + key, attestation);
    byte[] bundle = Files.readAllBytes(result.resolve("bundle.tar.zst"));
    liar.answer("v1/blobs/sha256/" + sha256(result.resolve("bundle.tar.zst")), bundle);
    laptop.run(sample.repository(), "replay").hasExitCode(0);
  }

  @Test
  void dropsWhatWasChangedInItsOwnStore() throws Exception {
    Peer laptop = team.peer("laptop").here();
    sample.copyTo(laptop);
    Path attestation = laptop.onlyResult().resolve("attestation.json");
    byte[] bytes = Files.readAllBytes(attestation);
    Files.write(attestation, changed(bytes, bytes.length / 2));

    Run first = laptop.run(sample.repository(), "replay");
    Run second = laptop.run(sample.repository(), "replay");

    first.refuses(5, "results were found, and none holds");
    assertThat(first.stderr()).contains("peer: the result in the local store is refused");
    second.refuses(3, "no reachable peer");
  }

  @Test
  void refusesAResultOfOneWhoMayNotSign() throws Exception {
    sample.startHolder(team.peer("holder").here());
    Peer laptop = team.peer("laptop").here();

    Run replay = laptop.with("PEER_ALLOW_SIGN", "cn:other").run(sample.repository(), "replay");

    replay.refuses(5, "results were found, and none holds");
    assertThat(replay.stderr()).contains("CN=signer");
    laptop.with("PEER_ALLOW_SIGN", "cn:signer").run(sample.repository(), "replay").hasExitCode(0);
  }

  @Test
  void saysThatTheRendezvousIsDownAndRuns() throws Exception {
    Peer laptop = team.peer("laptop").with("PEER_RENDEZVOUS", "https://127.0.0.1:1");

    Run run = laptop.run(sample.repository(), "run", "--exit").hasExitCode(0);

    assertThat(run.stderr()).contains("127.0.0.1:1").contains("peer: stage: test");
    assertThat(run.stdoutBytes()).isEqualTo(sample.stdout());
    assertThat(laptop.results()).isOne();
  }

  @Test
  void replaysFromItsOwnStoreWhenNobodyElseIsThere() throws Exception {
    Peer laptop = team.peer("laptop").with("PEER_RENDEZVOUS", "https://127.0.0.1:1");
    sample.copyTo(laptop);

    Run replay = laptop.withoutQemu().run(sample.repository(), "replay").hasExitCode(0);
    Run run = laptop.withoutQemu().run(sample.repository(), "run", "--exit").hasExitCode(0);

    assertThat(replay.stdoutBytes()).isEqualTo(sample.stdout());
    assertThat(run.stdoutBytes()).isEqualTo(sample.stdout());
    assertThat(replay.stderr()).contains("was in the store").doesNotContain("127.0.0.1:1");
  }

  private static byte[] changed(byte[] bytes, int at) {
    byte[] changed = bytes.clone();
    changed[at] ^= 1;
    return changed;
  }

  private String sha256(Path file) throws IOException, InterruptedException {
    return team.tool("sha256sum", file.toString()).hasExitCode(0).stdout().split(" ")[0];
  }
}
