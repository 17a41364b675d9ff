package dev.peer.core.timestamp;

import static dev.peer.core.timestamp.Timestampers.authority;
import static dev.peer.core.timestamp.Timestampers.token;
import static dev.peer.core.timestamp.Timestampers.validator;
import static dev.peer.core.trust.CertificateMaker.NOW;
import static dev.peer.core.trust.CertificateMaker.keys;
import static dev.peer.core.trust.CertificateMaker.root;
import static dev.peer.core.trust.CertificateMaker.timestamper;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.core.id.Digest;
import dev.peer.core.pem.CredentialException;
import dev.peer.core.trust.CertificateMaker;
import dev.peer.core.trust.CertificateValidator;
import dev.peer.core.trust.Lists;
import dev.peer.core.trust.Made;
import dev.peer.core.trust.RevocationLists;
import dev.peer.core.trust.UntrustedCertificateException;
import java.io.IOException;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.BERSequence;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.cmp.PKIFailureInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoGeneratorBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.tsp.TSPAlgorithms;
import org.bouncycastle.tsp.TimeStampRequestGenerator;
import org.bouncycastle.tsp.TimeStampResponse;
import org.bouncycastle.tsp.TimeStampToken;
import org.bouncycastle.tsp.TimeStampTokenGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimestampTest {

  private static final byte[] STAMPED = "a signature".getBytes(UTF_8);
  private static final Duration SKEW = Duration.ofMinutes(5);

  private final Made root = root("TSA Root").make();
  private final Made tsa = timestamper("tsa", root).make();

  // What holds

  @ParameterizedTest
  @ValueSource(strings = {"secp256r1", "secp384r1", "secp521r1", "RSA2048"})
  void countsTheTokenOfAnAuthorityWithAnyKeyThatOthersCanVerify(String kind) throws Exception {
    Made other = timestamper("other", root).keys(keys(kind)).make();

    Timestamp timestamp = verify(token(authority(other, root, NOW), STAMPED), STAMPED, NOW);

    assertThat(timestamp.time()).isEqualTo(NOW);
    assertThat(timestamp.authority().text()).isEqualTo("CN=other");
    assertThat(timestamp.until()).isEqualTo(other.certificate().getNotAfter().toInstant());
  }

  @Test
  void hasTheSha256OfTheBytesAndAccuracyPolicyAndRandomNumber() throws Exception {
    TimeStampToken first = parsed(token(authority(tsa, root, NOW), STAMPED));
    TimeStampToken second = parsed(token(authority(tsa, root, NOW), STAMPED));

    assertThat(HexFormat.of().formatHex(first.getTimeStampInfo().getMessageImprintDigest()))
        .isEqualTo(Digest.of(STAMPED).hex());
    assertThat(first.getTimeStampInfo().getPolicy().getId()).isEqualTo(TimestampAuthority.POLICY);
    assertThat(first.getTimeStampInfo().getGenTimeAccuracy().getSeconds()).isEqualTo(1);
    assertThat(first.getTimeStampInfo().getSerialNumber().bitLength()).isGreaterThan(64);
    assertThat(first.getTimeStampInfo().getSerialNumber())
        .isNotEqualTo(second.getTimeStampInfo().getSerialNumber());
  }

  @Test
  void countsATokenOfAnAuthorityWhoseCertificateNamesNonRepudiationAlone() throws Exception {
    Made other = timestamper("other", root).usage(KeyUsage.nonRepudiation).make();

    assertThat(verify(token(authority(other, root, NOW), STAMPED), STAMPED, NOW)).isNotNull();
  }

  // What the token is

  @Test
  void refusesATokenOverOtherBytes() throws Exception {
    TimestampToken token = token(authority(tsa, root, NOW), STAMPED);

    assertWrong("over something else", token, "another signature".getBytes(UTF_8), NOW);
  }

  @Test
  void refusesATokenOverAnotherDigestOfTheBytes() throws Exception {
    TimeStampRequestGenerator request = new TimeStampRequestGenerator();
    request.setCertReq(true);
    byte[] sha512 = MessageDigest.getInstance("SHA-512").digest(STAMPED);
    byte[] answer =
        authority(tsa, root, NOW)
            .answer(request.generate(TSPAlgorithms.SHA512, sha512).getEncoded());

    assertWrong("over something else", tokenOf(answer), STAMPED, NOW);
  }

  @Test
  void refusesATokenThatIsYetToCome() throws Exception {
    TimestampToken token = token(authority(tsa, root, NOW), STAMPED);

    assertThat(verify(token, STAMPED, NOW.minus(SKEW))).isNotNull();
    assertWrong("yet to come", token, STAMPED, NOW.minus(SKEW).minusSeconds(1));
  }

  @Test
  void refusesEveryTokenOfWhichOneBitDiffers() throws Exception {
    byte[] der = token(authority(tsa, root, NOW), STAMPED).der();
    List<Integer> taken = new ArrayList<>();
    for (int i = 0; i < der.length; i++) {
      byte[] flipped = der.clone();
      flipped[i] ^= 1;
      try {
        verify(TimestampToken.of(flipped), STAMPED, NOW);
        taken.add(i);
      } catch (TimestampException | UntrustedCertificateException e) {
        assertThat(e.getMessage()).isNotBlank().doesNotContain("\n");
      }
    }
    assertThat(taken).isEmpty();
  }

  static Stream<Arguments> nonsense() {
    return Stream.of(
        nonsense("one byte", der -> new byte[] {0x30}),
        nonsense("text", der -> "<html>not found</html>".getBytes(UTF_8)),
        nonsense("a token that goes on", der -> Arrays.copyOf(der, der.length + 1)),
        nonsense("half a token", der -> Arrays.copyOf(der, der.length / 2)),
        nonsense("a sequence of nothing", der -> new byte[] {0x30, 0}),
        nonsense("a token in BER", TimestampTest::inBer),
        nonsense("sequences within sequences", der -> nested()),
        nonsense("sequences without end", der -> endless()));
  }

  private static Arguments nonsense(String name, UnaryOperator<byte[]> change) {
    return Arguments.of(name, change);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("nonsense")
  void refuses(String name, UnaryOperator<byte[]> change) throws Exception {
    byte[] der = token(authority(tsa, root, NOW), STAMPED).der();

    assertWrong("it is not", TimestampToken.of(change.apply(der)), STAMPED, NOW);
  }

  @Test
  void refusesATokenWithoutItsAuthoritysCertificate() throws Exception {
    TimeStampRequestGenerator request = new TimeStampRequestGenerator();
    byte[] sha256 = HexFormat.of().parseHex(Digest.of(STAMPED).hex());
    byte[] answer =
        authority(tsa, root, NOW)
            .answer(request.generate(TSPAlgorithms.SHA256, sha256).getEncoded());

    assertWrong("signer's certificate", tokenOf(answer), STAMPED, NOW);
  }

  @Test
  void refusesATokenThatIsSignedWeakly() throws Exception {
    Made rsa = timestamper("tsa", root).keys(keys("RSA2048")).make();

    assertThat(verify(made(rsa, "SHA256withRSA", rsa), STAMPED, NOW)).isNotNull();
    assertWrong("too weak", made(rsa, "SHA1withRSA", rsa), STAMPED, NOW);
  }

  @Test
  void refusesATokenThatNamesAnotherCertificateThanSignedIt() throws Exception {
    Made twin = timestamper("tsa", root).keys(tsa.keys()).serial(serial(tsa)).make();

    assertWrong("signature does not hold", made(tsa, "SHA256withECDSA", twin), STAMPED, NOW);
  }

  // Whose it is

  @Test
  void countsNoTokenOfAStranger() throws Exception {
    Made strange = root("TSA Root").make();
    Made stranger = timestamper("tsa", strange).make();

    assertUntrusted(
        "no way from", token(authority(stranger, strange, NOW), STAMPED), validator(root), NOW);
  }

  @Test
  void countsNoTokenOfAnAuthorityThatHasExpiredSince() throws Exception {
    Made brief = timestamper("brief", root).until(NOW.plusSeconds(60)).make();
    TimestampToken token = token(authority(brief, root, NOW), STAMPED);

    assertThat(verify(token, STAMPED, NOW.plusSeconds(60))).isNotNull();
    assertUntrusted("expired at", token, validator(root), NOW.plusSeconds(61));
  }

  @Test
  void countsNoTokenOfAnAuthorityThatIsRevokedForWhateverReason() throws Exception {
    TimestampToken token = token(authority(tsa, root, NOW), STAMPED);
    CertificateValidator knowing =
        validator(
            root, Lists.by(root).revoked(tsa, NOW.plusSeconds(60), CRLReason.superseded).make());

    assertThat(
            new TimestampVerifier(knowing, SKEW)
                .verify(token, STAMPED, NOW, RevocationLists.none()))
        .isNotNull();
    assertUntrusted("was revoked", token, knowing, NOW.plusSeconds(60));
  }

  static Stream<Arguments> otherPurposes() {
    return Stream.of(
        Arguments.of(
            "not critical",
            (UnaryOperator<CertificateMaker>)
                maker -> maker.purposes(KeyPurposeId.id_kp_timeStamping)),
        Arguments.of(
            "for clients as well",
            (UnaryOperator<CertificateMaker>)
                maker ->
                    maker.extension(
                        Extension.extendedKeyUsage,
                        true,
                        new ExtendedKeyUsage(
                            new KeyPurposeId[] {
                              KeyPurposeId.id_kp_timeStamping, KeyPurposeId.id_kp_clientAuth
                            }))),
        Arguments.of(
            "for anything",
            (UnaryOperator<CertificateMaker>)
                maker ->
                    maker.extension(
                        Extension.extendedKeyUsage,
                        true,
                        new ExtendedKeyUsage(KeyPurposeId.anyExtendedKeyUsage))),
        Arguments.of(
            "no purpose",
            (UnaryOperator<CertificateMaker>) maker -> maker.without(Extension.extendedKeyUsage)),
        Arguments.of(
            "for key agreement as well",
            (UnaryOperator<CertificateMaker>)
                maker -> maker.usage(KeyUsage.digitalSignature | KeyUsage.keyAgreement)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("otherPurposes")
  void noCertificateIsForTimestampsThatIs(String name, UnaryOperator<CertificateMaker> change) {
    Made other = change.apply(timestamper("other", root)).make();

    assertThatThrownBy(() -> authority(other, root, NOW))
        .isInstanceOf(CredentialException.class)
        .hasMessageFindingMatch("is (not for timestamps|for any purpose)");
  }

  @Test
  void takesNoKeyWithWhichOthersCanNotVerify() {
    Made other = timestamper("other", root).keys(keys("Ed25519")).make();

    assertThatThrownBy(() -> authority(other, root, NOW))
        .isInstanceOf(CredentialException.class)
        .hasMessageContaining("Ed25519");
  }

  // Asking and answering

  @Test
  void refusesTheAnswerToAnotherQueryOverTheSameBytes() throws Exception {
    TimestampAuthority authority = authority(tsa, root, NOW);
    byte[] another = authority.answer(TimestampQuery.over(STAMPED).der());

    assertThatThrownBy(() -> TimestampQuery.over(STAMPED).token(another))
        .isInstanceOf(TimestampException.class)
        .hasMessageContaining("not one to the query");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "<html>", "0\u0003\u0002\u0001"})
  void refusesAnAnswerThatIsNone(String answer) {
    assertThatThrownBy(() -> TimestampQuery.over(STAMPED).token(answer.getBytes(UTF_8)))
        .isInstanceOf(TimestampException.class);
  }

  @Test
  void refusesAQueryThatIsNone() throws Exception {
    for (byte[] query : List.of(new byte[0], "query".getBytes(UTF_8), nested(), endless())) {
      assertRefusal(PKIFailureInfo.badDataFormat, query);
    }
  }

  @Test
  void refusesAQueryForAWeakDigestAnotherPolicyOrAnExtension() throws Exception {
    TimeStampRequestGenerator plain = new TimeStampRequestGenerator();
    assertRefusal(
        PKIFailureInfo.badAlg, plain.generate(TSPAlgorithms.SHA1, new byte[20]).getEncoded());
    assertRefusal(
        PKIFailureInfo.badDataFormat,
        plain.generate(TSPAlgorithms.SHA256, new byte[20]).getEncoded());
    TimeStampRequestGenerator policy = new TimeStampRequestGenerator();
    policy.setReqPolicy(new ASN1ObjectIdentifier("1.2.3"));
    assertRefusal(
        PKIFailureInfo.unacceptedPolicy,
        policy.generate(TSPAlgorithms.SHA256, new byte[32]).getEncoded());
    TimeStampRequestGenerator extended = new TimeStampRequestGenerator();
    extended.addExtension(new ASN1ObjectIdentifier("1.2.3"), true, new byte[] {5, 0});
    assertRefusal(
        PKIFailureInfo.unacceptedExtension,
        extended.generate(TSPAlgorithms.SHA256, new byte[32]).getEncoded());
  }

  @Test
  void saysWhyAnAuthorityRefuses() throws Exception {
    TimestampQuery query = TimestampQuery.over(STAMPED);
    byte[] refusal = authority(tsa, root, NOW).answer(new byte[0]);

    assertThatThrownBy(() -> query.token(refusal))
        .isInstanceOf(TimestampException.class)
        .hasMessageContaining("it refuses")
        .hasMessageContaining("not a time-stamp query");
  }

  private void assertRefusal(int failure, byte[] query) throws Exception {
    TimeStampResponse response = new TimeStampResponse(authority(tsa, root, NOW).answer(query));
    assertThat(response.getTimeStampToken()).isNull();
    assertThat(response.getStatus()).isEqualTo(2);
    assertThat(response.getFailInfo().intValue()).isEqualTo(failure);
  }

  private Timestamp verify(TimestampToken token, byte[] stamped, Instant now) throws Exception {
    return new TimestampVerifier(validator(root), SKEW)
        .verify(token, stamped, now, RevocationLists.none());
  }

  private void assertWrong(String reason, TimestampToken token, byte[] stamped, Instant now) {
    assertThatThrownBy(() -> verify(token, stamped, now))
        .isInstanceOf(TimestampException.class)
        .hasMessageContaining(reason);
  }

  private static void assertUntrusted(
      String reason, TimestampToken token, CertificateValidator validator, Instant now) {
    assertThatThrownBy(
            () ->
                new TimestampVerifier(validator, SKEW)
                    .verify(token, STAMPED, now, RevocationLists.none()))
        .isInstanceOf(UntrustedCertificateException.class)
        .hasMessageContaining(reason);
  }

  /** A token signed in this way, which says that it is by another certificate, and has that. */
  private static TimestampToken made(Made signer, String algorithm, Made shown) throws Exception {
    TimeStampTokenGenerator generator =
        new TimeStampTokenGenerator(
            new JcaSimpleSignerInfoGeneratorBuilder()
                .build(algorithm, signer.keys().getPrivate(), signer.certificate()),
            new JcaDigestCalculatorProviderBuilder()
                .build()
                .get(new AlgorithmIdentifier(TSPAlgorithms.SHA256)),
            new ASN1ObjectIdentifier("1.2.3"));
    generator.addCertificates(new JcaCertStore(List.of(shown.certificate())));
    TimeStampRequestGenerator request = new TimeStampRequestGenerator();
    request.setCertReq(true);
    byte[] sha256 = HexFormat.of().parseHex(Digest.of(STAMPED).hex());
    return TimestampToken.of(
        generator
            .generate(
                request.generate(TSPAlgorithms.SHA256, sha256), BigInteger.ONE, Date.from(NOW))
            .getEncoded("DER"));
  }

  private static BigInteger serial(Made made) {
    return made.certificate().getSerialNumber();
  }

  private static TimeStampToken parsed(TimestampToken token) throws Exception {
    return new TimeStampToken(new CMSSignedData(token.der()));
  }

  private static TimestampToken tokenOf(byte[] answer) throws Exception {
    return TimestampToken.of(new TimeStampResponse(answer).getTimeStampToken().getEncoded("DER"));
  }

  private static byte[] inBer(byte[] der) {
    try {
      ASN1Encodable[] parts = ASN1Sequence.getInstance(ASN1Primitive.fromByteArray(der)).toArray();
      return new BERSequence(parts).getEncoded("BER");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] nested() {
    byte[] bytes = new byte[] {5, 0};
    while (bytes.length < TimestampToken.LARGEST - 8) {
      try {
        bytes = new DERSequence(ASN1Primitive.fromByteArray(bytes)).getEncoded("DER");
      } catch (IOException | StackOverflowError e) {
        return bytes;
      }
    }
    return bytes;
  }

  private static byte[] endless() {
    byte[] bytes = new byte[TimestampToken.LARGEST];
    for (int i = 0; i < bytes.length; i += 2) {
      bytes[i] = 0x30;
      bytes[i + 1] = (byte) 0x80;
    }
    return bytes;
  }
}
