package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code peer explain}, and what a replay says of the time it saved. No machine. */
@Timeout(900)
class ExplainIT {

  private static final String VALUE = "a value that nobody should see";

  private Team team;
  private Peer signer;
  private SignedResult result;

  @BeforeEach
  void signAResult() throws Exception {
    team = Team.create();
    signer = team.peer("signer");
    result = SignedResult.of(team, signer, "said\n", "");
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    assertThat(team.scratch()).isEmpty();
    team.close();
  }

  @Test
  void saysWhoseResultOfTheStoreARunWouldReplay() throws Exception {
    Run run = signer.without("PEER_CERT").without("PEER_KEY").run(result.repository(), "explain");

    run.hasExitCode(0);
    assertThat(run.stdout())
        .containsPattern("(?m)^run          [0-9a-f]{64}$")
        .contains("\ntree         " + result.repository().tree() + "\n")
        .contains("\nnetwork      none\n")
        .containsPattern("(?m)^result       hit, in the store: CN=signer ran it .* ago in 60.0 s$")
        .doesNotContain("nearest");
  }

  @Test
  void saysWhatTheNearestResultDiffersInAndNeverAValue() throws Exception {
    result
        .repository()
        .write("new", "")
        .write(".env", envFile(result.repository()) + "PEER_ENV=COUNTED\n")
        .commit();

    Run run = signer.with("COUNTED", VALUE).here().run(result.repository(), "explain", "lint");
    Run other =
        signer.with("COUNTED", "another value").here().run(result.repository(), "explain", "lint");

    run.hasExitCode(3);
    assertThat(run.stdout())
        .contains("result       miss, not in the store; PEER_RENDEZVOUS is not set")
        .containsPattern("(?m)^nearest      [0-9a-f]{12}, CN=signer ran it")
        .containsPattern(
            "(?m)^differs      tree: [0-9a-f]{40}, there [0-9a-f]{40}$\n"
                + "^ {13}changed .env; added new$\n"
                + "^differs      target: lint, there test$\n"
                + "^differs      variable COUNTED: hmac-sha256:[0-9a-f]{16}, there not counted$");
    assertThat(run.stdout() + run.stderr()).doesNotContain(VALUE);
    assertThat(line(other, "variable")).isNotEqualTo(line(run, "variable"));
  }

  @Test
  void asJson() throws Exception {
    JsonNode hit = json(signer.here().run(result.repository(), "explain", "--json").hasExitCode(0));
    JsonNode miss =
        json(signer.here().run(result.repository(), "explain", "lint", "--json").hasExitCode(3));

    assertThat(hit.get("outcome").textValue()).isEqualTo("hit");
    assertThat(hit.get("source").textValue()).isEqualTo("store");
    assertThat(hit.get("signer").textValue()).isEqualTo("CN=signer");
    assertThat(hit.get("runMilliseconds").longValue()).isEqualTo(60_000);
    assertThat(miss.get("outcome").textValue()).isEqualTo("miss");
    JsonNode differences = miss.get("nearest").get("differences");
    assertThat(differences).hasSize(1);
    assertThat(differences.get(0).get("name").textValue()).isEqualTo("target");
    assertThat(differences.get(0).get("here").textValue()).isEqualTo("lint");
    assertThat(differences.get(0).get("there").textValue()).isEqualTo("test");
  }

  @Test
  void goesByTheWorkTreeAndTheNameThatGitSays() throws Exception {
    Repository repository = result.repository();
    repository.write(".env", envFile(repository).replaceFirst("(?m)^PEER_REPO=.*\n", "")).commit();
    String older = repository.tree();
    repository.git("worktree", "add", "-q", "--detach", "../linked");
    repository.write("new", "").commit();
    Repository linked = new Repository(team.root().resolve("linked"));
    repository.git("config", "url.https://github.com/.insteadOf", "hub:");
    repository.git("remote", "add", "origin", "git@github.com:Team/X.git");

    String key = json(signer.here().run(repository, "explain", "--json").hasExitCode(3)).toString();
    String tree = signer.here().run(linked, "explain").stdout();
    repository.git("remote", "set-url", "origin", "hub:team/x");
    String other =
        json(signer.here().run(repository, "explain", "--json").hasExitCode(3)).toString();
    repository.git("remote", "set-url", "origin", "https://git.example.org/Team/X");
    Run doubtful = signer.here().run(repository, "explain").hasExitCode(3);

    assertThat(tree).contains("\ntree         " + older + "\n").contains("github.com/team/x");
    assertThat(key).contains("github.com/team/x").isEqualTo(other);
    assertThat(doubtful.stderr()).contains("other peers may know this repository by another name");
    signer
        .with("GIT_DIR", "/nowhere")
        .here()
        .run(linked, "explain")
        .refuses(2, "GIT_DIR is \"/nowhere\", but the directory's repository has ");
  }

  @Test
  void sawAHoldersResultAndTookNothing() throws Exception {
    team.startRendezvous();
    Peer laptop = team.peer("laptop");
    Run holder =
        signer.with("PEER_RENDEZVOUS", team.rendezvous()).here().start(result.repository(), "run");
    holder.awaitLine("^peer: serving the result");
    assertThat(holder.stderr())
        .contains(
            "peer: published: this peer is the only holder; any certificate of PEER_CA may fetch it"
                + " (PEER_ALLOW_FETCH admits anyone)\n");

    Run run = laptop.here().run(result.repository(), "explain").hasExitCode(0);

    assertThat(run.stdout()).contains("\nresult       hit, with CN=signer: CN=signer ran it ");
    assertThat(laptop.results()).isZero();
    Run stranger =
        laptop.with("PEER_ALLOW_SIGN", "cn:nobody").here().run(result.repository(), "explain");
    stranger.hasExitCode(5);
    assertThat(stranger.stdout())
        .contains("but          the result of CN=signer is refused")
        .contains("result       none that holds and counts");
    holder.end();
  }

  @Test
  void saysWhyAResultIsNotPublished() throws Exception {
    Run alone = signer.run(result.repository(), "run").hasExitCode(0);
    team.startRendezvous();
    Run leaving =
        signer
            .with("PEER_RENDEZVOUS", team.rendezvous())
            .run(result.repository(), "run", "--exit")
            .hasExitCode(0);

    assertThat(alone.stderr()).contains("peer: not published: PEER_RENDEZVOUS is not set\n");
    assertThat(leaving.stderr()).contains("peer: not published: this peer leaves at once");
  }

  @Test
  void aReplaySaysWhatTimeItSaved() throws Exception {
    Run run = signer.here().run(result.repository(), "replay", "--json").hasExitCode(0);

    JsonNode report = json(run);
    assertThat(report.get("savedMilliseconds").longValue())
        .isEqualTo(60_000 - report.get("milliseconds").longValue());
    assertThat(run.stderr())
        .containsPattern("(?m)^peer: passed, replayed: .*, was in the store, saved [0-9.]+ s$");
    JsonNode listed = json(signer.here().run(result.repository(), "ls", "--json")).at("/results/0");
    assertThat(listed.get("hits").intValue()).isEqualTo(1);
    assertThat(listed.get("sent").intValue()).isZero();
    assertThat(listed.get("savedMilliseconds").longValue())
        .isBetween(report.get("savedMilliseconds").longValue(), 60_000L);
    assertThat(signer.here().run(result.repository(), "show").hasExitCode(0).stdout())
        .containsPattern("(?m)^hits +1 here, saved [0-9.]+ s$");
  }

  @Test
  void aHitThatCannotBeNotedIsAHit() throws Exception {
    Files.createDirectory(signer.onlyResult().resolve("hits"));

    signer.here().run(result.repository(), "replay").hasExitCode(0);

    JsonNode listed = json(signer.here().run(result.repository(), "ls", "--json")).at("/results/0");
    assertThat(listed.get("hits").intValue()).isZero();
  }

  @Test
  void withoutAnyOtherResultItSaysSo() throws Exception {
    Run run = team.peer("laptop").here().run(result.repository(), "explain").hasExitCode(3);

    assertThat(run.stdout())
        .contains("nearest      the store has no other result of example.org/replayed");
  }

  @Test
  void refusesWhatIsNoTarget() throws Exception {
    signer.here().run(result.repository(), "explain", "no target").refuses(2, "not an mk target");
  }

  private static String envFile(Repository repository) throws Exception {
    return Files.readString(repository.directory().resolve(".env"));
  }

  private static String line(Run run, String label) {
    return run.stdout().lines().filter(line -> line.startsWith(label)).findFirst().orElseThrow();
  }

  private static JsonNode json(Run run) throws Exception {
    return new ObjectMapper().readTree(run.stdout());
  }
}
