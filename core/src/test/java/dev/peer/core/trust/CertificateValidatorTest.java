package dev.peer.core.trust;

import static dev.peer.core.trust.CertificateMaker.NOW;
import static dev.peer.core.trust.CertificateMaker.authority;
import static dev.peer.core.trust.CertificateMaker.keys;
import static dev.peer.core.trust.CertificateMaker.leaf;
import static dev.peer.core.trust.CertificateMaker.plain;
import static dev.peer.core.trust.CertificateMaker.root;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateValidatorTest {

  private static final ASN1ObjectIdentifier UNKNOWN = new ASN1ObjectIdentifier("1.3.6.1.4.1.1.1");

  private final Made root = root("Root").make();

  // Who is good

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "TIMESTAMPER")
  void acceptsAPeerOfTheRootInEveryRoleOfOne(CertificateRole role) throws Exception {
    Made alice = leaf("alice", root).names("uri:urn:peer:alice", "dns:Alice.Example").make();

    Identity identity = validator(root).validate(chain(alice), role, NOW);

    assertThat(identity.id().text()).isEqualTo("urn:peer:alice");
    assertThat(identity.dnsNames()).containsExactly("alice.example");
    assertThat(identity.issuer()).isEqualTo("CN=Root");
  }

  @ParameterizedTest
  @ValueSource(strings = {"secp256r1", "secp384r1", "secp521r1", "Ed25519", "RSA2048", "RSA3072"})
  void acceptsEveryKindOfKeyForAuthoritiesAndPeers(String kind) throws Exception {
    Made top = root("Root").keys(keys(kind)).make();
    Made alice = leaf("alice", top).keys(keys(kind)).make();

    assertThat(accepted(top, alice)).isEqualTo("CN=alice");
  }

  @Test
  void acceptsACertificateWithoutAnyExtension() throws Exception {
    assertThat(accepted(root, plain("CN=alice", root).make())).isEqualTo("CN=alice");
  }

  @Test
  void acceptsACertificateOfVersion1ForAPeer() throws Exception {
    assertThat(accepted(root, plain("CN=alice", root).makeVersion1())).isEqualTo("CN=alice");
  }

  @Test
  void acceptsARootWithoutKeyUsage() throws Exception {
    Made bare = root("Root").without(Extension.keyUsage).make();

    assertThat(accepted(bare, leaf("alice", bare).make())).isEqualTo("CN=alice");
  }

  @Test
  void acceptsIntermediatesInAnyOrderWithTheRootAndStrangersAmongThem() throws Exception {
    Made upper = authority("Upper", root).make();
    Made lower = authority("Lower", upper).make();
    Made alice = leaf("alice", lower).make();
    Made stranger = root("Stranger").make();

    assertThat(accepted(root, alice, upper, stranger, root, lower)).isEqualTo("CN=alice");
  }

  @Test
  void acceptsAnIntermediateAsTrustAnchor() throws Exception {
    Made team = authority("Team", root).make();

    assertThat(accepted(team, leaf("alice", team).make())).isEqualTo("CN=alice");
  }

  @Test
  void acceptsByAnotherWayWhereTheFirstDoesNotHold() throws Exception {
    var shared = keys("secp256r1");
    Made expired = authority("Team", root).keys(shared).until(NOW.minus(Duration.ofDays(1))).make();
    Made renewed = authority("Team", root).keys(shared).make();

    assertThat(accepted(root, leaf("alice", renewed).make(), expired, renewed))
        .isEqualTo("CN=alice");
  }

  @Test
  void acceptsOnTheFirstAndTheLastSecond() throws Exception {
    Made alice = leaf("alice", root).from(NOW).until(NOW.plusSeconds(60)).make();

    assertThat(validator(root).validate(chain(alice), CertificateRole.CLIENT, NOW)).isNotNull();
    assertThat(
            validator(root).validate(chain(alice), CertificateRole.CLIENT, NOW.plusMillis(60_999)))
        .isNotNull();
  }

  // Time

  @Test
  void refusesAnExpiredCertificate() {
    assertRefused("expired at", root, leaf("alice", root).until(NOW.minusSeconds(1)).make());
  }

  @Test
  void refusesACertificateThatIsNotYetValid() {
    assertRefused("not valid before", root, leaf("alice", root).from(NOW.plusSeconds(1)).make());
  }

  @Test
  void refusesAnExpiredRoot() {
    Made old = root("Root").until(NOW.minusSeconds(1)).make();

    assertRefused("\"CN=Root\" expired", old, leaf("alice", old).make());
  }

  @Test
  void refusesARootThatIsNotYetValid() {
    Made early = root("Root").from(NOW.plusSeconds(1)).make();

    assertRefused("\"CN=Root\" is not valid before", early, leaf("alice", early).make());
  }

  @Test
  void refusesAnExpiredIntermediate() {
    Made team = authority("Team", root).until(NOW.minusSeconds(1)).make();

    assertRefused("\"CN=Team\" expired", root, leaf("alice", team).make(), team);
  }

  // Way up

  @Test
  void refusesAStrangersCertificate() {
    Made stranger = root("Stranger").make();

    assertRefused("no way from", root, leaf("alice", stranger).make(), stranger);
  }

  @Test
  void refusesAStrangersAuthorityOfTheSameName() {
    Made impostor = root("Root").make();

    assertRefused("no way from", root, leaf("alice", impostor).make(), impostor);
  }

  @Test
  void refusesWhenAnIntermediateIsMissing() {
    Made team = authority("Team", root).make();

    assertRefused("issued by \"CN=Team\"", root, leaf("alice", team).make());
  }

  @Test
  void refusesAPeersCertificateAsAuthority() {
    Made bob = leaf("bob", root).make();

    assertRefused("CA:TRUE is missing", root, leaf("alice", bob).make(), bob);
  }

  @Test
  void refusesAnAuthorityOfVersion1() {
    Made old = plain("CN=Old", null).makeVersion1();

    assertRefused("CA:TRUE is missing", old, leaf("alice", old).make());
  }

  @Test
  void refusesAnAuthorityWithoutKeyCertSign() {
    Made team = authority("Team", root).usage(KeyUsage.cRLSign).make();

    assertRefused("lacks keyCertSign", root, leaf("alice", team).make(), team);
  }

  @Test
  void refusesARootWithoutKeyCertSign() {
    Made bare = root("Root").usage(KeyUsage.cRLSign).make();

    assertRefused("lacks keyCertSign", bare, leaf("alice", bare).make());
  }

  @Test
  void refusesMoreAuthoritiesThanTheRootAllows() {
    Made strict =
        root("Root").extension(Extension.basicConstraints, true, new BasicConstraints(0)).make();
    Made team = authority("Team", strict).make();

    assertRefused("allows 0 authorities below", strict, leaf("alice", team).make(), team);
  }

  @Test
  void refusesMoreAuthoritiesThanAnIntermediateAllows() {
    Made upper =
        authority("Upper", root)
            .extension(Extension.basicConstraints, true, new BasicConstraints(0))
            .make();
    Made lower = authority("Lower", upper).make();

    assertRefused("allows 0", root, leaf("alice", lower).make(), upper, lower);
  }

  @Test
  void acceptsAsManyAuthoritiesAsTheRootAllows() throws Exception {
    Made strict =
        root("Root").extension(Extension.basicConstraints, true, new BasicConstraints(1)).make();
    Made team = authority("Team", strict).make();

    assertThat(accepted(strict, leaf("alice", team).make(), team)).isEqualTo("CN=alice");
  }

  // Purpose

  @Test
  void refusesTheRootItselfAsPeer() {
    assertRefused("is an authority's", root, root);
  }

  @Test
  void refusesAnIntermediateAsPeer() {
    assertRefused("is an authority's", root, authority("Team", root).make());
  }

  @Test
  void refusesACertificateWhoseBasicConstraintsCanNotBeRead() {
    byte[] malformed = {0x30, 3, 1, 1};

    assertRefused(
        "is an authority's",
        root,
        leaf("alice", root).extension(Extension.basicConstraints, false, malformed).make());
  }

  @Test
  void refusesAServersCertificateForAClientAndTheOtherWayRound() {
    Made server = leaf("alice", root).purposes(KeyPurposeId.id_kp_serverAuth).make();
    Made client = leaf("alice", root).purposes(KeyPurposeId.id_kp_clientAuth).make();

    assertThatThrownBy(() -> validator(root).validate(chain(server), CertificateRole.CLIENT, NOW))
        .hasMessageContaining("is not for clients");
    assertThatThrownBy(() -> validator(root).validate(chain(client), CertificateRole.SERVER, NOW))
        .hasMessageContaining("is not for servers");
  }

  @Test
  void acceptsAClientsServersOrCodeSignersCertificateForASigner() throws Exception {
    for (KeyPurposeId purpose :
        List.of(
            KeyPurposeId.id_kp_clientAuth,
            KeyPurposeId.id_kp_serverAuth,
            KeyPurposeId.id_kp_codeSigning,
            KeyPurposeId.anyExtendedKeyUsage)) {
      Made alice = leaf("alice", root).purposes(purpose).make();

      assertThat(validator(root).validate(chain(alice), CertificateRole.SIGNER, NOW)).isNotNull();
    }
  }

  @ParameterizedTest
  @EnumSource(CertificateRole.class)
  void refusesACertificateForMailInEveryRole(CertificateRole role) {
    Made alice = leaf("alice", root).purposes(KeyPurposeId.id_kp_emailProtection).make();

    assertThatThrownBy(() -> validator(root).validate(chain(alice), role, NOW))
        .hasMessageContaining("extended key usage");
  }

  @Test
  void refusesWhatAnAuthorityForMailVouchesFor() {
    Made mail = authority("Mail", root).purposes(KeyPurposeId.id_kp_emailProtection).make();

    assertRefused("may not vouch for clients", root, leaf("alice", mail).make(), mail);
  }

  @Test
  void refusesAnEmptyOrMalformedExtendedKeyUsage() {
    assertRefused(
        "extended key usage",
        root,
        leaf("alice", root)
            .extension(Extension.extendedKeyUsage, false, new byte[] {0x30, 0})
            .make());
    assertRefused(
        "extended key usage",
        root,
        leaf("alice", root).extension(Extension.extendedKeyUsage, false, new byte[] {1}).make());
  }

  @Test
  void refusesAKeyThatIsNotForSignatures() {
    assertRefused(
        "lacks digitalSignature", root, leaf("alice", root).usage(KeyUsage.keyEncipherment).make());
  }

  @Test
  void refusesAPeersKeyThatMaySignCertificates() {
    assertRefused(
        "has keyCertSign",
        root,
        leaf("alice", root).usage(KeyUsage.digitalSignature | KeyUsage.keyCertSign).make());
  }

  @Test
  void refusesAMalformedKeyUsage() {
    assertRefused(
        "malformed key usage",
        root,
        leaf("alice", root).extension(Extension.keyUsage, false, new byte[] {1}).make());
  }

  // Strength

  @Test
  void refusesAWeakKeyOnTheLeafAnIntermediateAndTheRoot() {
    var weak = keys("RSA1024");
    Made weakRoot = root("Weak").keys(weak).make();
    Made weakTeam = authority("Team", root).keys(weak).make();

    assertRefused("RSA 1024", root, leaf("alice", root).keys(weak).make());
    assertRefused("\"CN=Team\" has a key", root, leaf("alice", weakTeam).make(), weakTeam);
    assertRefused("\"CN=Weak\" has a key", weakRoot, leaf("alice", weakRoot).make());
  }

  @ParameterizedTest
  @ValueSource(strings = {"DSA", "Ed448", "X25519"})
  void refusesKeysOfOtherKinds(String kind) {
    assertRefused(
        "has a key that is not accepted", root, leaf("alice", root).keys(keys(kind)).make());
  }

  @Test
  void refusesASignatureWithSha1() {
    Made rsa = root("Root").keys(keys("RSA2048")).make();
    Made team = authority("Team", rsa).algorithm("SHA1withRSA").make();

    assertRefused("too weak", rsa, leaf("alice", rsa).algorithm("SHA1withRSA").make());
    assertRefused("too weak", rsa, leaf("alice", team).make(), team);
  }

  @Test
  void acceptsASelfSignedRootWhoseOwnSignatureIsWeak() throws Exception {
    Made old = root("Root").keys(keys("RSA2048")).algorithm("SHA1withRSA").make();

    assertThat(accepted(old, leaf("alice", old).make())).isEqualTo("CN=alice");
  }

  // Form

  @Test
  void refusesAnUnknownCriticalExtensionAnywhereAndPassesOverAnUncriticalOne() throws Exception {
    Made strangeRoot = root("Root").extension(UNKNOWN, true, DERNull.INSTANCE).make();
    Made strangeTeam = authority("Team", root).extension(UNKNOWN, true, DERNull.INSTANCE).make();

    assertRefused(
        "critical extensions",
        root,
        leaf("alice", root).extension(UNKNOWN, true, DERNull.INSTANCE).make());
    assertRefused("critical extensions", root, leaf("alice", strangeTeam).make(), strangeTeam);
    assertRefused("critical extensions", strangeRoot, leaf("alice", strangeRoot).make());
    assertThat(
            accepted(root, leaf("alice", root).extension(UNKNOWN, false, DERNull.INSTANCE).make()))
        .isEqualTo("CN=alice");
  }

  @Test
  void refusesSerialNumbersThatAreNotPositiveOrTooLong() {
    for (BigInteger serial :
        List.of(BigInteger.ZERO, BigInteger.ONE.negate(), BigInteger.ONE.shiftLeft(161))) {
      assertRefused("serial number", root, leaf("alice", root).serial(serial).make());
    }
  }

  @Test
  void refusesAlternativeNamesThatCanNotBeRead() {
    assertRefused(
        "alternative names are malformed",
        root,
        leaf("alice", root)
            .extension(Extension.subjectAlternativeName, false, new byte[] {0x30, 1})
            .make());
  }

  @Test
  void refusesAnEmptyListOfAlternativeNames() {
    assertRefused(
        "alternative names",
        root,
        leaf("alice", root)
            .extension(Extension.subjectAlternativeName, false, new DERSequence())
            .make());
  }

  @Test
  void refusesACertificateThatNamesNobody() {
    assertRefused("names nobody", root, plain("", root).make());
  }

  @Test
  void refusesAFlippedBitInTheSignature() throws Exception {
    byte[] der = leaf("alice", root).make().certificate().getEncoded();
    der[der.length - 1] ^= 1;
    X509Certificate broken = CertificateMaker.parse(der);

    assertThatThrownBy(() -> validator(root).validate(List.of(broken), CertificateRole.CLIENT, NOW))
        .hasMessageContaining("no way from");
  }

  // Bounds

  @Test
  void refusesAnEmptyChainAndOneOfTooMany() {
    Made alice = leaf("alice", root).make();
    List<X509Certificate> many = IntStream.range(0, 17).mapToObj(i -> alice.certificate()).toList();

    assertThatThrownBy(() -> validator(root).validate(List.of(), CertificateRole.CLIENT, NOW))
        .isInstanceOf(UntrustedCertificateException.class);
    assertThatThrownBy(() -> validator(root).validate(many, CertificateRole.CLIENT, NOW))
        .isInstanceOf(UntrustedCertificateException.class);
  }

  @Test
  void givesUpSoonOnAuthoritiesThatSignEachOther() {
    var shared = keys("secp256r1");
    Made any =
        authority("Loop", new Made(root("Loop").keys(shared).make().certificate(), shared))
            .keys(shared)
            .make();
    List<Made> loops = new ArrayList<>();
    for (int i = 0; i < 15; i++) {
      loops.add(authority("Loop", any).keys(shared).make());
    }
    Made alice = leaf("alice", any).make();
    long begin = System.nanoTime();

    assertRefused("no way from", root, alice, loops.toArray(Made[]::new));
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void namesTheCertificateWithoutItsControlCharacters() {
    Made odd = root("Root\u001b[31m").make();

    assertThatThrownBy(
            () ->
                validator(root)
                    .validate(chain(leaf("alice", odd).make()), CertificateRole.CLIENT, NOW))
        .isInstanceOf(UntrustedCertificateException.class)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\u001b"));
  }

  private static String accepted(Made anchor, Made leaf, Made... others) throws Exception {
    return validator(anchor).validate(chain(leaf, others), CertificateRole.CLIENT, NOW).id().text();
  }

  private static void assertRefused(String reason, Made anchor, Made leaf, Made... others) {
    assertThatThrownBy(
            () -> validator(anchor).validate(chain(leaf, others), CertificateRole.CLIENT, NOW))
        .isInstanceOf(UntrustedCertificateException.class)
        .hasMessageContaining(reason);
  }

  private static CertificateValidator validator(Made anchor) {
    return new CertificateValidator(
        TrustAnchors.of(List.of(anchor.certificate())), RevocationLists.none());
  }

  private static List<X509Certificate> chain(Made leaf, Made... others) {
    return Stream.concat(Stream.of(leaf), Stream.of(others)).map(Made::certificate).toList();
  }
}
