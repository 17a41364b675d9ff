package dev.peer.core.sign;

import static dev.peer.core.trust.CertificateMaker.authority;
import static dev.peer.core.trust.CertificateMaker.keys;
import static dev.peer.core.trust.CertificateMaker.leaf;
import static dev.peer.core.trust.CertificateMaker.root;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.pem.Pem;
import dev.peer.core.trust.CertificateMaker;
import dev.peer.core.trust.Credentials;
import dev.peer.core.trust.Made;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code examples/check-attestation}, a reader that shares no code with us: it rebuilds what was
 * signed in a shell, and {@code openssl} judges signature and certificates.
 */
class CheckAttestationTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path SCRIPT = Path.of("../examples/check-attestation");

  @TempDir private Path directory;

  private final Made root = now(root("Team CA"));

  @BeforeEach
  void requireTools() {
    for (String tool : List.of("openssl", "jq", "base64")) {
      assumeTrue(
          Stream.of(System.getenv("PATH").split(":"))
              .anyMatch(each -> Files.isExecutable(Path.of(each, tool))),
          tool + " is not installed");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"secp256r1", "secp384r1", "secp521r1", "Ed25519", "RSA2048", "RSA3072"})
  void holdsForEveryKindOfKey(String kind) throws Exception {
    Made alice = now(leaf("alice", root).keys(keys(kind)));

    assertHolds(sign(alice), root);
  }

  @Test
  void holdsWithIntermediatesAndWithAnIntermediateAsAnchor() throws Exception {
    Made upper = now(authority("Upper", root));
    Made lower = now(authority("Lower", upper));
    ObjectNode envelope = sign(now(leaf("alice", lower)), lower, upper);

    assertHolds(envelope, root);
    assertHolds(envelope, upper);
  }

  @Test
  void holdsWithItsBundleAndWithNoOther() throws Exception {
    byte[] bundle = "bundle".getBytes(StandardCharsets.UTF_8);
    ObjectNode envelope = sign(now(leaf("alice", root)));

    assertThat(check(envelope, root, bundle)).startsWith("0 ").contains("sha256:");
    assertThat(check(envelope, root, new byte[1])).startsWith("1 ").contains("the bundle is");
  }

  @Test
  void holdsForVersion1AndForNoneToCome() throws Exception {
    Made alice = now(leaf("alice", root));
    String first =
        new String(
            new Statement(
                    Runs.inputs().key(),
                    Runs.unstated(),
                    Runs.BUNDLE,
                    Envelope.digestOf(alice.certificate()))
                .write(),
            StandardCharsets.UTF_8);

    assertHolds(seal(first, alice), root);
    assertThat(check(sign(alice), root)).contains("\"origin\": \"trunk\"");
    assertFails("version", seal(first.replace("urn:peer:run:v1", "urn:peer:run:v3"), alice), root);
  }

  @ParameterizedTest
  @ValueSource(strings = {"secp256r1", "Ed25519", "RSA2048"})
  void refusesAnotherPayloadOrSignature(String kind) throws Exception {
    Made alice = now(leaf("alice", root).keys(keys(kind)));
    ObjectNode payload = sign(alice);
    String text = decoded(payload.path("payload").textValue());
    payload.put("payload", encoded(text.replace("\"gitTree\":\"0", "\"gitTree\":\"1")));
    ObjectNode signature = sign(alice);
    byte[] bits = Base64.getDecoder().decode(signatureOf(signature).path("sig").textValue());
    bits[bits.length - 1] ^= 1;
    signatureOf(signature).put("sig", Base64.getEncoder().encodeToString(bits));

    assertFails("the signature does not hold", payload, root);
    assertFails("the signature does not hold", signature, root);
  }

  @Test
  void refusesASignerOfAnotherAuthorityOrWhoseTimeIsOver() throws Exception {
    Made old = leaf("old", root).from(Instant.EPOCH).until(Instant.now().minusSeconds(60)).make();

    assertFails("certificate does not hold", sign(now(leaf("a", root))), now(root("Team CA")));
    assertFails("certificate has expired", sign(old), root);
  }

  @Test
  void refusesAnotherCertificateOfTheSameKey() throws Exception {
    Made alice = now(leaf("alice", root));
    ObjectNode envelope = sign(alice);
    Made twin = now(leaf("twin", root).keys(alice.keys()));
    signatureOf(envelope).put("certificate", Pem.write(twin.certificate()));

    assertFails("it is about another certificate", envelope, root);
  }

  @Test
  void refusesASecondSignatureAndAnotherType() throws Exception {
    ObjectNode two = sign(now(leaf("alice", root)));
    ((ArrayNode) two.path("signatures")).add(signatureOf(two));
    ObjectNode type = sign(now(leaf("alice", root))).put("payloadType", "text/plain");

    assertFails("not exactly one signature", two, root);
    assertFails("no statement of in-toto", type, root);
  }

  private void assertHolds(ObjectNode envelope, Made anchor) throws Exception {
    assertThat(check(envelope, anchor))
        .startsWith("0 ")
        .contains("subject=CN=alice")
        .contains(Runs.inputs().tree().hex())
        .contains(Runs.inputs().key().hex());
  }

  private void assertFails(String why, ObjectNode envelope, Made anchor) throws Exception {
    assertThat(check(envelope, anchor)).startsWith("1 check-attestation: error: ").contains(why);
  }

  /** The exit code and what was said. */
  private String check(ObjectNode envelope, Made anchor, byte[]... bundle) throws Exception {
    List<String> command = new ArrayList<>(List.of(SCRIPT.toString()));
    command.add(file("attestation.json", JSON.writeValueAsBytes(envelope)));
    command.add(
        file("ca.pem", Pem.write(anchor.certificate()).getBytes(StandardCharsets.US_ASCII)));
    for (byte[] each : bundle) {
      command.add(file("bundle", each));
    }
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
      return process.exitValue() + " " + said;
    } finally {
      process.destroyForcibly();
    }
  }

  private String file(String name, byte[] bytes) throws IOException {
    return Files.write(directory.resolve(name), bytes).toString();
  }

  private static ObjectNode sign(Made leaf, Made... intermediates) throws Exception {
    return json(new RunSigner(credentials(leaf, intermediates)).sign(Runs.passed(), Runs.BUNDLE));
  }

  private static ObjectNode seal(String statement, Made leaf) throws Exception {
    byte[] payload = statement.getBytes(StandardCharsets.UTF_8);
    return json(Signatures.sign(credentials(leaf), payload).write());
  }

  private static ObjectNode json(Attestation attestation) throws IOException {
    return (ObjectNode) JSON.readTree(attestation.bytes());
  }

  private static Credentials credentials(Made leaf, Made... intermediates) throws Exception {
    return Credentials.of(
        Stream.concat(Stream.of(leaf), Stream.of(intermediates)).map(Made::certificate).toList(),
        leaf.keys().getPrivate());
  }

  /** A certificate that is good at the time of the machine, which {@code openssl} goes by. */
  private static Made now(CertificateMaker maker) {
    Instant now = Instant.now();
    return maker.from(now.minusSeconds(3600)).until(now.plusSeconds(3600)).make();
  }

  private static ObjectNode signatureOf(ObjectNode envelope) {
    return (ObjectNode) envelope.at("/signatures/0");
  }

  private static String decoded(String base64) {
    return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
  }

  private static String encoded(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
