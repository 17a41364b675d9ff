package dev.peer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.peer.core.access.AccessRule;
import dev.peer.core.pem.Pem;
import dev.peer.core.sign.RecordVerifier;
import dev.peer.core.sign.SignedRuns;
import dev.peer.core.store.Store;
import dev.peer.core.store.StoredRecord;
import dev.peer.core.trust.CertificateValidator;
import dev.peer.core.trust.Credentials;
import dev.peer.core.trust.RevocationLists;
import dev.peer.core.trust.TrustAnchors;
import dev.peer.e2e.PeerPki;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An authority of {@code peer-pki}, a result that one of its peers signed, and what {@code peer
 * verify} and {@code peer explain-cert} say of both. The result is made by the library.
 */
class EvidenceTest {

  @TempDir private Path root;
  private Path pki;
  private PeerHere auditor;
  private SignedRuns.Result result;
  private Path attestation;

  @BeforeEach
  void signAResult() throws Exception {
    pki = root.resolve("peer-pki");
    pki("init", "--name", "Audited CA");
    pki("issue", "runner", "--ou", "build");
    pki("issue", "laptop", "--ou", "dev");
    result =
        SignedRuns.make(
            SignedRuns.inputs("test"), "audited", credentials("runner"), root.resolve("made"));
    attestation = Files.write(root.resolve("attestation.json"), result.attestation().bytes());
    // Who audits has no certificate and no home with anything in it.
    auditor = new PeerHere(Map.of("PEER_HOME", home().toString(), "PEER_CA", ca()));
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(home().resolve("store/staging").toFile().list()).isNullOrEmpty();
  }

  // peer verify

  @Test
  void showsWhoSignedWhatByWhichRule() throws Exception {
    Outcome run =
        auditor
            .with("PEER_ALLOW_SIGN", "cn:nobody, ou:build + issuer:CN=Audited*")
            .run(root, "verify", attestation.toString())
            .hasExitCode(0);

    assertThat(run.stderr()).isEmpty();
    assertThat(run.stdout().lines())
        .contains(
            "run          " + result.record().inputs().key(),
            "signer       urn:peer:runner",
            "repository   git.example.org/team/project",
            "tree         4b825dc642cb6eb9a060e54bf8d69288fbee4904",
            "target       test NAME=test",
            "network      none",
            "variables    LANG",
            "secrets      TOKEN",
            "container    localhost/ci-base, " + "f".repeat(64),
            "accelerator  tcg",
            "stages       boot 1.4 s, checkout 0.6 s, prepare 7.0 s, test 20.0 s, artifacts 0.0 s,"
                + " post-test 1.0 s",
            "started from blank",
            "preparation  network open, this host in reach",
            "tools        mk 9base 1:6-13, agent 0.6.0",
            "rule         PEER_ALLOW_SIGN: ou:build+issuer:CN=Audited*")
        .anyMatch(line -> line.matches("ran          20.*Z to 20.*Z \\(30[.]0 s\\), exit code 0"))
        .anyMatch(line -> line.matches("image        sha256:[0-9a-f]{64}, x86_64"))
        .anyMatch(
            line -> line.matches("bundle       sha256:[0-9a-f]{64}, \\d+ bytes, not looked at"))
        .anyMatch(
            line -> line.startsWith("certificate  CN=runner,OU=build, issued by CN=Audited CA"))
        .anyMatch(line -> line.startsWith("             CN=Audited CA, issued by CN=Audited CA"));
    assertThat(run.stdout()).doesNotContain("C.UTF-8");
  }

  @Test
  void verifiesEveryByteOfTheBundleToo() throws Exception {
    Path bundle = result.bundle();
    Outcome whole =
        auditor
            .run(root, "verify", attestation.toString(), "--bundle", bundle.toString())
            .hasExitCode(0);
    assertThat(whole.stdout())
        .contains("bytes, every one verified")
        .contains("rule         PEER_ALLOW_SIGN: anyone of PEER_CA");

    byte[] bytes = Files.readAllBytes(bundle);
    bytes[bytes.length / 2] ^= 1;
    Files.write(bundle, bytes);

    auditor
        .run(root, "verify", attestation.toString(), "--bundle", bundle.toString())
        .refuses(5, "the result is refused: ");
    auditor
        .run(root, "verify", attestation.toString(), "--bundle", "nowhere")
        .refuses(2, "the bundle \"nowhere\" is not there");
  }

  @Test
  void findsAResultOfTheStoreByTheFirstDigitsOfItsKey() throws Exception {
    Path entry = store();
    String key = result.record().inputs().key().hex();

    JsonNode json = json(auditor.run(root, "verify", "--json", key.substring(0, 6)).hasExitCode(0));
    assertThat(json.path("outcome").textValue()).isEqualTo("verified");
    assertThat(json.path("runKey").textValue()).isEqualTo(key);
    assertThat(json.path("signer").textValue()).isEqualTo("urn:peer:runner");
    assertThat(json.path("bundleVerified").booleanValue()).isTrue();
    assertThat(json.at("/certificates/1/subject").textValue()).isEqualTo("CN=Audited CA");
    assertThat(json.at("/variables/0").textValue()).isEqualTo("LANG");
    assertThat(json.at("/rule/text").textValue()).isEqualTo("anyone");
    auditor.run(root, "verify", key).hasExitCode(0);
    auditor.run(root, "verify", entry.toString()).hasExitCode(0);

    auditor.run(root, "verify", "0".repeat(64)).refuses(3, "the store has no result of a run 000");
    Path moved = entry.getParent().resolveSibling("0".repeat(64));
    Files.move(entry.getParent(), moved);
    auditor.run(root, "verify", "00000000").refuses(5, "it is about the run " + key);
    Files.move(moved, entry.getParent());
    Files.writeString(entry.resolve("attestation.json"), "{}");
    auditor.run(root, "verify", key).refuses(5, "is missing");
  }

  @Test
  void refusesWhatDoesNotHoldAndSaysSoInJson() throws Exception {
    Path changed =
        Files.writeString(
            root.resolve("changed.json"),
            Files.readString(attestation).replaceFirst("\"sig\":\"....", "\"sig\":\"AAAA"));

    Outcome run = auditor.run(root, "verify", "--json", changed.toString()).hasExitCode(5);

    assertThat(json(run).path("outcome").textValue()).isEqualTo("unverified");
    assertThat(json(run).path("message").textValue()).startsWith("the result is refused: ");
    auditor
        .with("PEER_ALLOW_SIGN", "ou:dev")
        .run(root, "verify", attestation.toString())
        .refuses(5, "urn:peer:runner may not sign \\(the rule: ou:dev\\)");
    PeerPki.run(root.resolve("other"), List.of("init"));
    auditor
        .with("PEER_CA", root.resolve("other/ca.pem"))
        .run(root, "verify", attestation.toString())
        .refuses(5, "the signer is not trusted: no way from");
  }

  @Test
  void countsEvidenceOf050OnlyWhereEveryOriginDoes() throws Exception {
    Path golden =
        Path.of("../../core/src/test/resources/dev/peer/core/golden/0.5.0").toAbsolutePath();
    String[] verify = {
      "verify",
      golden.resolve("test/attestation.json").toString(),
      "--bundle",
      golden.resolve("test/bundle.tar.zst").toString()
    };
    PeerHere reader = auditor.with("PEER_CA", golden.resolve("ca.pem"));

    reader
        .run(root, verify)
        .refuses(5, "the result holds, and does not count here: .*PEER_REQUIRE_KEPT=any");
    Outcome any = reader.with("PEER_REQUIRE_KEPT", "any").run(root, verify).hasExitCode(0);

    assertThat(any.stdout().lines())
        .contains("started from not stated: evidence of peer 0.5, counts as any");
  }

  @Test
  void answersWrongUseWithTwo() throws Exception {
    auditor.run(root, "verify", "nowhere.json").refuses(2, "\"nowhere.json\" is not there");
    auditor.run(root, "verify", pki.toString()).refuses(2, "holds no attestation");
    auditor.run(root, "verify").refuses(2, "FILE");
    auditor
        .without("PEER_CA")
        .run(root, "verify", attestation.toString())
        .refuses(2, "PEER_CA is not set");
    auditor.run(root, "explain-cert", "nowhere.pem").refuses(2, "is not there");
    auditor.run(root, "explain-cert", attestation.toString()).refuses(2, "no certificate in it");
    auditor.run(root, "explain-cert", cert("laptop"), "--for", "rule").refuses(2, "expected: rule");
    auditor.run(root, "explain-cert", cert("laptop"), "--at", "noon").refuses(2, "expected: noon");
    auditor
        .with("PEER_ALLOW_FETCH", "example.org* => ou:dev")
        .run(root, "explain-cert", cert("laptop"))
        .refuses(2, "PEER_ALLOW_FETCH: not repositories");
  }

  // Revocation, all the way

  @Test
  void refusesARevokedSignerAsSoonAsTheListSaysSo() throws Exception {
    Path list = pki.resolve("crl.pem");
    pki("crl");
    PeerHere informed = auditor.with("PEER_CRL", list);
    informed.run(root, "verify", attestation.toString()).hasExitCode(0);
    informed.run(root, "explain-cert", cert("runner")).hasExitCode(0);
    assertThat(openssl("runner")).isZero();

    pki("revoke", cert("runner"), "--reason", "key-compromise");

    informed.run(root, "verify", attestation.toString()).refuses(5, "was revoked at");
    Outcome explained = informed.run(root, "explain-cert", cert("runner")).hasExitCode(5);
    assertThat(explained.stdout()).containsPattern("sign +no\n +- \"CN=runner.* was revoked at 20");
    informed.run(root, "explain-cert", cert("laptop")).hasExitCode(0);
    auditor.run(root, "verify", attestation.toString()).hasExitCode(0);
    assertThat(openssl("runner")).isNotZero();
    assertThat(openssl("laptop")).isZero();
    assertThat(tool("openssl", "crl", "-verify", "-noout", "-in", list.toString(), "-CAfile", ca()))
        .isZero();
  }

  // peer explain-cert

  @Test
  void explainsEachUseOfACertificate() throws Exception {
    PeerHere here =
        auditor
            .with("PEER_ALLOW_SIGN", "ou:build")
            .with("PEER_ALLOW_ANNOUNCE", "example.org/a/* => ou:dev; example.org/b/* => ou:build");

    Outcome run = here.run(root, "explain-cert", cert("laptop")).hasExitCode(5);

    assertThat(run.stderr()).isEmpty();
    assertThat(run.stdout().lines())
        .contains(
            "peer         urn:peer:laptop",
            "rule terms   uri:urn:peer:laptop  ou:dev  cn:laptop  issuer:CN=Audited CA",
            "connect      yes",
            "serve        yes",
            "fetch        yes, by anyone of PEER_CA",
            "announce     yes, by example.org/a/* => ou:dev",
            "sign         no",
            "             - PEER_ALLOW_SIGN is ou:build, and the certificate has"
                + " uri:urn:peer:laptop, ou:dev, cn:laptop, issuer:CN=Audited CA",
            "               fix: issue it with ou:build, or add one of the certificate's terms to"
                + " the rule, such as uri:urn:peer:laptop");
    here.run(root, "explain-cert", cert("laptop"), "--for", "connect,fetch").hasExitCode(0);
    here.run(root, "explain-cert", cert("runner"), "--for", "sign").hasExitCode(0);
    here.run(root, "explain-cert", cert("laptop"), "--for", "announce", "--repo", "example.org/b/x")
        .hasExitCode(5);
  }

  @Test
  void explainsAsJsonAndAtAnotherTime() throws Exception {
    String then = Instant.now().plusSeconds(100L * 24 * 3600).toString();

    Outcome run =
        auditor.run(root, "explain-cert", cert("laptop"), "--json", "--at", then).hasExitCode(5);

    JsonNode json = json(run);
    assertThat(json.path("admitted").booleanValue()).isFalse();
    assertThat(json.path("peer").textValue()).isEqualTo("urn:peer:laptop");
    assertThat(json.path("uses")).hasSize(7);
    assertThat(json.at("/uses/0/use").textValue()).isEqualTo("connect");
    assertThat(json.at("/uses/0/faults/0/what").textValue()).contains("expired at");
    assertThat(json.at("/uses/0/faults/0/mend").textValue()).startsWith("have a new one issued");
    assertThat(
            json(auditor.run(root, "explain-cert", cert("laptop"), "--json").hasExitCode(0))
                .at("/uses/4/by/0")
                .textValue())
        .isEqualTo("anyone of PEER_CA");
  }

  private void pki(String... arguments) {
    PeerPki.run(pki, List.of(arguments));
  }

  private int openssl(String name) throws IOException, InterruptedException {
    return tool(
        "openssl",
        "verify",
        "-crl_check",
        "-CAfile",
        ca(),
        "-CRLfile",
        pki.resolve("crl.pem").toString(),
        cert(name));
  }

  /** The exit code of a tool of the system. */
  private static int tool(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  private Path home() {
    return root.resolve("home");
  }

  private String ca() {
    return pki.resolve("ca.pem").toString();
  }

  private String cert(String name) {
    return pki.resolve(name + ".pem").toString();
  }

  private Credentials credentials(String name) throws Exception {
    return Credentials.of(
        Pem.certificates(name, Files.readString(Path.of(cert(name)))),
        Pem.privateKey(name, Files.readString(pki.resolve(name + "-key.pem"))));
  }

  /** Puts the result into the auditor's store, and gives its directory there. */
  private Path store() throws Exception {
    RecordVerifier verifier =
        new RecordVerifier(
            new CertificateValidator(
                TrustAnchors.of(Pem.certificates("CA", Files.readString(Path.of(ca())))),
                RevocationLists.none()),
            AccessRule.anyone(),
            InstantSource.system());
    Store store = Store.open(home().resolve("store"), 1);
    try (StoredRecord kept =
        store.keep(SignedRuns.verified(result, verifier, root.resolve("unpacked")))) {
      return kept.bundleFile().getParent();
    }
  }

  private static JsonNode json(Outcome run) throws IOException {
    return new ObjectMapper().readTree(run.stdout());
  }
}
