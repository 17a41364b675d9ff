package dev.peer.pki.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.peer.core.trust.CertificateRole;
import dev.peer.core.trust.CertificateValidator;
import dev.peer.core.trust.Credentials;
import dev.peer.core.trust.Identity;
import dev.peer.core.trust.Pem;
import dev.peer.core.trust.RevocationLists;
import dev.peer.core.trust.TrustAnchors;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {

  @TempDir private Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void makesAnAuthorityAndAPeerThatItVouchesFor() throws Exception {
    assertThat(run("init", "--dir", pki())).isZero();
    assertThat(run("issue", "alice", "--dir", pki())).isZero();

    Identity alice = validate("alice");
    assertThat(alice.id().text()).isEqualTo("urn:peer:alice");
    assertThat(alice.commonNames()).containsExactly("alice");
    assertThat(err.toString()).isEmpty();
    assertThat(out.toString().lines())
        .containsExactly(
            path("ca.pem"), path("ca-key.pem"), path("alice.pem"), path("alice-key.pem"));
  }

  @Test
  void makesATimeStampingAuthorityThatIsNothingElse() throws Exception {
    run("init", "--dir", pki());
    assertThat(run("issue", "tsa", "--dir", pki(), "--tsa")).isZero();

    assertThat(validate("tsa", CertificateRole.TIMESTAMPER).id().text()).isEqualTo("urn:peer:tsa");
    assertThatThrownBy(() -> validate("tsa", CertificateRole.CLIENT))
        .hasMessageContaining("is not for clients");
    run("issue", "alice", "--dir", pki());
    assertThatThrownBy(() -> validate("alice", CertificateRole.TIMESTAMPER))
        .hasMessageContaining("is not for timestamps");
  }

  @Test
  void givesThePeerTheNamesThatWereAskedFor() throws Exception {
    run("init", "--dir", pki(), "--name", "Team CA", "--days", "30");
    run(
        "issue",
        "runner",
        "--dir",
        pki(),
        "--uri",
        "spiffe://example.org/ci",
        "--uri",
        "urn:x:y",
        "--dns",
        "runner.example.org",
        "--dns",
        "r2.example.org",
        "--ou",
        "ci",
        "--days",
        "7");

    Identity runner = validate("runner");
    assertThat(runner.uris()).containsExactly("spiffe://example.org/ci", "urn:x:y");
    assertThat(runner.dnsNames()).containsExactly("runner.example.org", "r2.example.org");
    assertThat(runner.organizationalUnits()).containsExactly("ci");
    assertThat(runner.issuer()).isEqualTo("CN=Team CA");
    assertThat(err.toString()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"p256, EC P-256", "p384, EC P-384", "ed25519, Ed25519", "rsa3072, RSA 3072"})
  void makesEveryKindOfKey(String type, String name) throws Exception {
    run("init", "--dir", pki());

    assertThat(run("issue", "alice", "--dir", pki(), "--key-type", type)).isZero();
    assertThat(validate("alice")).isNotNull();
    run("inspect", path("alice.pem"));
    assertThat(out.toString()).contains("key        " + name);
  }

  @Test
  void letsOnlyTheOwnerReadKeys() throws Exception {
    run("init", "--dir", pki());
    run("issue", "alice", "--dir", pki());

    assertThat(permissions("ca-key.pem")).isEqualTo("rw-------");
    assertThat(permissions("alice-key.pem")).isEqualTo("rw-------");
    assertThat(permissions("ca.pem")).isEqualTo("rw-r--r--");
    try (Stream<Path> files = Files.list(Path.of(pki()))) {
      assertThat(files).hasSize(4);
    }
  }

  @Test
  void issuesNothingWithAKeyThatOthersMayRead() throws Exception {
    run("init", "--dir", pki());
    Files.setPosixFilePermissions(
        Path.of(path("ca-key.pem")), PosixFilePermissions.fromString("rw-r-----"));

    assertThat(run("issue", "alice", "--dir", pki())).isEqualTo(2);
    assertThat(err.toString()).contains("is open to others", "hint: run chmod 600 ");
    assertThat(Path.of(path("alice-key.pem"))).doesNotExist();
  }

  @Test
  void overwritesNothingUnlessToldSo() throws Exception {
    run("init", "--dir", pki());
    run("issue", "alice", "--dir", pki());
    byte[] key = Files.readAllBytes(Path.of(path("alice-key.pem")));

    assertThat(run("init", "--dir", pki())).isEqualTo(4);
    assertThat(run("issue", "alice", "--dir", pki())).isEqualTo(4);
    assertThat(err.toString())
        .contains("peer-pki: error: " + path("ca-key.pem") + " is there already")
        .contains("hint: --force overwrites it");
    assertThat(Files.readAllBytes(Path.of(path("alice-key.pem")))).isEqualTo(key);

    assertThat(run("issue", "alice", "--dir", pki(), "--force")).isZero();
    assertThat(Files.readAllBytes(Path.of(path("alice-key.pem")))).isNotEqualTo(key);
    assertThat(permissions("alice-key.pem")).isEqualTo("rw-------");
    assertThat(validate("alice")).isNotNull();
  }

  @Test
  void writesElsewhereWhenAsked() throws Exception {
    run("init", "--dir", pki());

    assertThat(run("issue", "alice", "--dir", pki(), "--out", pki() + "/peers/alice")).isZero();
    assertThat(Path.of(pki(), "peers", "alice", "alice.pem")).exists();
  }

  @Test
  void showsWhatACertificateSays() {
    run("init", "--dir", pki(), "--name", "Team, CA");
    run("issue", "alice", "--dir", pki(), "--ou", "ci");

    assertThat(run("inspect", path("alice.pem"))).isZero();
    assertThat(out.toString())
        .contains("peer       urn:peer:alice\n")
        .contains("issuer     CN=Team\\, CA\n")
        .contains("purpose    clientAuth, serverAuth\n")
        .contains("rule term  uri:urn:peer:alice\n")
        .contains("rule term  ou:ci\n")
        .contains("rule term  issuer:CN=Team\\\\\\, CA\n");
  }

  @Test
  void showsItAsJson() throws Exception {
    run("init", "--dir", pki());
    run("issue", "alice", "--dir", pki());
    out.getBuffer().setLength(0);

    assertThat(run("inspect", "--json", path("alice.pem"))).isZero();
    JsonNode json = new ObjectMapper().readTree(out.toString());
    assertThat(json.path("peer").textValue()).isEqualTo("urn:peer:alice");
    assertThat(json.path("authority").booleanValue()).isFalse();
    assertThat(json.path("key").textValue()).isEqualTo("EC P-256");
    assertThat(json.path("digest").textValue()).matches("sha256:[0-9a-f]{64}");
  }

  @Test
  void showsAnAuthorityAsOne() {
    run("init", "--dir", pki());

    assertThat(run("inspect", path("ca.pem"))).isZero();
    assertThat(out.toString()).contains("authority  yes").contains("keyCertSign, cRLSign");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "mint",
        "init --days 0",
        "init --days x",
        "init --name \u001b",
        "issue",
        "issue ../alice",
        "issue alice --key-type dsa",
        "issue alice --ou "
      })
  void answersWrongUsageWithTwoAndAHint(String line) {
    assertThat(run(line.isEmpty() ? new String[0] : line.split(" ", -1))).isEqualTo(2);
    assertThat(err.toString()).startsWith("peer-pki: error: ").contains("\nhint: see peer-pki");
  }

  @Test
  void answersUnfitFilesWithTwoAndAHint() throws Exception {
    Files.writeString(directory.resolve("x.pem"), "nothing");

    assertThat(run("inspect", directory.resolve("x.pem").toString())).isEqualTo(2);
    assertThat(run("issue", "alice", "--dir", pki())).isEqualTo(2);
    assertThat(err.toString())
        .contains("no certificate in it")
        .contains("hint: make one with: peer-pki init");
  }

  @Test
  void refusesNamesThatNoPeerCanHaveAndDaysBeyondTheAuthoritys() {
    run("init", "--dir", pki(), "--days", "30");

    assertThat(run("issue", "alice", "--dir", pki(), "--uri", "no scheme")).isEqualTo(2);
    assertThat(run("issue", "alice", "--dir", pki(), "--days", "31")).isEqualTo(2);
    assertThat(err.toString()).contains("longer than the authority's");
    assertThat(Path.of(path("alice-key.pem"))).doesNotExist();
  }

  @Test
  void answersAMissingFileWithFour() {
    assertThat(run("inspect", directory.resolve("missing.pem").toString())).isEqualTo(4);
    assertThat(err.toString()).contains("missing.pem: no such file or directory");
  }

  private int run(String... arguments) {
    return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
  }

  private String pki() {
    return directory.resolve("pki").toString();
  }

  private String path(String file) {
    return Path.of(pki(), file).toString();
  }

  private String permissions(String file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(Path.of(path(file))));
  }

  private Identity validate(String name) throws Exception {
    return validate(name, CertificateRole.SIGNER);
  }

  private Identity validate(String name, CertificateRole role) throws Exception {
    Credentials credentials =
        Credentials.of(
            Pem.certificates(name, Files.readString(Path.of(path(name + ".pem")))),
            Pem.privateKey(name, Files.readString(Path.of(path(name + "-key.pem")))));
    return new CertificateValidator(
            TrustAnchors.of(Pem.certificates("CA", Files.readString(Path.of(path("ca.pem"))))),
            RevocationLists.none())
        .validate(List.copyOf(credentials.chain()), role, Instant.now());
  }
}
