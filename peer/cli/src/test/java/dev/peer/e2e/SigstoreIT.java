package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.access.AccessRule;
import dev.peer.core.access.SignRules;
import dev.peer.core.id.RunKey;
import dev.peer.core.pem.Pem;
import dev.peer.core.sign.RecordVerifier;
import dev.peer.core.sign.SignedRuns;
import dev.peer.core.sign.VerifiedAttestation;
import dev.peer.core.store.Store;
import dev.peer.core.timestamp.TimestampAuthority;
import dev.peer.core.timestamp.TimestampQuery;
import dev.peer.core.trust.CertificateValidator;
import dev.peer.core.trust.Credentials;
import dev.peer.core.trust.RevocationLists;
import dev.peer.core.trust.TrustAnchors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Exported evidence before Sigstore's own verifier, of npm, which is told of the team's authority
 * and of its time-stamping authority. Most results are made by the library, without a machine.
 */
@Timeout(900)
class SigstoreIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SIGNATURE = "/dsseEnvelope/signatures/0/sig";
  private static final String TIMESTAMP =
      "/verificationMaterial/timestampVerificationData/rfc3161Timestamps/0/signedTimestamp";

  private Team team;
  private Path root;
  private Peer auditor;

  @BeforeEach
  void create() throws Exception {
    team = Team.create();
    root = team.root();
    authority("ours");
    auditor =
        team.peer("auditor")
            .without("PEER_CERT")
            .without("PEER_KEY")
            .with("PEER_CA", root.resolve("ours/ca.pem"));
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    team.awaitNoMachine();
    team.close();
  }

  @Test
  void takesTheEvidenceOfARunThatTheRendezvousStamped() throws Exception {
    Peer rendezvous = member("meet", "--server");
    issue("ours", "tsa", "--tsa");
    team.startRendezvous(rendezvous, "--tsa-cert", "ours/tsa.pem", "--tsa-key", "ours/tsa-key.pem");
    Peer laptop = member("laptop").with("PEER_TSA", team.rendezvous());
    Repository repository = team.repository("exported", "test:VQ:\n\techo passed\n");
    laptop.run(repository, "run", "--exit").hasExitCode(0);

    Run shown = laptop.run(repository, "export", "--format", "sigstore").hasExitCode(0);

    Path bundle = Files.write(root.resolve("run.sigstore.json"), shown.stdoutBytes());
    assertThat(shown.stderr()).contains("peer: written: the evidence of the result ");
    JsonNode checked = JSON.readTree(check(bundle, "ours", "ours", "urn:peer:laptop").stdout());
    assertThat(checked.get("signer").textValue()).isEqualTo("urn:peer:laptop");
    assertThat(Instant.parse(checked.get("signedBefore").textValue()))
        .isBetween(Instant.now().minus(Duration.ofMinutes(5)), Instant.now());
    assertThat(checked.at("/statement/subject/0/digest/gitTree").textValue())
        .isEqualTo(repository.tree());
    assertRefused(check(bundle, "ours", "ours", "urn:peer:meet"), "the signer is urn:peer:laptop");
  }

  @ParameterizedTest
  @ValueSource(strings = {"p256", "rsa3072", "ed25519"})
  void takesTheEvidenceOfSignersWithTheseKeys(String type) throws Exception {
    issue("ours", "runner", "--key-type", type);
    Run exported = export(stamped("runner", "ours", "ours"));

    assertThat(exported.stderr()).doesNotContain("note: ");
    check(bundle(), "ours", "ours", "urn:peer:runner").hasExitCode(0);
  }

  @Test
  void cannotCheckAKeyWithALongerDigestAndThatIsSaidAtTheExport() throws Exception {
    issue("ours", "runner", "--key-type", "p384");
    Run exported = export(stamped("runner", "ours", "ours"));

    assertThat(exported.stderr()).contains("peer: note: the signer's key is EC P-384, ");
    assertRefused(check(bundle(), "ours", "ours"), "signature verification failed");
  }

  @Test
  void refusesAChangedByte() throws Exception {
    issue("ours", "runner");
    export(stamped("runner", "ours", "ours"));
    check(bundle(), "ours", "ours").hasExitCode(0);
    byte[] whole = Files.readAllBytes(bundle());
    Map<String, String> refusals =
        Map.of(
            "/dsseEnvelope/payload",
            "signature verification failed",
            SIGNATURE,
            "timestamp could not be verified",
            "/verificationMaterial/certificate/rawBytes",
            "Failed to verify certificate chain",
            TIMESTAMP,
            "timestamp could not be verified");
    for (Map.Entry<String, String> refusal : refusals.entrySet()) {
      Files.write(bundle(), whole);
      String base64 = JSON.readTree(whole).at(refusal.getKey()).textValue();
      byte[] bytes = Base64.getDecoder().decode(base64);
      bytes[bytes.length - 1] ^= 1;

      replace(refusal.getKey(), Base64.getEncoder().encodeToString(bytes));

      assertRefused(check(bundle(), "ours", "ours"), refusal.getValue());
    }
  }

  @Test
  void refusesASignerOfAnotherAuthorityOfTheSameName() throws Exception {
    authority("theirs");
    issue("ours", "runner");
    export(stamped("runner", "ours", "ours"));

    assertRefused(check(bundle(), "theirs", "ours"), "Failed to verify certificate chain");
  }

  @Test
  void refusesATimestampOfAnotherAuthorityAndNone() throws Exception {
    authority("theirs");
    issue("ours", "runner");
    RunKey key = stamped("runner", "ours", "theirs");
    export(key);

    check(bundle(), "ours", "theirs").hasExitCode(0);
    issue("ours", "tsa", "--tsa");
    assertRefused(check(bundle(), "ours", "ours"), "timestamp could not be verified");
    ObjectNode json = (ObjectNode) JSON.readTree(bundle().toFile());
    ((ObjectNode) json.get("verificationMaterial")).remove("timestampVerificationData");
    JSON.writeValue(bundle().toFile(), json);
    assertRefused(check(bundle(), "ours", "theirs"), "expected 1 tsa timestamps, got 0");
  }

  @Test
  void needsTheAuthoritiesBetweenSignerAndRoot() throws Exception {
    ToolChain chain = ToolChain.of(ToolChain.Tool.CFSSL, ToolChain.Key.EC);
    Files.createDirectory(root.resolve("above"));
    Files.copy(chain.root(), root.resolve("above/ca.pem"));
    Peer reader = auditor.with("PEER_CA", chain.root());
    export(reader, stamped(reader, credentials(chain.peer()), "ours"));

    assertRefused(check(bundle(), "above", "ours"), "Failed to verify certificate chain");
    Files.writeString(root.resolve("above/ca.pem"), ToolChain.read(chain.root()) + chain.issuer());
    check(bundle(), "above", "ours").hasExitCode(0);
  }

  /** Sigstore's verifier reads no list; the timestamp says that the key signed before. */
  @Test
  void keepsWhatWasExportedAfterARevocationAndPeerExportsNoMore() throws Exception {
    issue("ours", "runner");
    RunKey key = stamped("runner", "ours", "ours");
    export(key);

    PeerPki.run(
        root.resolve("ours"), List.of("revoke", root.resolve("ours/runner.pem").toString()));

    Peer informed = auditor.with("PEER_CRL", root.resolve("ours/crl.pem"));
    informed
        .run(root, "export", key.hex(), "--format", "sigstore", "--to", "later.json")
        .refuses(5, "was revoked at");
    assertThat(root.resolve("later.json")).doesNotExist();
    check(bundle(), "ours", "ours").hasExitCode(0);
  }

  @Test
  void peerRefusesAResultWithoutATimestamp() throws Exception {
    issue("ours", "runner");
    RunKey key = keep(auditor, credentials(identity("ours", "runner")), List.of());

    auditor
        .run(root, "export", key.hex(), "--format", "sigstore", "--to", "none.json")
        .refuses(2, "the result has no timestamp, and Sigstore requires one");
    assertThat(root.resolve("none.json")).doesNotExist();
    auditor.run(root, "export", key.hex(), "--to", "all.tar").hasExitCode(0);
  }

  // The team's authorities

  private void authority(String directory) {
    PeerPki.run(root.resolve(directory), List.of("init", "--name", "Team CA"));
  }

  private void issue(String directory, String name, String... more) {
    List<String> arguments = new ArrayList<>(List.of("issue", name));
    arguments.addAll(List.of(more));
    PeerPki.run(root.resolve(directory), arguments);
  }

  private Authority.Identity identity(String directory, String name) {
    Path files = root.resolve(directory);
    return new Authority.Identity(files.resolve(name + ".pem"), files.resolve(name + "-key.pem"));
  }

  private Peer member(String name, String... more) throws Exception {
    issue("ours", name, more);
    return team.peer(name, identity("ours", name)).with("PEER_CA", root.resolve("ours/ca.pem"));
  }

  private static Credentials credentials(Authority.Identity identity) throws Exception {
    return Credentials.of(
        Pem.certificates("certificate", Files.readString(identity.certificate())),
        Pem.privateKey("key", Files.readString(identity.key())));
  }

  private static CertificateValidator validator(Path anchors) throws Exception {
    return new CertificateValidator(
        TrustAnchors.of(Pem.certificates("CA", Files.readString(anchors))), RevocationLists.none());
  }

  private static RecordVerifier verifier(
      CertificateValidator signers, CertificateValidator stampers) {
    return new RecordVerifier(
        signers, stampers, SignRules.everywhere(AccessRule.anyone()), InstantSource.system());
  }

  // Results, in the auditor's store

  private RunKey stamped(String signer, String directory, String stamper) throws Exception {
    return stamped(auditor, credentials(identity(directory, signer)), stamper);
  }

  private RunKey stamped(Peer reader, Credentials signer, String stamper) throws Exception {
    issue(stamper, "tsa", "--tsa");
    return keep(reader, signer, List.of(stamper));
  }

  /** Keeps a result, stamped by the authorities of these directories. */
  private RunKey keep(Peer reader, Credentials signer, List<String> stampers) throws Exception {
    Path made = Files.createTempDirectory(root, "result");
    SignedRuns.Result result =
        SignedRuns.make(SignedRuns.inputs("exported"), "passed", signer, made);
    RunKey key = result.record().inputs().key();
    CertificateValidator signers = validator(Path.of(reader.environment().get("PEER_CA")));
    RecordVerifier verifier = verifier(signers, signers);
    VerifiedAttestation attestation = verifier.verify(result.attestation(), key);
    for (String stamper : stampers) {
      CertificateValidator stamps = validator(root.resolve(stamper + "/ca.pem"));
      verifier = verifier(signers, stamps);
      TimestampQuery query = TimestampQuery.over(attestation.signature());
      byte[] answer =
          TimestampAuthority.of(
                  credentials(identity(stamper, "tsa")), stamps, InstantSource.system())
              .answer(query.der());
      attestation = verifier.stamp(attestation, query.token(answer));
    }
    Store.open(reader.store(), 1)
        .keep(
            verifier.verify(
                attestation, result.bundle(), Files.createDirectory(made.resolve("unpacked"))))
        .close();
    return key;
  }

  // Bundles

  private Path bundle() {
    return root.resolve("result.sigstore.json");
  }

  private Run export(RunKey key) throws Exception {
    return export(auditor, key);
  }

  private Run export(Peer reader, RunKey key) throws Exception {
    return reader
        .run(root, "export", key.hex(), "--format", "sigstore", "--to", bundle().toString())
        .hasExitCode(0);
  }

  private void replace(String field, String value) throws IOException {
    ObjectNode json = (ObjectNode) JSON.readTree(bundle().toFile());
    int last = field.lastIndexOf('/');
    ((ObjectNode) json.at(field.substring(0, last))).put(field.substring(last + 1), value);
    JSON.writeValue(bundle().toFile(), json);
  }

  /** Asks the verifier, which trusts the authorities of these directories. */
  private Run check(Path bundle, String authority, String stamper, String... signer)
      throws Exception {
    Path modules = Dist.sources().resolve("examples/target/sigstore/node_modules");
    assertThat(modules).as("`examples/verify` installs them").exists();
    Path stampers = root.resolve(stamper + "/tsa-chain.pem");
    Files.writeString(
        stampers,
        Files.readString(root.resolve(stamper + "/tsa.pem"))
            + Files.readString(root.resolve(stamper + "/ca.pem")));
    List<String> command =
        new ArrayList<>(List.of(Dist.sources().resolve("examples/sigstore/check").toString()));
    command.addAll(List.of(bundle.toString(), authority + "/ca.pem", stampers.toString()));
    command.addAll(List.of(signer));
    return team.start(
            root, Map.of("PATH", System.getenv("PATH"), "NODE_PATH", modules.toString()), command)
        .await();
  }

  private static void assertRefused(Run check, String why) {
    assertThat(check.hasExitCode(1).stderr()).startsWith("check: error: " + why);
    assertThat(check.stdout()).isEmpty();
  }
}
