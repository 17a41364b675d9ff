package dev.peer.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.luben.zstd.ZstdInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a test gets and nobody else sees. */
@Timeout(900)
class SecretsIT {

  private static final String TOKEN = "s3cret & \"w0rd\"/";
  private static final String KEY = "first line of it\nsecond line of it\nlast";

  private static final String MKFILE =
      """
      test:VQ:
      \tprintf 'plain %s.\\n' "$TOKEN"
      \tprintf '%.7s' "$TOKEN"; sleep 1; printf '%s\\n' "${TOKEN#???????}"
      \tprintf 'user:%s' "$TOKEN" | base64
      \tprintf '%s' "$TOKEN$KEY" | sha256sum
      \tprintf '%s\\n' "$KEY" | sed 's/^/- /' >&2
      \tprintf '%s\\n' "$TOKEN" > leftover
      /var/run/ci/artifacts/report.txt:
      \techo "${TOKEN-none} ${KEY-none}" >$target
      post-test:VQ:
      \tcat leftover
      """;

  private static final String LEAKING =
      """
      test:VQ:
      \tprintf 'x%s' "$TOKEN" | base64 > leftover
      /var/run/ci/artifacts/deep/leak.txt:
      \tmkdir -p /var/run/ci/artifacts/deep && cp leftover $target
      """;

  private Team team;

  @BeforeEach
  void createTeam() throws Exception {
    team = Team.create();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    team.close();
  }

  private Repository repository(String name, String mkfile) throws Exception {
    Repository repository = team.repository(name, mkfile);
    String env = Files.readString(repository.directory().resolve(".env"));
    return repository.write(".env", env + "PEER_SECRETS=TOKEN,KEY\n").commit();
  }

  @Test
  void reachTheTestAndNobodyElse() throws Exception {
    team.startRendezvous();
    Repository repository = repository("project", MKFILE);
    Peer laptop = team.peer("laptop").with("TOKEN", TOKEN);
    laptop.shell(repository, "printf '" + KEY + "\\n' | peer secret set KEY").hasExitCode(0);

    Run run = laptop.start(repository, "run");
    run.awaitLine("^peer: serving the result");

    String expected = "plain ***.\n***\ndXNlcjp***\n" + sha256(TOKEN + KEY) + "  -\n";
    assertThat(run.stdout()).isEqualTo(expected);
    assertThat(run.testStderr()).isEqualTo("- ***\n- ***\n- last");
    assertThat(run.stderr())
        .contains("peer: secrets passed to the test: KEY, TOKEN\n")
        .contains("peer: post-test| ***\n");
    hasNone(run.stderr());

    Peer ci = team.peer("ci").withoutQemu();
    Path artifacts = team.root().resolve("artifacts");
    Run replay = ci.run(repository, "replay", "--artifacts", artifacts.toString()).hasExitCode(0);
    assertThat(replay.stdout()).isEqualTo(expected);
    assertThat(replay.testStderr()).isEqualTo("- ***\n- ***\n- last");
    assertThat(artifacts.resolve("report.txt")).hasContent("none none\n");
    ci.run(repository, "run", "--exit").hasExitCode(0);

    JsonNode attestation = new ObjectMapper().readTree(attestation(ci).toFile());
    byte[] payload = Base64.getDecoder().decode(attestation.get("payload").asText());
    List<String> names = new ArrayList<>();
    JsonNode statement = new ObjectMapper().readTree(payload);
    statement.findValue("secretNames").forEach(name -> names.add(name.asText()));
    assertThat(names).containsExactly("KEY", "TOKEN");
    hasNone(new String(payload, UTF_8));
    hasNone(bundle(ci));
  }

  private static Path attestation(Peer peer) throws IOException {
    return peer.onlyResult().resolve("attestation.json");
  }

  private static String bundle(Peer peer) throws IOException {
    try (InputStream file = Files.newInputStream(peer.onlyResult().resolve("bundle.tar.zst"));
        InputStream tar = new ZstdInputStream(file)) {
      return new String(tar.readAllBytes(), UTF_8);
    }
  }

  private static void hasNone(String text) {
    String base64 = Base64.getEncoder().encodeToString(("user:" + TOKEN).getBytes(UTF_8));
    assertThat(text)
        .doesNotContain(
            TOKEN,
            TOKEN.replace("\"", "\\\""),
            URLEncoder.encode(TOKEN, UTF_8),
            base64.substring(8),
            "first line of it",
            "second line of it");
  }

  private static String sha256(String text) throws Exception {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
    return HexFormat.of().formatHex(digest);
  }

  @Test
  void anArtifactThatHoldsOneIsNotPublished() throws Exception {
    Run rendezvous = team.startRendezvous();
    Repository repository = repository("leaking", LEAKING);
    Peer laptop = team.peer("laptop").with("TOKEN", TOKEN).with("KEY", KEY);

    Run run = laptop.run(repository, "run").hasExitCode(0);

    assertThat(run.stderr())
        .contains("peer: passed in")
        .contains(
            "peer: the result is neither kept nor announced:"
                + " the artifact \"deep/leak.txt\" holds the secret TOKEN\n")
        .doesNotContain("serving");
    hasNone(run.stderr());
    assertThat(laptop.results()).isZero();
    team.peer("ci").run(repository, "replay").refuses(3, "no reachable peer holds");
    assertThat(rendezvous.alive()).isTrue();
  }

  @Test
  void withoutAValueNothingBoots() throws Exception {
    Repository repository = repository("project", MKFILE);
    Peer laptop = team.peer("laptop");

    Run missing = laptop.with("KEY", KEY).run(repository, "run");
    Run tooShort = laptop.with("KEY", KEY).with("TOKEN", "s3cret").run(repository, "run");
    Run empty = laptop.with("KEY", KEY).with("TOKEN", "").run(repository, "run");

    missing.refuses(2, "PEER_SECRETS names TOKEN, without a value here");
    tooShort.refuses(2, "PEER_SECRETS names TOKEN, whose value in the environment is shorter than");
    empty.refuses(2, "PEER_SECRETS names TOKEN, whose value in the environment is empty");
    assertThat(missing.stderr() + tooShort.stderr() + empty.stderr())
        .doesNotContain("stage: boot", KEY, "s3cret");
  }

  @Test
  void whatIsKeptIsForOneRepository() throws Exception {
    Repository repository = repository("project", MKFILE);
    Peer laptop = team.peer("laptop").with("TOKEN", TOKEN);
    laptop.shell(repository, "printf '" + KEY + "' | peer secret set KEY").hasExitCode(0);
    laptop.shell(repository, "echo 'another value' | peer secret set OTHER").hasExitCode(0);

    Repository foreign =
        team.repository("foreign", MKFILE)
            .write(
                ".env",
                Files.readString(repository.directory().resolve(".env")) + "# not the same\n")
            .commit();
    assertThat(laptop.run(foreign, "secret", "ls").hasExitCode(0).stdout()).isEmpty();
    laptop.run(foreign, "run").refuses(2, "PEER_SECRETS names KEY, without a value here");

    Run listed = laptop.run(repository, "secret", "ls").hasExitCode(0);
    assertThat(listed.stdout()).matches("KEY  \\S+Z\nOTHER  \\S+Z\n");
    laptop.run(repository, "secret", "rm", "OTHER").hasExitCode(0);
    laptop.run(repository, "secret", "rm", "OTHER").refuses(2, "no secret OTHER is kept for root:");
    Run json = laptop.run(repository, "secret", "ls", "--json").hasExitCode(0);
    JsonNode answer = new ObjectMapper().readTree(json.stdout());
    assertThat(answer.get("repository").asText()).startsWith("root:");
    assertThat(answer.get("secrets")).hasSize(1);
    assertThat(answer.get("secrets").get(0).get("name").asText()).isEqualTo("KEY");
    hasNone(listed.stdout() + json.stdout());
  }

  @Test
  void aValueIsNeverAnArgumentNorShown() throws Exception {
    Repository repository = repository("project", MKFILE);
    Peer laptop = team.peer("laptop");

    for (String[] arguments :
        List.of(
            new String[] {"secret", "set", "TOKEN", "s3cretvalue"},
            new String[] {"secret", "set", "TOKEN", "--s3cretvalue"},
            new String[] {"secret", "set", "TOKEN=s3cretvalue"},
            new String[] {"secret", "set", "--s3cretvalue"})) {
      Run refused = laptop.run(repository, arguments).hasExitCode(2);
      assertThat(refused.stderr()).contains("peer: hint: ").doesNotContain("s3cretvalue");
    }
    laptop
        .shell(repository, "echo s3cret | peer secret set TOKEN")
        .refuses(2, "the value of TOKEN is shorter than 8 bytes");
    laptop.run(repository, "secret", "set", "PATH").refuses(2, "NAME is not one that a test");
    laptop.run(repository, "secret", "set", "PEER_KEY").refuses(2, "NAME is not one that a test");

    Run typed =
        laptop.shell(
            repository,
            """
            mkfifo keys
            script --quiet --flush --return --command 'peer secret set TOKEN' screen < keys &
            exec 3> keys
            until grep -q 'value of TOKEN' screen; do sleep 0.1; done
            echo s3cretvalue >&3
            wait $!
            """);
    typed.hasExitCode(0);
    assertThat(typed.stdout())
        .contains("value of TOKEN: ")
        .contains("peer: the secret TOKEN is kept for root:")
        .doesNotContain("s3cretvalue");
  }
}
