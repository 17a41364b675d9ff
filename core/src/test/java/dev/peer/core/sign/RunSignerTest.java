package dev.peer.core.sign;

import static dev.peer.core.trust.CertificateMaker.authority;
import static dev.peer.core.trust.CertificateMaker.keys;
import static dev.peer.core.trust.CertificateMaker.leaf;
import static dev.peer.core.trust.CertificateMaker.root;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.peer.core.id.Digest;
import dev.peer.core.record.RunRecordJson;
import dev.peer.core.trust.Credentials;
import dev.peer.core.trust.Made;
import dev.peer.core.trust.Openssl;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunSignerTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Made root = root("Root").make();

  @Test
  void writesAnEnvelopeOfInToto() throws Exception {
    Made team = authority("Team", root).make();
    Made alice = leaf("alice", team).make();
    JsonNode envelope = JSON.readTree(sign(alice, team).bytes());
    JsonNode signature = envelope.at("/signatures/0");

    assertThat(envelope.path("payloadType").textValue()).isEqualTo("application/vnd.in-toto+json");
    assertThat(envelope.path("signatures")).hasSize(1);
    assertThat(signature.path("keyid").textValue())
        .isEqualTo(Digest.of(alice.certificate().getEncoded()).toString());
    assertThat(signature.path("certificate").textValue())
        .startsWith("-----BEGIN CERTIFICATE-----\n");
    assertThat(signature.path("intermediates")).hasSize(1);
  }

  @Test
  void statesATestResultAboutTheTree() throws Exception {
    Made alice = leaf("alice", root).make();
    JsonNode statement = JSON.readTree(payload(sign(alice)));
    JsonNode predicate = statement.path("predicate");
    JsonNode run = predicate.path("urn:peer:run:v2");

    assertThat(statement.path("_type").textValue()).isEqualTo("https://in-toto.io/Statement/v1");
    assertThat(statement.path("predicateType").textValue())
        .isEqualTo("https://in-toto.io/attestation/test-result/v0.1");
    assertThat(statement.at("/subject/0/digest/gitTree").textValue())
        .isEqualTo(Runs.inputs().tree().hex());
    assertThat(statement.at("/subject/0/name").textValue())
        .isEqualTo("git.example.org/team/project");
    assertThat(predicate.path("result").textValue()).isEqualTo("PASSED");
    assertThat(predicate.at("/configuration/0/digest/sha256").textValue())
        .isEqualTo(Runs.inputs().image().hex());
    assertThat(predicate.at("/configuration/1/digest/sha256").textValue())
        .isEqualTo(Digest.of(Runs.inputs().canonicalJson()).hex());
    assertThat(run.path("runKey").textValue()).isEqualTo(Runs.inputs().key().hex());
    assertThat(run.path("record").toString())
        .isEqualTo(RunRecordJson.write(Runs.passed()).toString());
    assertThat(run.path("signerCertSha256").textValue())
        .isEqualTo(Digest.of(alice.certificate().getEncoded()).hex());
  }

  @ParameterizedTest
  @CsvSource({
    "secp256r1, -sha256",
    "secp384r1, -sha384",
    "secp521r1, -sha512",
    "RSA2048, -sha256",
    "RSA3072, -sha256"
  })
  void signsSoThatOpensslDgstVerifies(String kind, String digest, @TempDir Path directory)
      throws Exception {
    assumeTrue(Openssl.isThere(), "the openssl command is not installed");
    takeApart(sign(leaf("alice", root).keys(keys(kind)).make()), directory);
    Openssl.run(directory, "x509", "-in", "cert.pem", "-noout", "-pubkey", "-out", "key.pem");
    String[] verify = {"dgst", digest, "-verify", "key.pem", "-signature", "sig", "message"};

    assertThat(Openssl.run(directory, verify)).contains("Verified OK");
    Files.writeString(directory.resolve("message"), "another message");
    assertThatThrownBy(() -> Openssl.run(directory, verify)).hasMessageContaining("Verif");
  }

  @Test
  void signsSoThatOpensslPkeyutlVerifiesEd25519(@TempDir Path directory) throws Exception {
    assumeTrue(Openssl.isThere(), "the openssl command is not installed");
    takeApart(sign(leaf("alice", root).keys(keys("Ed25519")).make()), directory);
    String[] verify = {
      "pkeyutl",
      "-verify",
      "-certin",
      "-inkey",
      "cert.pem",
      "-rawin",
      "-in",
      "message",
      "-sigfile",
      "sig"
    };

    assertThat(Openssl.run(directory, verify)).contains("Verified Successfully");
    Files.writeString(directory.resolve("message"), "another message");
    assertThatThrownBy(() -> Openssl.run(directory, verify)).hasMessageContaining("Verif");
  }

  @Test
  void signsNoRunThatFailed() throws Exception {
    Made alice = leaf("alice", root).make();
    RunSigner signer = new RunSigner(credentials(alice));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> signer.sign(Runs.failed(), Runs.BUNDLE))
        .withMessageContaining("only a run that passed");
  }

  @Test
  void signsNoRunWhoseProvenanceIsUnstated() throws Exception {
    Made alice = leaf("alice", root).make();
    RunSigner signer = new RunSigner(credentials(alice));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> signer.sign(Runs.unstated(), Runs.BUNDLE))
        .withMessageContaining("states its provenance");
  }

  /** Takes an envelope apart as a reader would that shares no code with us. */
  private static void takeApart(Attestation attestation, Path directory) throws IOException {
    JsonNode envelope = JSON.readTree(attestation.bytes());
    byte[] payload = Base64.getDecoder().decode(envelope.path("payload").textValue());
    String type = envelope.path("payloadType").textValue();
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    message.writeBytes(
        ("DSSEv1 " + type.length() + " " + type + " " + payload.length + " ")
            .getBytes(StandardCharsets.US_ASCII));
    message.writeBytes(payload);
    Files.write(directory.resolve("message"), message.toByteArray());
    JsonNode signature = envelope.at("/signatures/0");
    Files.write(
        directory.resolve("sig"), Base64.getDecoder().decode(signature.path("sig").textValue()));
    Files.writeString(directory.resolve("cert.pem"), signature.path("certificate").textValue());
  }

  private static byte[] payload(Attestation attestation) throws IOException {
    return Base64.getDecoder()
        .decode(JSON.readTree(attestation.bytes()).path("payload").textValue());
  }

  private static Attestation sign(Made leaf, Made... intermediates) throws Exception {
    return new RunSigner(credentials(leaf, intermediates)).sign(Runs.passed(), Runs.BUNDLE);
  }

  private static Credentials credentials(Made leaf, Made... intermediates) throws Exception {
    List<Made> all = new ArrayList<>(List.of(leaf));
    all.addAll(List.of(intermediates));
    return Credentials.of(all.stream().map(Made::certificate).toList(), leaf.keys().getPrivate());
  }
}
