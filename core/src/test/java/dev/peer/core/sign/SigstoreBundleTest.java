package dev.peer.core.sign;

import static dev.peer.core.timestamp.Timestampers.authority;
import static dev.peer.core.timestamp.Timestampers.token;
import static dev.peer.core.timestamp.Timestampers.validator;
import static dev.peer.core.trust.CertificateMaker.NOW;
import static dev.peer.core.trust.CertificateMaker.leaf;
import static dev.peer.core.trust.CertificateMaker.root;
import static dev.peer.core.trust.CertificateMaker.timestamper;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.peer.core.access.AccessRule;
import dev.peer.core.timestamp.TimestampToken;
import dev.peer.core.trust.CertificateMaker;
import dev.peer.core.trust.Credentials;
import dev.peer.core.trust.Made;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.tsp.TimeStampResponse;
import org.junit.jupiter.api.Test;

/** What Sigstore's own verifier says of such a bundle, {@code SigstoreIT} shows. */
class SigstoreBundleTest {

  private final Made root = root("Root").make();
  private final Made tsa = timestamper("tsa", root).make();

  @Test
  void hasThePartsOfTheAttestationByteForByte() throws Exception {
    Made team = CertificateMaker.authority("Team", root).make();
    Made alice = leaf("alice", team).make();
    VerifiedAttestation signed = verified(signed(alice, team));
    TimestampToken token = token(authority(tsa, root, NOW), signed.signature());

    byte[] json = SigstoreBundle.of(verifier().stamp(signed, token)).json();

    JsonNode bundle = new ObjectMapper().readTree(json);
    assertThat(bundle.fieldNames())
        .toIterable()
        .containsExactly("mediaType", "verificationMaterial", "dsseEnvelope");
    assertThat(bundle.get("mediaType").textValue())
        .isEqualTo("application/vnd.dev.sigstore.bundle.v0.3+json");
    assertThat(bytes(bundle.at("/verificationMaterial/certificate/rawBytes")))
        .isEqualTo(alice.certificate().getEncoded());
    assertThat(bundle.at("/verificationMaterial/tlogEntries")).isEmpty();
    JsonNode envelope = new ObjectMapper().readTree(signed.envelope().bytes());
    assertThat(bundle.at("/dsseEnvelope/payloadType")).isEqualTo(envelope.get("payloadType"));
    assertThat(bundle.at("/dsseEnvelope/payload")).isEqualTo(envelope.get("payload"));
    assertThat(bundle.at("/dsseEnvelope/signatures")).hasSize(1);
    assertThat(bundle.at("/dsseEnvelope/signatures/0/sig"))
        .isEqualTo(envelope.at("/signatures/0/sig"));
    assertThat(json).doesNotContain((byte) '\n');
  }

  @Test
  void carriesTheTokenAsTheAnswerThatGrantsIt() throws Exception {
    VerifiedAttestation signed = verified(signed(leaf("alice", root).make()));
    TimestampToken token = token(authority(tsa, root, NOW), signed.signature());

    byte[] json = SigstoreBundle.of(verifier().stamp(signed, token)).json();

    JsonNode stamps =
        new ObjectMapper()
            .readTree(json)
            .at("/verificationMaterial/timestampVerificationData/rfc3161Timestamps");
    assertThat(stamps).hasSize(1);
    TimeStampResponse answer = new TimeStampResponse(bytes(stamps.get(0).get("signedTimestamp")));
    assertThat(answer.getStatus()).isZero();
    assertThat(answer.getTimeStampToken().getEncoded()).isEqualTo(token.der());
  }

  @Test
  void remarksOnlyOnKeysWhoseDigestIsLonger() throws Exception {
    for (String kind : List.of("secp256r1", "Ed25519", "RSA2048")) {
      assertThat(bundleOfKey(kind).remark()).as(kind).isEmpty();
    }
    assertThat(bundleOfKey("secp384r1").remark().orElseThrow()).contains("key is EC P-384, ");
    assertThat(bundleOfKey("secp521r1").remark().orElseThrow()).contains("key is EC P-521, ");
  }

  @Test
  void refusesAResultWithoutATimestamp() throws Exception {
    VerifiedAttestation signed = verified(signed(leaf("alice", root).make()));

    assertThatThrownBy(() -> SigstoreBundle.of(signed))
        .isInstanceOf(SigstoreException.class)
        .hasMessage("the result has no timestamp, and Sigstore requires one")
        .extracting(e -> ((SigstoreException) e).hint())
        .asString()
        .contains("PEER_TSA");
  }

  @Test
  void refusesACertificateOfVersion1() throws Exception {
    VerifiedAttestation signed = verified(signed(leaf("alice", root).makeVersion1()));
    TimestampToken token = token(authority(tsa, root, NOW), signed.signature());
    VerifiedAttestation stamped = verifier().stamp(signed, token);

    assertThatThrownBy(() -> SigstoreBundle.of(stamped))
        .isInstanceOf(SigstoreException.class)
        .hasMessageContaining("X.509 version 1");
  }

  private SigstoreBundle bundleOfKey(String kind) throws Exception {
    VerifiedAttestation signed =
        verified(signed(leaf("alice", root).keys(CertificateMaker.keys(kind)).make()));
    return SigstoreBundle.of(
        verifier().stamp(signed, token(authority(tsa, root, NOW), signed.signature())));
  }

  private static Attestation signed(Made signer, Made... above) throws Exception {
    return new RunSigner(
            Credentials.of(
                Stream.concat(Stream.of(signer), Stream.of(above)).map(Made::certificate).toList(),
                signer.keys().getPrivate()))
        .sign(Runs.passed(), Runs.BUNDLE);
  }

  private VerifiedAttestation verified(Attestation attestation) throws Exception {
    return verifier().verify(attestation, Runs.inputs().key());
  }

  private RecordVerifier verifier() {
    return new RecordVerifier(validator(root), AccessRule.anyone(), InstantSource.fixed(NOW));
  }

  private static byte[] bytes(JsonNode base64) {
    return Base64.getDecoder().decode(base64.textValue());
  }
}
