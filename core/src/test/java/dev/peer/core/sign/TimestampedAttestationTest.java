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
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.access.AccessRule;
import dev.peer.core.access.SignRules;
import dev.peer.core.id.RunKey;
import dev.peer.core.pem.CredentialException;
import dev.peer.core.record.RunRecord;
import dev.peer.core.timestamp.Timestamp;
import dev.peer.core.timestamp.TimestampToken;
import dev.peer.core.trust.CertificateMaker;
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
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.CRLReason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A signer whose certificate ends ten days from now, and an authority that lasts a hundred. */
class TimestampedAttestationTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final RunKey KEY = Runs.inputs().key();
  private static final Instant EXPIRY = NOW.plus(Duration.ofDays(10));
  private static final Instant LATER = NOW.plus(Duration.ofDays(20));
  private static final Instant LAST = NOW.plus(Duration.ofDays(100));

  private final Made root = root("Root").until(LAST).make();
  private final Made alice = leaf("alice", root).until(EXPIRY).make();
  private final Made tsaRoot = root("TSA Root").until(LAST).make();
  private final Made tsa = timestamper("tsa", tsaRoot).until(LAST).make();
  private final Attestation plain = sign(Runs.passed(), alice);

  // Until when

  @Test
  void holdsWithoutATimestampUntilTheCertificateExpires() throws Exception {
    Evidence evidence = verify(plain, EXPIRY).evidence();

    assertThat(evidence.until()).isEqualTo(EXPIRY);
    assertThat(evidence.timestamp()).isEmpty();
    assertRefused("expired at", plain, EXPIRY.plusSeconds(1));
  }

  @Test
  void holdsWithATimestampUntilTheAuthoritysCertificateExpires() throws Exception {
    Attestation stamped = stamped(plain, NOW);

    for (Instant at : List.of(NOW, EXPIRY, LATER, LAST)) {
      Evidence evidence = verify(stamped, at).evidence();
      assertThat(evidence.until()).isEqualTo(LAST);
      assertThat(evidence.timestamp().orElseThrow().time()).isEqualTo(NOW);
      assertThat(evidence.timestamp().orElseThrow().authority().text()).isEqualTo("CN=tsa");
    }
    assertRefused("expired at", stamped, LAST.plusSeconds(1));
  }

  @Test
  void holdsAsLongAsTheCertificateWhereTheAuthoritysIsShorter() throws Exception {
    Made brief = timestamper("brief", tsaRoot).until(NOW.plusSeconds(60)).make();
    Attestation stamped = with(plain, token(authority(brief, tsaRoot, NOW), signature(plain)));

    assertThat(verify(stamped, NOW).evidence()).isEqualTo(new Evidence(EXPIRY, none()));
    assertThat(verify(stamped, EXPIRY).evidence()).isEqualTo(new Evidence(EXPIRY, none()));
    assertRefused("does not count", stamped, EXPIRY.plusSeconds(1));
  }

  @Test
  void endsWithTheFirstCertificateAboveTheSigner() throws Exception {
    Made team = CertificateMaker.authority("Team", root).until(NOW.plusSeconds(60)).make();
    Attestation signed = sign(Runs.passed(), leaf("bob", team).make(), team);

    assertThat(verify(signed, NOW).evidence().until()).isEqualTo(NOW.plusSeconds(60));
  }

  // Whose timestamp, over what, of when

  @Test
  void countsNoTimestampOfAStranger() throws Exception {
    Made strange = root("TSA Root").until(LAST).make();
    Made stranger = timestamper("tsa", strange).until(LAST).make();
    Attestation stamped = with(plain, token(authority(stranger, strange, NOW), signature(plain)));

    assertThat(verify(stamped, NOW).evidence()).isEqualTo(new Evidence(EXPIRY, none()));
    assertRefused("its timestamp does not count", stamped, LATER);
  }

  @Test
  void countsWhomEverThePeersAuthorityVouchesForUnlessOthersAreNamed() throws Exception {
    Made own = timestamper("own", root).until(LAST).make();
    Attestation stamped = with(plain, token(authority(own, root, NOW), signature(plain)));
    RecordVerifier verifier =
        new RecordVerifier(validator(root), AccessRule.anyone(), InstantSource.fixed(LATER));

    assertThat(verifier.verify(stamped, KEY).evidence().until()).isEqualTo(LAST);
    assertRefused("does not count", stamped, LATER);
  }

  @Test
  void refusesATimestampOverAnotherSignatureEvenIfNoneIsNeeded() throws Exception {
    Attestation other = sign(Runs.finishedAt(NOW.minusSeconds(61)), alice);
    Attestation stamped = with(plain, token(authority(tsa, tsaRoot, NOW), signature(other)));

    assertRefused("over something else", stamped, NOW);
    assertRefused("over something else", stamped, LATER);
  }

  @Test
  void refusesATimestampThatIsNoneEvenIfNoneIsNeeded() throws Exception {
    assertRefused(
        "not a time-stamp token", with(plain, TimestampToken.of(new byte[] {0x30, 0})), NOW);
  }

  @Test
  void refusesATimestampFromBeforeTheRunEnded() throws Exception {
    Instant end = Runs.passed().finishedAt();
    Instant allowed = end.minus(RecordVerifier.CLOCK_SKEW);

    assertThat(verify(stamped(plain, allowed), LATER)).isNotNull();
    assertRefused("before the run ended", stamped(plain, allowed.minusSeconds(1)), NOW);
  }

  @Test
  void refusesATimestampFromBeforeTheCertificate() throws Exception {
    Made late = leaf("bob", root).from(NOW).until(EXPIRY).make();
    Attestation signed = sign(Runs.finishedAt(NOW.minusSeconds(300)), late);

    assertThat(verify(stamped(signed, NOW), LATER)).isNotNull();
    assertRefused("before the signer's certificate", stamped(signed, NOW.minusSeconds(301)), NOW);
    assertThat(verify(stamped(signed, NOW.minusSeconds(1)), NOW).evidence().timestamp()).isEmpty();
    assertRefused("is not valid before", stamped(signed, NOW.minusSeconds(1)), LATER);
  }

  @Test
  void refusesATimestampFromAfterTheCertificate() throws Exception {
    assertRefused("nor at", stamped(plain, EXPIRY.plusSeconds(1)), LATER);
  }

  @Test
  void refusesATimestampThatIsYetToCome() throws Exception {
    assertRefused("yet to come", stamped(plain, LATER), NOW);
  }

  @Test
  void asksTheRuleOfWhomATimestampVouchesForAsWell() throws Exception {
    RecordVerifier verifier =
        new RecordVerifier(
            validator(root),
            validator(tsaRoot),
            SignRules.parse("cn:bob"),
            InstantSource.fixed(LATER));

    assertThatThrownBy(() -> verifier.verify(stamped(plain, NOW), KEY))
        .hasMessageContaining("CN=alice may not sign");
  }

  // Revocation

  @ParameterizedTest
  @ValueSource(
      ints = {CRLReason.affiliationChanged, CRLReason.superseded, CRLReason.cessationOfOperation})
  void holdsIfItWasStampedBeforeARevocationThatSaysNothingOfTheKey(int reason) throws Exception {
    X509CRL list = Lists.by(root).revoked(alice, NOW.plusSeconds(60), reason).make();

    assertThat(verify(stamped(plain, NOW), NOW.plusSeconds(60), list)).isNotNull();
    assertThat(verify(stamped(plain, NOW), LATER, list)).isNotNull();
    assertRefused("was revoked", plain, NOW.plusSeconds(60), list);
    assertRefused("was revoked", stamped(plain, NOW.plusSeconds(60)), LATER, list);
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        CRLReason.unspecified,
        CRLReason.keyCompromise,
        CRLReason.cACompromise,
        CRLReason.certificateHold,
        CRLReason.privilegeWithdrawn,
        CRLReason.aACompromise
      })
  void refusesWhatWasStampedBeforeAnyOtherRevocation(int reason) throws Exception {
    X509CRL list = Lists.by(root).revoked(alice, NOW.plusSeconds(60), reason).make();

    assertThat(verify(stamped(plain, NOW), NOW, list)).isNotNull();
    assertRefused("was revoked", stamped(plain, NOW), NOW.plusSeconds(60), list);
    assertRefused("was revoked", stamped(plain, NOW), LATER, list);
  }

  @Test
  void refusesWhatWasStampedBeforeARevocationThatPutsTheKeyInDoubt() throws Exception {
    X509CRL list =
        Lists.by(root)
            .revoked(alice, NOW.plusSeconds(60), CRLReason.superseded, NOW.minusSeconds(60))
            .make();

    assertRefused("was revoked", stamped(plain, NOW), LATER, list);
  }

  @Test
  void refusesWhatWasStampedIfTheListOfALivingAuthorityIsOverdue() throws Exception {
    X509CRL overdue = Lists.by(root).until(LATER.minusSeconds(1)).make();

    assertRefused("next update was due", stamped(plain, NOW), LATER, overdue);
  }

  // Kept lists

  @Test
  void goesByAListThatWasKeptWhereTheAuthorityMakesNoMore() throws Exception {
    Made team = CertificateMaker.authority("Team", root).until(EXPIRY).make();
    Attestation stamped = stamped(sign(Runs.passed(), leaf("bob", team).make(), team), NOW);
    X509CRL overdue = Lists.by(team).until(NOW.minusSeconds(1)).make();
    X509CRL then = Lists.by(team).until(NOW.plusSeconds(3600)).make();

    KeptLists kept = verify(stamped, NOW, then).lists();
    assertThat(kept.pem()).contains("BEGIN X509 CRL");
    assertThat(verifier(LATER, overdue).verify(stamped, KEY, kept)).isNotNull();
    assertRefused("next update was due", stamped, LATER, overdue);
  }

  @Test
  void goesByNoKeptListWhereTheAuthorityLives() throws Exception {
    X509CRL overdue = Lists.by(root).until(NOW.minusSeconds(1)).make();
    KeptLists kept = KeptLists.of(List.of(Lists.by(root).until(NOW.plusSeconds(3600)).make()));

    assertThatThrownBy(() -> verifier(LATER, overdue).verify(stamped(plain, NOW), KEY, kept))
        .hasMessageContaining("next update was due");
  }

  @Test
  void refusesWhomAKeptListRevokesThoughTheNextOneNoLongerDoes() throws Exception {
    KeptLists kept =
        KeptLists.of(List.of(Lists.by(root).revoked(alice, NOW, CRLReason.keyCompromise).make()));

    assertThatThrownBy(
            () ->
                verifier(LATER, Lists.by(root).make())
                    .verify(stamped(plain, NOW.minusSeconds(1)), KEY, kept))
        .hasMessageContaining("was revoked");
  }

  @Test
  void goesByNoKeptListAloneWhereOneIsRequiredOfAnAuthorityThatLives() throws Exception {
    KeptLists kept = KeptLists.of(List.of(Lists.by(root).make()));

    assertThatThrownBy(
            () -> verifier(NOW, RevocationMode.REQUIRE).verify(stamped(plain, NOW), KEY, kept))
        .hasMessageContaining("there is no revocation list of");
    assertThat(
            verifier(NOW, RevocationMode.REQUIRE, Lists.by(root).make())
                .verify(stamped(plain, NOW), KEY, kept))
        .isNotNull();
  }

  @Test
  void goesByAListThatWasKeptWhereOneIsRequiredOfAnAuthorityThatMakesNoMore() throws Exception {
    Made team = CertificateMaker.authority("Team", root).until(EXPIRY).make();
    Attestation stamped = stamped(sign(Runs.passed(), leaf("bob", team).make(), team), NOW);
    X509CRL ofRoot = Lists.by(root).until(LATER.plusSeconds(1)).make();
    KeptLists kept = KeptLists.of(List.of(Lists.by(team).until(NOW.plusSeconds(3600)).make()));

    assertThat(verifier(LATER, RevocationMode.REQUIRE, ofRoot).verify(stamped, KEY, kept))
        .isNotNull();
    assertThatThrownBy(() -> verifier(LATER, RevocationMode.REQUIRE, ofRoot).verify(stamped, KEY))
        .hasMessageContaining("there is no revocation list of \"CN=Team\"");
  }

  @Test
  void takesAnOverdueListAsItStandsWhereThatIsOnlyWarnedOfButNoneThatWasKept() throws Exception {
    X509CRL overdue = Lists.by(root).until(LATER.minusSeconds(1)).make();
    X509CRL forged = Lists.by(root("Root").make()).make();
    KeptLists kept = KeptLists.of(List.of(overdue));

    assertThat(verifier(LATER, RevocationMode.WARN, overdue).verify(stamped(plain, NOW), KEY))
        .isNotNull();
    assertThatThrownBy(
            () ->
                verifier(LATER, RevocationMode.WARN, forged).verify(stamped(plain, NOW), KEY, kept))
        .hasMessageContaining("next update was due");
  }

  @Test
  void asksForNoListBecauseOneWasKept() throws Exception {
    KeptLists kept = KeptLists.of(List.of(Lists.by(root).until(NOW.plusSeconds(1)).make()));

    assertThat(verifier(LATER).verify(stamped(plain, NOW), KEY, kept)).isNotNull();
  }

  @Test
  void refusesKeptListsThatAreNone() {
    assertThatThrownBy(() -> verifier(NOW).verify(plain, KEY, new KeptLists("no list")))
        .isInstanceOf(VerificationException.class)
        .hasMessageContaining("the kept lists");
  }

  // The envelope

  @Test
  void putsTheTokenBesideTheSignatureAndChangesNothingElse() throws Exception {
    TimestampToken token = token(authority(tsa, tsaRoot, NOW), signature(plain));

    ObjectNode with = (ObjectNode) JSON.readTree(with(plain, token).bytes());
    JsonNode text = ((ObjectNode) with.at("/signatures/0")).remove("timestamp");

    assertThat(text.textValue()).isEqualTo(Base64.getEncoder().encodeToString(token.der()));
    assertThat(JSON.writeValueAsBytes(with)).isEqualTo(plain.bytes());
    assertThat(Envelope.read(plain).write()).isEqualTo(plain);
  }

  @Test
  void refusesOtherWritingsOfTheToken() throws Exception {
    String text = Base64.getEncoder().encodeToString(new byte[] {0x30, 0});

    for (String other :
        List.of("", " " + text, text.replace("=", ""), "MAE=", "A".repeat(65536), "-" + text)) {
      ObjectNode json = (ObjectNode) JSON.readTree(plain.bytes());
      ((ObjectNode) json.at("/signatures/0")).put("timestamp", other);
      assertRefused("timestamp", Attestation.of(JSON.writeValueAsBytes(json)), NOW);
    }
    ObjectNode json = (ObjectNode) JSON.readTree(plain.bytes());
    ((ObjectNode) json.at("/signatures/0")).putArray("timestamp").add(text);
    assertRefused("a string was expected", Attestation.of(JSON.writeValueAsBytes(json)), NOW);
  }

  @Test
  void stampsOnlyWithATokenThatCounts() throws Exception {
    Made strange = root("TSA Root").make();
    Made stranger = timestamper("tsa", strange).make();
    VerifiedAttestation verified = verify(plain, NOW);

    VerifiedAttestation stamped =
        verifier(NOW).stamp(verified, token(authority(tsa, tsaRoot, NOW), verified.signature()));

    assertThat(stamped.evidence().timestamp()).isPresent();
    assertThat(verify(stamped.envelope(), LATER)).isNotNull();
    assertThatThrownBy(
            () ->
                verifier(NOW)
                    .stamp(
                        verified, token(authority(stranger, strange, NOW), verified.signature())))
        .isInstanceOf(VerificationException.class)
        .hasMessageContaining("does not count");
  }

  @Test
  void stampsNothingThatWouldGetTooLong() throws Exception {
    int room = Attestation.LARGEST - sign(Runs.longerBy(0), alice).bytes().length;
    RunRecord record = Runs.longerBy(room / 4 * 3 - 16);
    VerifiedAttestation verified = verifier(NOW).verify(sign(record, alice), record.inputs().key());

    assertThatThrownBy(
            () ->
                verifier(NOW)
                    .stamp(verified, token(authority(tsa, tsaRoot, NOW), verified.signature())))
        .isInstanceOf(VerificationException.class)
        .hasMessageContaining("an attestation has at most");
  }

  private static Optional<Timestamp> none() {
    return Optional.empty();
  }

  private VerifiedAttestation verify(Attestation attestation, Instant at, X509CRL... lists)
      throws VerificationException {
    return verifier(at, lists).verify(attestation, KEY);
  }

  private RecordVerifier verifier(Instant at, X509CRL... lists) {
    return verifier(at, RevocationMode.CURRENT, lists);
  }

  private RecordVerifier verifier(Instant at, RevocationMode mode, X509CRL... lists) {
    return new RecordVerifier(
        new CertificateValidator(
            TrustAnchors.of(List.of(root.certificate())), RevocationLists.of(List.of(lists), mode)),
        validator(tsaRoot),
        SignRules.everywhere(AccessRule.anyone()),
        InstantSource.fixed(at));
  }

  private void assertRefused(String reason, Attestation attestation, Instant at, X509CRL... lists) {
    assertThatThrownBy(() -> verify(attestation, at, lists))
        .isInstanceOf(VerificationException.class)
        .hasMessageContaining(reason);
  }

  /** Stamped by the authority at that time. */
  private Attestation stamped(Attestation attestation, Instant at) throws Exception {
    return with(attestation, token(authority(tsa, tsaRoot, at), signature(attestation)));
  }

  private static Attestation with(Attestation attestation, TimestampToken token) throws Exception {
    return Envelope.read(attestation).with(token).write();
  }

  private static byte[] signature(Attestation attestation) throws Exception {
    return Envelope.read(attestation).signature();
  }

  private static Attestation sign(RunRecord record, Made leaf, Made... intermediates) {
    List<X509Certificate> chain =
        Stream.concat(Stream.of(leaf), Stream.of(intermediates)).map(Made::certificate).toList();
    try {
      return new RunSigner(Credentials.of(chain, leaf.keys().getPrivate()))
          .sign(record, Runs.BUNDLE);
    } catch (CredentialException e) {
      throw new AssertionError(e);
    }
  }
}
