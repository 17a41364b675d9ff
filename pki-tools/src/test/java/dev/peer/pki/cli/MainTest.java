package dev.peer.pki.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.peer.core.pem.Pem;
import dev.peer.core.scratch.FileHold;
import dev.peer.core.trust.CertificateRole;
import dev.peer.core.trust.CertificateValidator;
import dev.peer.core.trust.Credentials;
import dev.peer.core.trust.Identity;
import dev.peer.core.trust.RevocationLists;
import dev.peer.core.trust.RevocationMode;
import dev.peer.core.trust.TrustAnchors;
import dev.peer.pki.issue.KeyType;
import dev.peer.pki.issue.PemText;
import dev.peer.pki.issue.SigningRequest;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
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
  void makesAServersCertificateThatCanSignNothing() throws Exception {
    run("init", "--dir", pki());
    assertThat(run("issue", "meet", "--dir", pki(), "--server")).isZero();

    assertThat(validate("meet", CertificateRole.SERVER).id().text()).isEqualTo("urn:peer:meet");
    for (CertificateRole role : List.of(CertificateRole.CLIENT, CertificateRole.SIGNER)) {
      assertThatThrownBy(() -> validate("meet", role)).hasMessageContaining("is not for");
    }
    assertThat(run("issue", "both", "--dir", pki(), "--server", "--tsa")).isEqualTo(2);
  }

  @Test
  void makesNoKeyOfAnotherTypeThanTheRequestHas() {
    assertThat(run("init", "--dir", pki())).isZero();

    assertThat(run("issue", "laptop", "--dir", pki(), "--csr", "x.pem", "--key-type", "p384"))
        .isEqualTo(2);
    assertThat(err.toString()).contains("the request has a key already");
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
  void anAddressIsOneOfTheNamesOfACertificate() throws Exception {
    run("init", "--dir", pki());
    run("issue", "db", "--dir", pki(), "--ip", "192.0.2.7", "--ip", "[2001:db8::7]", "--ip", "::1");

    X509Certificate db =
        Pem.certificates("db", Files.readString(Path.of(path("db.pem")))).getFirst();
    assertThat(db.getSubjectAlternativeNames())
        .filteredOn(name -> name.getFirst().equals(7))
        .extracting(name -> InetAddress.ofLiteral((String) name.getLast()))
        .containsExactly(
            InetAddress.ofLiteral("192.0.2.7"),
            InetAddress.ofLiteral("2001:db8::7"),
            InetAddress.ofLiteral("::1"));
    assertThat(err.toString()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"fe80::1%eth0", "[fe80::1%2]", "[192.0.2.7]", "db.example.org", "2001:db8", ""})
  void refusesAnAddressThatIsNone(String address) {
    run("init", "--dir", pki());

    assertThat(run("issue", "db", "--dir", pki(), "--ip", address)).isEqualTo(2);
    assertThat(err.toString())
        .contains("--ip: an address of IPv4, or of IPv6 without a zone, expected: ");
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
  void leavesNoKeyBesideACertificateOfAnother() throws Exception {
    run("init", "--dir", pki());
    run("issue", "alice", "--dir", pki());
    KeyPair pair = KeyType.P256.generate();
    String request = path("alice.csr");
    Files.writeString(Path.of(request), SigningRequest.pem("alice", pair));
    assertThat(run("issue", "alice", "--dir", pki(), "--csr", request)).isEqualTo(4);

    assertThat(run("issue", "alice", "--dir", pki(), "--csr", request, "--force")).isZero();
    assertThat(Path.of(path("alice-key.pem"))).doesNotExist();

    Files.writeString(Path.of(path("alice-key.pem")), PemText.privateKey(pair.getPrivate()));
    assertThat(run("issue", "alice", "--dir", pki(), "--csr", request, "--force")).isZero();
    assertThat(validate("alice")).as("with its own key, which stayed").isNotNull();
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

  @Test
  void revokesACertificateAndNoOther() throws Exception {
    run("init", "--dir", pki());
    run("issue", "alice", "--dir", pki());
    run("issue", "bob", "--dir", pki());
    out.getBuffer().setLength(0);

    assertThat(run("revoke", path("alice.pem"), "--dir", pki(), "--reason", "key-compromise"))
        .isZero();

    assertThat(out.toString()).isEqualTo(path("crl.pem") + "\n");
    assertThat(permissions("crl.pem")).isEqualTo("rw-r--r--");
    assertThatThrownBy(() -> validateByList("alice")).hasMessageContaining("was revoked at");
    assertThat(validateByList("bob").id().text()).isEqualTo("urn:peer:bob");
  }

  @Test
  void keepsWhatWasRevokedBeforeAndCountsUp() throws Exception {
    run("init", "--dir", pki());
    run("issue", "alice", "--dir", pki());
    run("issue", "bob", "--dir", pki());
    List<String> numbers = new ArrayList<>();

    assertThat(run("crl", "--dir", pki(), "--days", "1")).isZero();
    numbers.add(list().path("number").textValue());
    assertThat(list().path("revoked")).isEmpty();
    run("revoke", path("alice.pem"), "--dir", pki(), "--reason", "superseded");
    numbers.add(list().path("number").textValue());
    JsonNode alice = list().path("revoked").path(0);
    run("revoke", path("bob.pem"), "--dir", pki());
    numbers.add(list().path("number").textValue());
    run("revoke", path("alice.pem"), "--dir", pki(), "--reason", "key-compromise");
    numbers.add(list().path("number").textValue());
    run("crl", "--dir", pki());
    numbers.add(list().path("number").textValue());

    assertThat(alice.path("reason").textValue()).isEqualTo("superseded");
    assertThat(list().path("revoked")).hasSize(2).contains(alice);
    assertThat(numbers).extracting(BigInteger::new).isSorted().doesNotHaveDuplicates();
    assertThatThrownBy(() -> validateByList("alice")).hasMessageContaining("was revoked at");
    assertThatThrownBy(() -> validateByList("bob")).hasMessageContaining("was revoked at");
    try (Stream<Path> files = Files.list(Path.of(pki()))) {
      assertThat(files).hasSize(7);
    }
  }

  @Test
  void writesListsThatOpensslTakes() throws Exception {
    run("init", "--dir", pki());
    run("issue", "alice", "--dir", pki());
    run("issue", "bob", "--dir", pki());
    run("revoke", path("alice.pem"), "--dir", pki(), "--reason", "cessation-of-operation");

    assertThat(openssl("crl", "-in", "crl.pem", "-verify", "-CAfile", "ca.pem", "-noout", "-text"))
        .contains("verify OK", "X509v3 CRL Number", "Cessation Of Operation");
    assertThat(check("bob")).contains("bob.pem: OK");
    assertThat(check("alice")).contains("certificate revoked");
  }

  @Test
  void refusesToRevokeWhatTheAuthorityDidNotIssue() throws Exception {
    run("init", "--dir", pki());
    String other = directory.resolve("other").toString();
    run("init", "--dir", other);
    run("issue", "alice", "--dir", other);

    assertThat(run("revoke", other + "/alice.pem", "--dir", pki())).isEqualTo(2);
    assertThat(run("revoke", path("ca.pem"), "--dir", pki())).isEqualTo(2);
    assertThat(err.toString())
        .contains("alice.pem was not issued by the authority in " + pki())
        .contains("ca.pem was not issued by");
    assertThat(Path.of(path("crl.pem"))).doesNotExist();
  }

  @Test
  void leavesAListAloneThatIsNotItsOwn() throws Exception {
    run("init", "--dir", pki());
    run("issue", "alice", "--dir", pki());
    String other = directory.resolve("other").toString();
    run("init", "--dir", other);
    run("crl", "--dir", other);
    for (String text : List.of("", "nothing", Files.readString(Path.of(other, "crl.pem")))) {
      Files.writeString(Path.of(path("crl.pem")), text);

      assertThat(run("crl", "--dir", pki())).isEqualTo(2);
      assertThat(run("revoke", path("alice.pem"), "--dir", pki())).isEqualTo(2);
      assertThat(Path.of(path("crl.pem"))).hasContent(text);
    }
    assertThat(err.toString()).contains("crl.pem is not the one list of this authority");
  }

  @Test
  void writesNoListWhileAnotherProcessDoes() throws Exception {
    run("init", "--dir", pki());
    try (FileHold _ = FileHold.tryAlone(Path.of(path("ca-key.pem"))).orElseThrow()) {
      assertThat(run("crl", "--dir", pki())).isEqualTo(2);
    }

    assertThat(err.toString()).contains("another peer-pki writes the revocation list right now");
    assertThat(run("crl", "--dir", pki())).isZero();
  }

  @Test
  void showsWhatAListSays() throws Exception {
    run("init", "--dir", pki(), "--name", "Team CA");
    run("issue", "alice", "--dir", pki());
    run("revoke", path("alice.pem"), "--dir", pki(), "--reason", "KEY_COMPROMISE");
    Files.write(
        directory.resolve("crl.der"),
        Pem.revocationLists("crl", Files.readAllBytes(Path.of(path("crl.pem"))))
            .getFirst()
            .getEncoded());

    for (String file : List.of(path("crl.pem"), directory.resolve("crl.der").toString())) {
      out.getBuffer().setLength(0);
      assertThat(run("inspect", file)).isZero();
      assertThat(out.toString())
          .contains("issuer     CN=Team CA\n")
          .containsPattern("revoked    [0-9a-f]{32} at 20.*Z, key-compromise\n");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "mint",
        "revoke",
        "revoke x.pem --reason boredom",
        "crl --days 0",
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

  /** What {@code inspect} says of the list. */
  private JsonNode list() throws Exception {
    out.getBuffer().setLength(0);
    assertThat(run("inspect", "--json", path("crl.pem"))).isZero();
    return new ObjectMapper().readTree(out.toString());
  }

  private String check(String name) throws Exception {
    return openssl(
        "verify", "-crl_check", "-CAfile", "ca.pem", "-CRLfile", "crl.pem", name + ".pem");
  }

  /** What the command says, an independent judge; it works in the authority's directory. */
  private String openssl(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).directory(new File(pki())).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return said;
  }

  private Identity validate(String name) throws Exception {
    return validate(name, CertificateRole.SIGNER);
  }

  private Identity validate(String name, CertificateRole role) throws Exception {
    return validate(name, role, RevocationLists.none());
  }

  private Identity validateByList(String name) throws Exception {
    return validate(
        name,
        CertificateRole.SIGNER,
        RevocationLists.of(
            Pem.revocationLists("crl", Files.readAllBytes(Path.of(path("crl.pem")))),
            RevocationMode.REQUIRE));
  }

  private Identity validate(String name, CertificateRole role, RevocationLists lists)
      throws Exception {
    Credentials credentials =
        Credentials.of(
            Pem.certificates(name, Files.readString(Path.of(path(name + ".pem")))),
            Pem.privateKey(name, Files.readString(Path.of(path(name + "-key.pem")))));
    return new CertificateValidator(
            TrustAnchors.of(Pem.certificates("CA", Files.readString(Path.of(path("ca.pem"))))),
            lists)
        .validate(List.copyOf(credentials.chain()), role, Instant.now());
  }
}
