package dev.peer.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a preparation gets, and neither its images, its disk, its log nor the test hold. */
@Timeout(900)
@Order(1) // One of the longest: begun last, it would end alone.
class PreparationSecretsIT {

  private static final String TOKEN = "s3cret & \"w0rd\"/";
  private static final String KEY = "-----BEGIN-----\nfirst line of it\n-----END-----\n";

  private static final String CONTAINERFILE =
      """
      FROM localhost/ci-base
      RUN --mount=type=secret,id=TOKEN --mount=type=secret,id=KEY,target=/root/key \\
          cat /run/secrets/TOKEN && sha256sum </run/secrets/TOKEN >/proof && sha256sum </root/key >>/proof
      RUN test ! -s /run/secrets/TOKEN && test ! -s /root/key && ! env | grep SECRET
      """;

  private static final String MKFILE =
      """
      CONTAINERIMAGE=localhost/project
      base-image:VQ:
      \tpodman --log-level=error build --tag $CONTAINERIMAGE .
      prepare-runtime:VQ: base-image
      \tsh ./prepare
      test:VQ:
      \tcat /proof prepared
      \t! [ -s /run/secrets/TOKEN ] && ! [ -s /root/key ] && ! env | grep -E 'TOKEN|KEY' && echo nothing here
      /var/run/ci/artifacts/report.txt:Q:
      \tls -d /run/secrets /run/peer/preparation >$target 2>/dev/null || echo gone >>$target
      """;

  private static final String PREPARE =
      """
      cd /run/secrets
      echo "modes $(stat -L -c '%a %F' . TOKEN KEY | tr '\\n' ' ') on $(stat -f -c %T .)"
      cat TOKEN; echo; base64 KEY
      sha256sum <TOKEN >/work/prepared
      podman history --no-trunc localhost/project
      find /dev/shm -type f
      """;

  private static final String LEAKING =
      """
      prepare-runtime:VQ:
      \tcd /run/secrets
      \tcase $MODE in
      \tkept) printf 'x%s' "$(cat TOKEN)" | base64 >/var/run/ci/cache/npmrc ;;
      \tremoved) cp KEY /var/run/ci/cache/key; sync; rm /var/run/ci/cache/key; touch /var/run/ci/cache/other ;;
      \tesac
      test:VQ:
      \techo passed
      """;

  private Team team;
  private Repository repository;

  @BeforeEach
  void createTeam() throws Exception {
    team = Team.create();
    repository =
        team.repository("project", MKFILE)
            .write("Containerfile", CONTAINERFILE)
            .write("prepare", PREPARE);
    String env = Files.readString(repository.directory().resolve(".env"));
    repository.write(".env", env + "PEER_PREPARE_SECRETS=TOKEN,KEY\nPEER_ENV=MODE\n").commit();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    assertThat(team.machines()).isEmpty();
    team.close();
  }

  @Test
  void reachThePreparationAndNothingThatIsKept() throws Exception {
    Peer laptop = team.peer("laptop").with("TOKEN", TOKEN);
    laptop.run(repository, "run").refuses(2, "PEER_PREPARE_SECRETS names KEY, without a value");
    laptop.shell(repository, "echo '" + KEY + "' | peer secret set KEY").hasExitCode(0);

    Run first = laptop.run(repository, "run", "--artifacts", "out").hasExitCode(0);

    assertThat(first.stdout())
        .isEqualTo(
            sha256(TOKEN)
                + "  -\n"
                + sha256(KEY)
                + "  -\n"
                + sha256(TOKEN)
                + "  -\n"
                + "nothing here\n");
    assertThat(first.stderr())
        .contains("peer: secrets passed to the preparation: KEY, TOKEN\n")
        .contains("peer: prepare| ***\n")
        .contains(
            "peer: prepare| modes 700 directory 400 regular file 400 regular file  on tmpfs\n")
        .doesNotContain("not kept", "/dev/shm/");
    hasNone(first.stderr());
    assertThat(repository.directory().resolve("out/report.txt")).hasContent("gone");

    // From the disk that the first run left.
    Run again = laptop.run(repository, "run", "--force").hasExitCode(0);
    assertThat(again.stderr()).contains("Using cache").doesNotContain("not kept");
    assertThat(again.stdout()).isEqualTo(first.stdout());
    Run other = laptop.with("PEER_PREPARE_SECRETS", "TOKEN").here().run(repository, "replay");
    other.refuses(3, "no reachable peer");
    assertThat(laptop.here().run(repository, "explain").hasExitCode(0).stdout())
        .contains("credentials")
        .contains("KEY,TOKEN");
  }

  @Test
  void aDiskThatHoldsOneIsNotKept() throws Exception {
    Peer laptop = team.peer("laptop").with("TOKEN", TOKEN).with("KEY", KEY);
    repository.write("mkfile", LEAKING).commit();

    Run kept = laptop.with("MODE", "kept").run(repository, "run").hasExitCode(0);
    Run removed = laptop.with("MODE", "removed").run(repository, "run").hasExitCode(0);

    assertThat(kept.stderr())
        .contains(
            "peer: the prepared disk is not kept: /var/run/ci/cache/npmrc holds the secret"
                + " TOKEN\n");
    assertThat(removed.stderr())
        .contains("peer: the prepared disk is not kept: it holds the secret KEY in the bytes of");
    hasNone(kept.stderr() + removed.stderr());
    assertThat(laptop.here().run(repository, "cache", "ls").hasExitCode(0).stdout())
        .doesNotContain("project");
    laptop
        .run(repository, "run", "--freeze", "--force")
        .refuses(2, "--freeze does not go with PEER_PREPARE_SECRETS");
  }

  private static void hasNone(String text) {
    assertThat(text).doesNotContain("w0rd", "first line of it", "Zmlyc3QgbGluZSBvZiBp");
  }

  private static String sha256(String text) throws Exception {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
    return HexFormat.of().formatHex(digest);
  }
}
