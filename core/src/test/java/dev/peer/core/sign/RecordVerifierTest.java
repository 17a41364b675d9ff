package dev.peer.core.sign;

import static dev.peer.core.trust.CertificateMaker.NOW;
import static dev.peer.core.trust.CertificateMaker.authority;
import static dev.peer.core.trust.CertificateMaker.keys;
import static dev.peer.core.trust.CertificateMaker.leaf;
import static dev.peer.core.trust.CertificateMaker.root;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.access.AccessRule;
import dev.peer.core.access.SignRules;
import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RunKey;
import dev.peer.core.pem.KeyKind;
import dev.peer.core.pem.Pem;
import dev.peer.core.record.RunRecord;
import dev.peer.core.trust.CertificateValidator;
import dev.peer.core.trust.Credentials;
import dev.peer.core.trust.Made;
import dev.peer.core.trust.RevocationLists;
import dev.peer.core.trust.TrustAnchors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordVerifierTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final RunKey KEY = Runs.inputs().key();
  private static final KeyPair KEYS = keys("secp256r1");

  private final Made root = root("Root").make();
  private final Made team = authority("Team", root).make();
  private final Made alice = leaf("alice", team).keys(KEYS).names("uri:urn:peer:alice").make();
  private final RecordVerifier verifier = verifier(root, AccessRule.anyone());

  // What holds

  @ParameterizedTest
  @ValueSource(strings = {"secp256r1", "secp384r1", "secp521r1", "Ed25519", "RSA2048"})
  void acceptsWhatASignerOfTheTeamSigned(String kind) throws Exception {
    Made bob = leaf("bob", team).keys(keys(kind)).names("uri:urn:peer:bob").make();
    Attestation envelope = sign(Runs.passed(), bob, team);

    VerifiedAttestation verified = verifier.verify(envelope, KEY);

    assertThat(verified.signer().id().text()).isEqualTo("urn:peer:bob");
    assertThat(verified.key()).isEqualTo(KEY);
    assertThat(verified.record()).isEqualTo(Runs.passed());
    assertThat(verified.bundle()).isEqualTo(Runs.BUNDLE);
    assertThat(verified.envelope()).isEqualTo(envelope);
  }

  @Test
  void acceptsIntermediatesInAnyOrder() throws Exception {
    Made lower = authority("Lower", team).make();
    Made bob = leaf("bob", lower).make();

    assertThat(verifier.verify(sign(Runs.passed(), bob, team, lower), KEY)).isNotNull();
  }

  @Test
  void acceptsARunThatEndedWithinTheClockSkew() throws Exception {
    Attestation early = sign(Runs.finishedAt(NOW.plus(Duration.ofMinutes(5))), alice, team);

    assertThat(verifier.verify(early, KEY)).isNotNull();
  }

  @Test
  void tellsTheRunAndTheWayToTheAuthorityWhereNoRunWasAskedFor() throws Exception {
    Attestation envelope = sign(Runs.passed(), alice, team, root);

    VerifiedAttestation verified = verifier.verifyAnyRun(envelope, KeptLists.NONE);

    assertThat(verified.key()).isEqualTo(KEY);
    assertThat(verified.record()).isEqualTo(Runs.passed());
    assertThat(verified.path().identity()).isEqualTo(verified.signer());
    assertThat(verified.path().certificates())
        .containsExactly(alice.certificate(), team.certificate(), root.certificate());
  }

  // Bytes

  @Test
  void refusesEveryEnvelopeOfWhichOneByteDiffers() throws Exception {
    byte[] bytes = sign(Runs.passed(), alice, team).bytes();
    List<Integer> taken = new ArrayList<>();
    for (int i = 0; i < bytes.length; i++) {
      byte[] flipped = bytes.clone();
      flipped[i] ^= 1;
      try {
        verifier.verify(Attestation.of(flipped), KEY);
        taken.add(i);
      } catch (VerificationException e) {
        assertThat(e.getMessage()).isNotBlank().doesNotContain("\n");
      }
    }
    assertThat(taken).isEmpty();
  }

  @Test
  void refusesEveryEnvelopeThatIsCutShortOrGoesOn() throws Exception {
    byte[] bytes = sign(Runs.passed(), alice, team).bytes();

    for (int length = 0; length < bytes.length; length += 97) {
      assertRefused("", Attestation.of(Arrays.copyOf(bytes, length)));
    }
    byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
    longer[bytes.length] = '{';
    assertRefused("not JSON", Attestation.of(longer));
  }

  // Envelope

  @Test
  void refusesTwoSignatures() throws Exception {
    assertRefused(
        "exactly one",
        envelope(
            json -> {
              ArrayNode signatures = (ArrayNode) json.path("signatures");
              signatures.add(signatures.path(0).deepCopy());
            }));
  }

  @Test
  void refusesNoSignature() throws Exception {
    assertRefused(
        "exactly one", envelope(json -> ((ArrayNode) json.path("signatures")).removeAll()));
  }

  @Test
  void refusesUnknownFieldsInTheEnvelopeAndItsSignature() throws Exception {
    assertRefused("unknown field extra", envelope(json -> json.put("extra", 1)));
    assertRefused("unknown field extra", envelope(json -> signature(json).put("extra", 1)));
  }

  @Test
  void refusesAFieldThatComesTwice() throws Exception {
    String text = new String(sign(Runs.passed(), alice, team).bytes(), StandardCharsets.UTF_8);

    assertRefused(
        "not JSON",
        attestation(text.replaceFirst("\"payload\":", "\"payload\":\"e30=\",\"payload\":")));
    assertRefused(
        "not JSON", attestation(text.replaceFirst("\"sig\":", "\"sig\":\"AA==\",\"sig\":")));
  }

  @Test
  void refusesAnotherPayloadType() throws Exception {
    assertRefused("payloadType", envelope(json -> json.put("payloadType", "application/json")));
  }

  @Test
  void refusesOtherWritingsOfTheSamePayload() throws Exception {
    byte[] payload = payload(sign(Runs.passed(), alice, team));
    byte[] odd = Arrays.copyOf(payload, payload.length - payload.length % 3 + 1);
    String text = Base64.getEncoder().encodeToString(payload);
    String padded = Base64.getEncoder().encodeToString(odd);
    // The last character before the padding carries four bits that stand for nothing.
    String ambiguous = padded.replaceFirst(".==$", "/==");

    for (String variant :
        List.of(
            Base64.getMimeEncoder().encodeToString(payload),
            " " + text,
            text + "\n",
            padded.replace("=", ""),
            ambiguous,
            "-" + text.substring(1))) {
      assertRefused("Base64", envelope(json -> json.put("payload", variant)));
    }
  }

  @Test
  void refusesACertificateInAnotherLayout() throws Exception {
    assertRefused(
        "one certificate in PEM",
        envelope(
            json -> signature(json).put("certificate", Pem.write(alice.certificate()) + "\n")));
    assertRefused(
        "one certificate in PEM",
        envelope(
            json ->
                signature(json)
                    .put(
                        "certificate",
                        Pem.write(alice.certificate()) + Pem.write(team.certificate()))));
    assertRefused("malformed", envelope(json -> signature(json).put("certificate", "")));
  }

  @Test
  void refusesMoreIntermediatesThanAChainMayHave() throws Exception {
    assertRefused(
        "fewer than 16",
        envelope(
            json -> {
              ArrayNode intermediates = (ArrayNode) signature(json).path("intermediates");
              while (intermediates.size() < 16) {
                intermediates.add(Pem.write(team.certificate()));
              }
            }));
  }

  @Test
  void refusesAKeyIdThatIsNotTheCertificates() throws Exception {
    String other = Digest.of(new byte[0]).toString();

    assertRefused("keyid", envelope(json -> signature(json).put("keyid", other)));
  }

  // Signer

  @Test
  void refusesASignatureByAnotherKey() throws Exception {
    Attestation ours = sign(Runs.passed(), alice, team);
    String sig = Base64.getEncoder().encodeToString(signature(payload(ours), keys("secp256r1")));

    assertRefused("does not hold", envelope(json -> signature(json).put("sig", sig)));
  }

  @Test
  void refusesASignatureThatIsNone() throws Exception {
    for (String sig : List.of("", "AAAA", Base64.getEncoder().encodeToString(new byte[64]))) {
      assertRefused("signature", envelope(json -> signature(json).put("sig", sig)));
    }
  }

  /** Java's own code takes some of these for the same signature, OpenSSL takes none. */
  @Test
  void refusesAnotherFormOfTheSignature() throws Exception {
    List<UnaryOperator<byte[]>> others =
        List.of(
            RecordVerifierTest::withAZeroBeforeItsFirstNumber,
            signed -> Arrays.copyOf(signed, signed.length + 1),
            RecordVerifierTest::withItsLengthInTwoBytes);
    for (UnaryOperator<byte[]> other : others) {
      assertRefused(
          "malformed",
          envelope(
              json -> {
                String sig = signature(json).path("sig").textValue();
                byte[] changed = other.apply(Base64.getDecoder().decode(sig));
                signature(json).put("sig", Base64.getEncoder().encodeToString(changed));
              }));
    }
  }

  private static byte[] withAZeroBeforeItsFirstNumber(byte[] signed) {
    byte[] longer = new byte[signed.length + 1];
    System.arraycopy(signed, 0, longer, 0, 4);
    System.arraycopy(signed, 4, longer, 5, signed.length - 4);
    longer[1]++;
    longer[3]++;
    return longer;
  }

  private static byte[] withItsLengthInTwoBytes(byte[] signed) {
    byte[] longer = new byte[signed.length + 1];
    System.arraycopy(signed, 1, longer, 2, signed.length - 1);
    longer[0] = signed[0];
    longer[1] = (byte) 0x81;
    return longer;
  }

  @Test
  void refusesTheCertificateOfSomebodyElseOverAlicesSignature() throws Exception {
    Made bob = leaf("bob", team).make();

    assertRefused(
        "does not hold",
        envelope(
            json -> {
              signature(json).put("certificate", Pem.write(bob.certificate()));
              signature(json).put("keyid", Envelope.digestOf(bob.certificate()).toString());
            }));
  }

  @Test
  void refusesAnotherCertificateForTheSameKey() throws Exception {
    Made twin = leaf("alice", team).keys(KEYS).names("uri:urn:peer:admin").make();

    assertRefused(
        "another certificate of the same key",
        envelope(
            json -> {
              signature(json).put("certificate", Pem.write(twin.certificate()));
              signature(json).put("keyid", Envelope.digestOf(twin.certificate()).toString());
            }));
  }

  @Test
  void refusesAStrangersSignature() throws Exception {
    Made stranger = root("Root").make();

    assertRefused("no way from", sign(Runs.passed(), leaf("alice", stranger).make(), stranger));
  }

  @Test
  void refusesASignerWhoseIntermediatesAreMissingOrSwapped() throws Exception {
    Made other = authority("Team", root).make();

    assertRefused("no way from", sign(Runs.passed(), alice));
    assertRefused("no way from", sign(Runs.passed(), alice, other));
  }

  @Test
  void refusesAnExpiredSignerAndOneThatIsNotYetValid() throws Exception {
    assertRefused(
        "expired", sign(Runs.passed(), leaf("bob", root).until(NOW.minusSeconds(1)).make()));
    assertRefused(
        "not valid before", sign(Runs.passed(), leaf("bob", root).from(NOW.plusSeconds(1)).make()));
  }

  @Test
  void refusesASignerWhoseCertificateIsForSomethingElse() throws Exception {
    Made mail = leaf("bob", root).purposes(KeyPurposeId.id_kp_emailProtection).make();

    assertRefused("extended key usage", sign(Runs.passed(), mail));
  }

  @Test
  void refusesAnAuthorityAsSigner() throws Exception {
    byte[] payload =
        new Statement(KEY, Runs.passed(), Runs.BUNDLE, Envelope.digestOf(team.certificate()))
            .write();
    Attestation signed =
        new Envelope(
                payload,
                signature(payload, team.keys()),
                List.of(team.certificate()),
                Optional.empty())
            .write();

    assertRefused("is an authority's", signed);
  }

  @Test
  void refusesASignerWhomTheRuleDoesNotAdmit() throws Exception {
    Attestation signed = sign(Runs.passed(), alice, team);

    assertThat(verifier(root, AccessRule.parse("uri:urn:peer:a*")).verify(signed, KEY)).isNotNull();
    assertThatThrownBy(
            () -> verifier(root, AccessRule.parse("uri:urn:peer:b*")).verify(signed, KEY))
        .isInstanceOf(VerificationException.class)
        .hasMessage("urn:peer:alice may not sign (the rule: uri:urn:peer:b*)");
    assertThatThrownBy(() -> verifier(root, AccessRule.parse("")).verify(signed, KEY))
        .hasMessageContaining("nobody");
  }

  @Test
  void asksTheRuleOfTheRepositoryAndTargetThatWereSigned() throws Exception {
    Attestation test = sign(Runs.passed(), alice, team);
    Attestation publish = sign(Runs.passed("publish"), alice, team);
    RunKey key = Runs.passed("publish").inputs().key();
    RecordVerifier verifier =
        verifier(root, SignRules.parse("* publish => uri:urn:peer:ci; * => uri:urn:peer:a*"));

    assertThat(verifier.verify(test, KEY)).isNotNull();
    assertThatThrownBy(() -> verifier.verify(publish, key))
        .isInstanceOf(VerificationException.class)
        .hasMessageContaining(
            "urn:peer:alice may not sign \"publish\" of git.example.org/team/project (the rule: ");
    assertThatThrownBy(() -> verifier.verifyAnyRun(publish, KeptLists.NONE))
        .hasMessageContaining("may not sign \"publish\"");
    assertThatThrownBy(() -> verifier(root, SignRules.parse("x/* => anyone")).verify(test, KEY))
        .hasMessageContaining("may not sign \"test -k\" of git.example.org/team/project");
  }

  /** Whoever is admitted for nothing is refused before anything they signed is read. */
  @Test
  void asksForWhatWasSignedOnlyWhereTheSignatureHolds() throws Exception {
    Attestation forged =
        envelope(
            json -> {
              byte[] payload = payload(sign(Runs.passed("publish")));
              json.put("payload", Base64.getEncoder().encodeToString(payload));
            });
    SignRules rules = SignRules.parse("* publish => uri:urn:peer:ci; * => uri:urn:peer:a*");

    assertThatThrownBy(() -> verifier(root, rules).verify(forged, KEY))
        .hasMessageContaining("the signature does not hold");
    assertThatThrownBy(
            () -> verifier(root, SignRules.parse("* => uri:urn:peer:b*")).verify(forged, KEY))
        .hasMessageContaining("urn:peer:alice may not sign (the rule: ");
  }

  @Test
  void refusesWhatAServerSignedThatIsForServersAlone() throws Exception {
    Made server = leaf("meet", team).purposes(KeyPurposeId.id_kp_serverAuth).make();

    assertRefused("is not for peers that sign", sign(Runs.passed(), server, team));
  }

  @Test
  void refusesWhatAServerSignedThatLedToItUnlessARuleNamesIt() throws Exception {
    Attestation signed = sign(Runs.passed(), alice, team);
    Set<PeerId> servers = Set.of(new PeerId("urn:peer:alice"));

    assertThatThrownBy(() -> verifier.verify(signed, KEY, servers))
        .isInstanceOf(VerificationException.class)
        .hasMessageContaining("urn:peer:alice may not sign results that it led to");
    assertThat(verifier.verify(signed, KEY, Set.of(new PeerId("urn:peer:bob")))).isNotNull();
    assertThat(verifier(root, AccessRule.parse("uri:urn:peer:alice")).verify(signed, KEY, servers))
        .isNotNull();
  }

  // Statement

  @Test
  void takesEvidenceOfVersion1() throws Exception {
    Attestation first =
        seal(
            new Statement(KEY, Runs.unstated(), Runs.BUNDLE, Envelope.digestOf(alice.certificate()))
                .write());

    assertThat(verifier.verify(first, KEY).record()).isEqualTo(Runs.unstated());
  }

  @Test
  void refusesAnotherRunThanWasAskedFor() throws Exception {
    Attestation signed = sign(Runs.passed(), alice, team);

    assertThatThrownBy(() -> verifier.verify(signed, RunKey.ofHex("00".repeat(32))))
        .isInstanceOf(VerificationException.class)
        .hasMessageContaining("it is about the run");
  }

  @Test
  void refusesARunThatIsYetToEnd() throws Exception {
    assertRefused(
        "yet to come",
        sign(Runs.finishedAt(NOW.plus(Duration.ofMinutes(5)).plusMillis(1)), alice, team));
  }

  @Test
  void refusesARunThatEndedBeforeTheSignersCertificateWasValid() throws Exception {
    Made late = leaf("bob", root).from(NOW.minusSeconds(10)).make();

    assertThat(verifier.verify(sign(Runs.finishedAt(NOW.minusSeconds(300)), late), KEY))
        .isNotNull();
    assertRefused("before the signer's", sign(Runs.finishedAt(NOW.minusSeconds(311)), late));
  }

  /** What even an admitted signer cannot say: each is signed as it stands. */
  @ParameterizedTest(name = "{0}")
  @MethodSource
  void refusesAStatementThat(String name, Consumer<ObjectNode> change, String reason)
      throws Exception {
    ObjectNode statement = (ObjectNode) JSON.readTree(payload(sign(Runs.passed(), alice, team)));
    change.accept(statement);
    byte[] payload = JSON.writeValueAsBytes(statement);

    assertRefused(reason, seal(payload));
  }

  static Stream<Object[]> refusesAStatementThat() {
    return Stream.of(
        change("is of another type", json -> json.put("_type", "x"), "_type"),
        change("has another predicate", json -> json.put("predicateType", "x"), "predicateType"),
        change("has an unknown field", json -> json.put("extra", 1), "unknown field"),
        change("has an unknown result field", json -> predicate(json).put("x", 1), "unknown field"),
        change("did not pass", json -> predicate(json).put("result", "FAILED"), "result"),
        change(
            "names another target",
            json -> predicate(json).putArray("passedTests").add("lint"),
            "target"),
        change(
            "is about another tree",
            json -> ((ObjectNode) json.at("/subject/0/digest")).put("gitTree", "ff".repeat(20)),
            "subject"),
        change(
            "is about another repository",
            json -> ((ObjectNode) json.at("/subject/0")).put("name", "elsewhere"),
            "subject"),
        change(
            "began before there were runs",
            json ->
                ((ObjectNode) json.at("/predicate/urn:peer:run:v2/record"))
                    .put("startedAt", "0001-01-01T00:00:00Z"),
            "longer than any"),
        change("has no subject", json -> json.putArray("subject"), "exactly one subject"),
        change(
            "ran in another image than it says",
            json ->
                ((ObjectNode) json.at("/predicate/configuration/0/digest"))
                    .put("sha256", "00".repeat(32)),
            "sha256"),
        change(
            "has the key of other inputs",
            json ->
                ((ObjectNode) json.at("/predicate/urn:peer:run:v2")).put("runKey", "0".repeat(64)),
            "sha256"),
        change(
            "was run with other inputs",
            json -> {
              ObjectNode inputs = (ObjectNode) json.at("/predicate/urn:peer:run:v2/record/inputs");
              inputs.putObject("environment").put("LANG", "de");
            },
            "run key"),
        change(
            "ended with another exit code",
            json -> ((ObjectNode) json.at("/predicate/urn:peer:run:v2/record")).put("exitCode", 1),
            "did not pass"),
        change(
            "has a bundle of less than nothing",
            json -> ((ObjectNode) json.at("/predicate/urn:peer:run:v2/bundle")).put("size", -1),
            "negative"),
        change("lacks our field", json -> predicate(json).remove("urn:peer:run:v2"), "is missing"),
        change(
            "is of a version to come",
            json -> rename(predicate(json), "urn:peer:run:v2", "urn:peer:run:v3"),
            "the evidence is of version \"3\", this peer reads 1 and 2: use a newer peer"),
        change(
            "is of two versions",
            json -> predicate(json).set("urn:peer:run:v1", json.at("/predicate/urn:peer:run:v2")),
            "unknown field"),
        change(
            "names version 1 and states a provenance",
            json -> rename(predicate(json), "urn:peer:run:v2", "urn:peer:run:v1"),
            "unknown field provenance"),
        change(
            "names version 2 and states no provenance",
            json ->
                ((ObjectNode) json.at("/predicate/urn:peer:run:v2/record")).remove("provenance"),
            "provenance is missing"));
  }

  private static void rename(ObjectNode json, String from, String to) {
    json.set(to, json.remove(from));
  }

  private static Object[] change(String name, Consumer<ObjectNode> change, String reason) {
    return new Object[] {name, change, reason};
  }

  private static ObjectNode predicate(ObjectNode statement) {
    return (ObjectNode) statement.path("predicate");
  }

  private static ObjectNode signature(ObjectNode envelope) {
    return (ObjectNode) envelope.at("/signatures/0");
  }

  /** Refused also where no certain run was asked for. */
  private void assertRefused(String reason, Attestation attestation) {
    assertThatThrownBy(() -> verifier.verify(attestation, KEY))
        .isInstanceOf(VerificationException.class)
        .hasMessageContaining(reason);
    assertThatThrownBy(() -> verifier.verifyAnyRun(attestation, KeptLists.NONE))
        .isInstanceOf(VerificationException.class)
        .hasMessageContaining(reason);
  }

  private Attestation envelope(Consumer<ObjectNode> change) throws Exception {
    ObjectNode json = (ObjectNode) JSON.readTree(sign(Runs.passed(), alice, team).bytes());
    change.accept(json);
    return Attestation.of(JSON.writeValueAsBytes(json));
  }

  private static Attestation attestation(String text) {
    return Attestation.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Attestation sign(RunRecord record, Made leaf, Made... intermediates)
      throws Exception {
    List<X509Certificate> chain =
        Stream.concat(Stream.of(leaf), Stream.of(intermediates)).map(Made::certificate).toList();
    return new RunSigner(Credentials.of(chain, leaf.keys().getPrivate())).sign(record, Runs.BUNDLE);
  }

  private Attestation seal(byte[] payload) throws Exception {
    List<X509Certificate> chain = List.of(alice.certificate(), team.certificate());
    return Signatures.sign(Credentials.of(chain, KEYS.getPrivate()), payload).write();
  }

  private static byte[] signature(byte[] payload, KeyPair keys) throws Exception {
    Signature computation = KeyKind.of(keys.getPublic()).orElseThrow().signature();
    computation.initSign(keys.getPrivate());
    computation.update(PreAuthEncoding.of(Envelope.PAYLOAD_TYPE, payload));
    return computation.sign();
  }

  private static byte[] payload(Attestation attestation) {
    try {
      return Base64.getDecoder()
          .decode(JSON.readTree(attestation.bytes()).path("payload").textValue());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Attestation sign(RunRecord record) {
    try {
      return sign(record, alice, team);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static RecordVerifier verifier(Made anchor, AccessRule signers) {
    return verifier(anchor, SignRules.everywhere(signers));
  }

  private static RecordVerifier verifier(Made anchor, SignRules signers) {
    return new RecordVerifier(
        new CertificateValidator(
            TrustAnchors.of(List.of(anchor.certificate())), RevocationLists.none()),
        signers,
        InstantSource.fixed(NOW));
  }
}
