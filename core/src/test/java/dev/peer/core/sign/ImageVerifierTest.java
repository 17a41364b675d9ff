package dev.peer.core.sign;

import static dev.peer.core.trust.CertificateMaker.NOW;
import static dev.peer.core.trust.CertificateMaker.authority;
import static dev.peer.core.trust.CertificateMaker.leaf;
import static dev.peer.core.trust.CertificateMaker.root;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.access.AccessRule;
import dev.peer.core.access.AccessRules;
import dev.peer.core.access.NamespaceRules;
import dev.peer.core.access.SignRules;
import dev.peer.core.id.Digest;
import dev.peer.core.trust.CertificateValidator;
import dev.peer.core.trust.Credentials;
import dev.peer.core.trust.Lists;
import dev.peer.core.trust.Made;
import dev.peer.core.trust.RevocationLists;
import dev.peer.core.trust.RevocationMode;
import dev.peer.core.trust.TrustAnchors;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.CRLReason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ImageVerifierTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Digest IMAGE = Digest.of(new byte[] {1});
  private static final Duration DAY = Duration.ofDays(1);

  private final Made root = root("Root").make();
  private final Made team = authority("Team", root).make();
  private final Made ci = leaf("ci", team).names("uri:urn:peer:ci").make();

  @Test
  void tellsWhoVouchesForTheImage() throws Exception {
    assertThat(verifier().verify(sign(IMAGE), IMAGE).id().text()).isEqualTo("urn:peer:ci");
  }

  @Test
  void statesTheImageTheTimeAndTheSignersCertificate() throws Exception {
    ObjectNode statement = (ObjectNode) JSON.readTree(Envelope.read(sign(IMAGE)).payload());

    assertThat(statement.toString())
        .isEqualTo(
            "{'_type':'https://in-toto.io/Statement/v1','subject':[{'name':'guest-image','digest':"
                .concat("{'sha256':'%s'}}],'predicateType':'urn:peer:image:v1','predicate':")
                .concat("{'signedAt':'2030-06-15T12:00:00Z','signerCertSha256':'%s'}}")
                .replace('\'', '"')
                .formatted(IMAGE.hex(), Digest.of(ci.certificate().getEncoded()).hex()));
  }

  @Test
  void refusesAnAttestationOfAnotherImage() throws Exception {
    Digest other = Digest.of(new byte[] {2});

    assertRefused(verifier(), sign(other), "it vouches for the image " + other + ", not " + IMAGE);
  }

  @Test
  void refusesTheAttestationOfARun() throws Exception {
    assertRefused(
        verifier(),
        new RunSigner(credentials(ci)).sign(Runs.passed(), Runs.BUNDLE),
        "does not vouch for a guest image");
  }

  @Test
  void isNoAttestationOfARun() throws Exception {
    RecordVerifier runs =
        new RecordVerifier(
            new CertificateValidator(
                TrustAnchors.of(List.of(root.certificate())), RevocationLists.none()),
            AccessRule.anyone(),
            InstantSource.fixed(NOW));

    assertThatThrownBy(() -> runs.verifyAnyRun(sign(IMAGE), KeptLists.NONE))
        .isInstanceOf(VerificationException.class)
        .hasMessageContaining("predicateType");
  }

  @Test
  void refusesWhomNoRuleAdmits() throws Exception {
    assertRefused(
        verifier(rules("uri:urn:peer:builder", "anyone")),
        sign(IMAGE),
        "urn:peer:ci may not vouch for guest images (the rule: uri:urn:peer:builder)");
    assertRefused(verifier(rules("", "anyone")), sign(IMAGE), "(the rule: nobody)");
    assertThat(verifier(rules("uri:urn:peer:ci", "")).verify(sign(IMAGE), IMAGE)).isNotNull();
  }

  @Test
  void takesWhoeverMaySignWhereThereIsNoRule() throws Exception {
    AccessRule ofSigning = AccessRule.parse("uri:urn:peer:ci");
    AccessRules rules = new AccessRules(AccessRule.anyone(), AccessRule.anyone(), ofSigning);
    Made laptop = leaf("laptop", team).names("uri:urn:peer:laptop").make();

    assertThat(verifier(rules).verify(sign(IMAGE), IMAGE)).isNotNull();
    assertRefused(
        verifier(rules),
        sign(IMAGE, laptop),
        "urn:peer:laptop may not vouch for guest images (the rule: uri:urn:peer:ci)");
  }

  @Test
  void refusesASignerOfAnotherAuthorityAndARevokedOne() throws Exception {
    Made mallory = leaf("ci", root("Mallory").make()).names("uri:urn:peer:ci").make();

    assertRefused(verifier(), sign(IMAGE, mallory), "the signer is not trusted: no way");
    assertRefused(
        verifier(NOW, revoked(NOW.minusSeconds(1))), sign(IMAGE), "the signer is not trusted");
  }

  @Test
  void refusesEveryEnvelopeOfWhichOneByteDiffers() throws Exception {
    byte[] bytes = sign(IMAGE).bytes();
    List<Integer> taken = new ArrayList<>();
    for (int i = 0; i < bytes.length; i++) {
      byte[] flipped = bytes.clone();
      flipped[i] ^= 1;
      try {
        verifier().verify(Attestation.of(flipped), IMAGE);
        taken.add(i);
      } catch (VerificationException e) {
        assertThat(e.getMessage()).isNotBlank().doesNotContain("\n");
      }
    }
    assertThat(taken).isEmpty();
  }

  /** What even an admitted signer cannot say: each is signed as it stands. */
  @ParameterizedTest(name = "{0}")
  @MethodSource
  void refusesAStatementThat(String name, Consumer<ObjectNode> change, String reason)
      throws Exception {
    ObjectNode statement = (ObjectNode) JSON.readTree(Envelope.read(sign(IMAGE)).payload());
    change.accept(statement);

    assertRefused(
        verifier(),
        Signatures.sign(credentials(ci), JSON.writeValueAsBytes(statement)).write(),
        reason);
  }

  static Stream<Object[]> refusesAStatementThat() {
    return Stream.of(
        change(
            "is of another version",
            json -> json.put("predicateType", "urn:peer:image:v2"),
            "in a form that this peer knows (urn:peer:image:v1)"),
        change("is of another type", json -> json.put("_type", "x"), "_type"),
        change("has an unknown field", json -> json.put("x", 1), "unknown field x"),
        change("says more", json -> predicate(json).put("x", 1), "unknown field x"),
        change("is about nothing", json -> json.putArray("subject"), "exactly one subject"),
        change("names no time", json -> predicate(json).put("signedAt", "now"), "a time such as"),
        change(
            "was signed in time to come",
            json -> predicate(json).put("signedAt", "2030-06-15T12:05:01Z"),
            "yet to come"),
        change(
            "was signed before the certificate",
            json -> predicate(json).put("signedAt", "2000-01-01T00:00:00Z"),
            "before the signer's certificate was valid"),
        change(
            "is another certificate's",
            json -> predicate(json).put("signerCertSha256", "0".repeat(64)),
            "another certificate"));
  }

  @Test
  void whatIsKeptOutlastsTheSignersCertificate() throws Exception {
    Instant expired = ci.certificate().getNotAfter().toInstant().plus(DAY);
    ImageVerifier later = verifier(expired, RevocationLists.none());

    assertThat(later.verify(sign(IMAGE), IMAGE, NOW)).isNotNull();
    assertRefused(later, sign(IMAGE), "the signer is not trusted");
  }

  @Test
  void whatIsKeptDoesNotOutlastALostKey() throws Exception {
    Instant tomorrow = NOW.plus(DAY);

    assertThatThrownBy(
            () -> verifier(tomorrow, revoked(NOW.plusSeconds(60))).verify(sign(IMAGE), IMAGE, NOW))
        .isInstanceOf(VerificationException.class)
        .hasMessageContaining("the signer is not trusted");
  }

  private static Object[] change(String name, Consumer<ObjectNode> change, String reason) {
    return new Object[] {name, change, reason};
  }

  private static ObjectNode predicate(ObjectNode statement) {
    return (ObjectNode) statement.path("predicate");
  }

  private static void assertRefused(ImageVerifier verifier, Attestation attestation, String why) {
    assertThatThrownBy(() -> verifier.verify(attestation, IMAGE))
        .isInstanceOf(VerificationException.class)
        .hasMessageContaining(why);
  }

  private Attestation sign(Digest image) throws Exception {
    return sign(image, ci);
  }

  private Attestation sign(Digest image, Made signer) throws Exception {
    return new ImageSigner(credentials(signer), InstantSource.fixed(NOW)).sign(image);
  }

  private Credentials credentials(Made signer) throws Exception {
    List<X509Certificate> chain = List.of(signer.certificate(), team.certificate());
    return Credentials.of(chain, signer.keys().getPrivate());
  }

  private RevocationLists revoked(Instant since) {
    List<X509CRL> lists =
        List.of(
            Lists.by(root).make(),
            Lists.by(team).revoked(ci, since, CRLReason.keyCompromise).make());
    return RevocationLists.of(lists, RevocationMode.WARN);
  }

  private static AccessRules rules(String image, String sign) {
    NamespaceRules anyone = NamespaceRules.everywhere(AccessRule.anyone());
    return new AccessRules(
        anyone,
        anyone,
        SignRules.parse(sign),
        Optional.of(AccessRule.parse(image)),
        Optional.empty());
  }

  private ImageVerifier verifier() {
    return verifier(AccessRules.open());
  }

  private ImageVerifier verifier(AccessRules rules) {
    return verifier(rules, NOW, RevocationLists.none());
  }

  private ImageVerifier verifier(Instant now, RevocationLists lists) {
    return verifier(AccessRules.open(), now, lists);
  }

  private ImageVerifier verifier(AccessRules rules, Instant now, RevocationLists lists) {
    return new ImageVerifier(
        new CertificateValidator(TrustAnchors.of(List.of(root.certificate())), lists),
        rules,
        InstantSource.fixed(now));
  }
}
