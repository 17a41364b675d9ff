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
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CertificatePolicies;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.PolicyConstraints;
import org.bouncycastle.asn1.x509.PolicyInformation;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

    Identity identity = validate(role, root, alice);

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

  @ParameterizedTest
  @ValueSource(strings = {"SHA256withRSA", "SHA512withRSA", "SHA384withRSAandMGF1"})
  void acceptsStrongSignaturesOfEveryKind(String algorithm) throws Exception {
    Made rsa = root("Root").keys(keys("RSA2048")).make();

    assertThat(accepted(rsa, leaf("alice", rsa).algorithm(algorithm).make())).isEqualTo("CN=alice");
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

  @Test
  void acceptsARootOnItsFirstAndItsLastSecond() throws Exception {
    Made first = root("Root").from(NOW).make();
    Made last = root("Root").until(NOW).make();

    assertThat(accepted(first, leaf("alice", first).make())).isEqualTo("CN=alice");
    assertThat(accepted(last, leaf("alice", last).make())).isEqualTo("CN=alice");
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
  void refusesARootThatNamesAnotherKeyAsItsIssuersAndAcceptsItsOwn() throws Exception {
    byte[] own = {1, 2, 3};
    GeneralNames names = new GeneralNames(new GeneralName(new X500Name("CN=Root")));
    CertificateMaker maker =
        root("Root")
            .extension(Extension.subjectKeyIdentifier, false, new SubjectKeyIdentifier(own));
    Made plain = withIssuersKey(maker, new AuthorityKeyIdentifier(own));
    Made full =
        withIssuersKey(maker, new AuthorityKeyIdentifier(own, names, BigInteger.valueOf(7)));
    Made none = withIssuersKey(maker, new AuthorityKeyIdentifier(names, BigInteger.valueOf(7)));
    Made other = withIssuersKey(maker, new AuthorityKeyIdentifier(new byte[] {1, 2, 4}));
    Made longer = withIssuersKey(maker, new AuthorityKeyIdentifier(new byte[] {1, 2, 3, 4}));

    for (Made each : List.of(plain, full, none)) {
      assertThat(accepted(each, leaf("alice", each).make())).isEqualTo("CN=alice");
    }
    for (Made each : List.of(other, longer)) {
      assertRefused("names another key", each, leaf("alice", each).make());
    }
  }

  @Test
  void refusesARootWhoseKeyIdentifiersAreMalformed() throws Exception {
    for (String malformed : List.of("3003800101", "0481030102030a", "04030102", "0403010203ff")) {
      byte[] value = HexFormat.of().parseHex(malformed);
      Made root = root("Root").extension(Extension.subjectKeyIdentifier, false, value).make();

      assertRefused("malformed key identifier", root, leaf("alice", root).make());
    }
    for (String malformed : List.of("0403010203", "30058004010203", "3006808103010203", "3000ff")) {
      byte[] value = HexFormat.of().parseHex(malformed);
      Made root = root("Root").extension(Extension.authorityKeyIdentifier, false, value).make();

      assertRefused("malformed key identifier", root, leaf("alice", root).make());
    }
  }

  private static Made withIssuersKey(CertificateMaker maker, AuthorityKeyIdentifier key) {
    return maker.extension(Extension.authorityKeyIdentifier, false, key).make();
  }

  // Path length

  @Test
  void refusesMoreAuthoritiesThanTheRootAllows() {
    Made strict = allowing(0, root("Root"));
    Made team = authority("Team", strict).make();

    assertRefused("allows 0 authorities below", strict, leaf("alice", team).make(), team);
  }

  @Test
  void refusesMoreAuthoritiesThanAnIntermediateAllows() {
    Made upper = allowing(0, authority("Upper", root));
    Made lower = authority("Lower", upper).make();

    assertRefused("allows 0", root, leaf("alice", lower).make(), upper, lower);
  }

  @Test
  void acceptsAsManyAuthoritiesAsTheRootAllows() throws Exception {
    Made strict = allowing(1, root("Root"));
    Made team = authority("Team", strict).make();

    assertThat(accepted(strict, leaf("alice", team).make(), team)).isEqualTo("CN=alice");
  }

  @Test
  void acceptsAPeerBelowAnAuthorityThatAllowsNoOther() throws Exception {
    Made last = allowing(0, authority("Last", root));

    assertThat(accepted(root, leaf("alice", last).make(), last)).isEqualTo("CN=alice");
  }

  @Test
  void countsNoAuthorityThatRenewedItself() throws Exception {
    Made last = allowing(0, authority("Last", root));
    Made renewed = authority("Last", last).make();

    assertThat(accepted(root, leaf("alice", renewed).make(), renewed, last)).isEqualTo("CN=alice");
  }

  @Test
  void acceptsEightAuthoritiesAndRefusesNine() throws Exception {
    List<Made> authorities = new ArrayList<>(List.of(root));
    while (authorities.size() < 9) {
      authorities.add(authority("A" + authorities.size(), authorities.getLast()).make());
    }
    Made[] above = authorities.toArray(Made[]::new);

    assertThat(accepted(root, leaf("alice", authorities.get(7)).make(), above))
        .isEqualTo("CN=alice");
    assertRefused("no way from", root, leaf("alice", authorities.get(8)).make(), above);
  }

  private static Made allowing(int authorities, CertificateMaker maker) {
    return maker
        .extension(Extension.basicConstraints, true, new BasicConstraints(authorities))
        .make();
  }

  // Policies

  @Test
  void refusesACertificateWithoutAPolicyWhereAnAuthorityWantsOne() throws Exception {
    PolicyConstraints wanted = new PolicyConstraints(BigInteger.ZERO, null);
    Made strictRoot = root("Root").extension(Extension.policyConstraints, true, wanted).make();
    Made strictTeam =
        policies(authority("Team", root))
            .extension(Extension.policyConstraints, true, wanted)
            .make();

    assertRefused("olicy", strictRoot, leaf("alice", strictRoot).make());
    assertRefused("olicy", root, leaf("alice", strictTeam).make(), strictTeam);
    assertThat(accepted(strictRoot, policies(leaf("alice", strictRoot)).make()))
        .isEqualTo("CN=alice");
    assertThat(accepted(root, policies(leaf("alice", strictTeam)).make(), strictTeam))
        .isEqualTo("CN=alice");
  }

  @Test
  void takesAnyPolicyForNoneWhereTheRootSaysSo() throws Exception {
    Made strict =
        root("Root")
            .extension(
                Extension.policyConstraints, true, new PolicyConstraints(BigInteger.ZERO, null))
            .extension(Extension.inhibitAnyPolicy, true, new ASN1Integer(0))
            .make();
    CertificatePolicies any =
        new CertificatePolicies(new PolicyInformation(new ASN1ObjectIdentifier("2.5.29.32.0")));

    assertRefused(
        "olicy",
        strict,
        leaf("alice", strict).extension(Extension.certificatePolicies, false, any).make());
    assertThat(accepted(strict, policies(leaf("alice", strict)).make())).isEqualTo("CN=alice");
  }

  private static CertificateMaker policies(CertificateMaker maker) {
    return maker.extension(
        Extension.certificatePolicies,
        false,
        new CertificatePolicies(new PolicyInformation(UNKNOWN)));
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
  void acceptsAPeersCertificateThatSaysSoAtLength() throws Exception {
    byte[] spelledOut = {0x30, 3, 1, 1, 0};

    assertThat(
            accepted(
                root,
                leaf("alice", root).extension(Extension.basicConstraints, true, spelledOut).make()))
        .isEqualTo("CN=alice");
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
  void refusesAServersCertificateForAClientAndTheOtherWayRound() throws Exception {
    Made server = leaf("alice", root).purposes(KeyPurposeId.id_kp_serverAuth).make();
    Made client = leaf("alice", root).purposes(KeyPurposeId.id_kp_clientAuth).make();

    assertThatThrownBy(() -> validator(root).validate(chain(server), CertificateRole.CLIENT, NOW))
        .hasMessageContaining("is not for clients");
    assertThatThrownBy(() -> validator(root).validate(chain(client), CertificateRole.SERVER, NOW))
        .hasMessageContaining("is not for servers");
    assertThat(validate(CertificateRole.SERVER, root, server)).isNotNull();
    assertThat(validate(CertificateRole.CLIENT, root, client)).isNotNull();
  }

  @Test
  void acceptsAClientsCertificateForASignerAndOneForNoPurposeInParticular() throws Exception {
    Made client = leaf("alice", root).purposes(KeyPurposeId.id_kp_clientAuth).make();
    Made both =
        leaf("alice", root)
            .purposes(KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth)
            .make();
    Made plain = leaf("alice", root).make();

    for (Made alice : List.of(client, both, plain)) {
      assertThat(validate(CertificateRole.SIGNER, root, alice)).isNotNull();
    }
  }

  @Test
  void refusesACertificateForServersAloneForASigner() {
    for (KeyPurposeId purpose :
        List.of(KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_codeSigning)) {
      Made server = leaf("alice", root).purposes(purpose).make();

      assertThatThrownBy(() -> validator(root).validate(chain(server), CertificateRole.SIGNER, NOW))
          .hasMessageContaining("is not for peers that sign");
    }
  }

  @ParameterizedTest
  @EnumSource(CertificateRole.class)
  void refusesACertificateForAnyPurposeInEveryRole(CertificateRole role) {
    Made alone = leaf("alice", root).purposes(KeyPurposeId.anyExtendedKeyUsage).make();
    Made among =
        leaf("alice", root)
            .purposes(
                KeyPurposeId.id_kp_clientAuth,
                KeyPurposeId.id_kp_serverAuth,
                KeyPurposeId.anyExtendedKeyUsage)
            .make();

    for (Made each : List.of(alone, among)) {
      assertThatThrownBy(() -> validator(root).validate(chain(each), role, NOW))
          .hasMessageContaining("is for any purpose");
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
    Made mailRoot = root("Mail").purposes(KeyPurposeId.id_kp_emailProtection).make();

    assertRefused("may not vouch for clients", root, leaf("alice", mail).make(), mail);
    assertRefused("may not vouch for clients", mailRoot, leaf("alice", mailRoot).make());
  }

  @Test
  void acceptsWhatAnAuthorityForClientsOrForAnyPurposeVouchesFor() throws Exception {
    for (KeyPurposeId purpose :
        List.of(KeyPurposeId.id_kp_clientAuth, KeyPurposeId.anyExtendedKeyUsage)) {
      Made team = authority("Team", root).purposes(purpose).make();
      Made narrow = root("Narrow").purposes(purpose).make();

      assertThat(accepted(root, leaf("alice", team).make(), team)).isEqualTo("CN=alice");
      assertThat(accepted(narrow, leaf("alice", narrow).make())).isEqualTo("CN=alice");
    }
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

  @Test
  void refusesARsaKeyThatTakesLongToCheckAndOneThatIsABitShort() throws Exception {
    for (int bits : List.of(2047, 8193)) {
      BigInteger modulus = BigInteger.ONE.shiftLeft(bits - 1).setBit(0);
      PublicKey key =
          KeyFactory.getInstance("RSA")
              .generatePublic(new RSAPublicKeySpec(modulus, RSAKeyGenParameterSpec.F4));

      assertRefused("RSA " + bits, root, leaf("alice", root).keys(new KeyPair(key, null)).make());
    }
  }

  @Test
  void refusesACurveThatIsNotNamedHere() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", new BouncyCastleProvider());
    generator.initialize(new ECGenParameterSpec("brainpoolP256r1"));

    assertRefused(
        "has a key that is not accepted",
        root,
        leaf("alice", root).keys(generator.generateKeyPair()).make());
  }

  @ParameterizedTest
  @ValueSource(strings = {"DSA", "Ed448", "X25519"})
  void refusesKeysOfOtherKinds(String kind) {
    assertRefused(
        "has a key that is not accepted", root, leaf("alice", root).keys(keys(kind)).make());
  }

  @ParameterizedTest
  @CsvSource({
    "RSA2048, SHA1withRSA",
    "RSA2048, SHA1withRSAandMGF1",
    "RSA2048, MD5withRSA",
    "RSA2048, SHA224withRSA",
    "secp256r1, SHA1withECDSA"
  })
  void refusesAWeakSignatureOnTheLeafAndOnAnIntermediate(String kind, String algorithm) {
    Made top = root("Root").keys(keys(kind)).make();
    Made team = authority("Team", top).algorithm(algorithm).make();

    assertRefused("too weak", top, leaf("alice", top).algorithm(algorithm).make());
    assertRefused("too weak", top, leaf("alice", team).make(), team);
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
  void acceptsSerialNumbersOfOneToTwentyBytes() throws Exception {
    for (BigInteger serial : List.of(BigInteger.ONE, BigInteger.ONE.shiftLeft(159))) {
      assertThat(accepted(root, leaf("alice", root).serial(serial).make())).isEqualTo("CN=alice");
    }
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

  /** Every way among them would take longer than any test. */
  @Test
  @Timeout(300)
  void givesUpOnAuthoritiesThatSignEachOther() {
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

    assertRefused("no way from", root, alice, loops.toArray(Made[]::new));
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
    return validate(CertificateRole.CLIENT, anchor, leaf, others).id().text();
  }

  /** Whom the validator lets in; BouncyCastle's must not refuse it. */
  private static Identity validate(CertificateRole role, Made anchor, Made leaf, Made... others)
      throws Exception {
    List<X509Certificate> chain = chain(leaf, others);
    Identity identity = validator(anchor).validate(chain, role, NOW);
    assertThat(BouncyCastlePkix.fault(chain, List.of(anchor.certificate()), NOW)).isEmpty();
    return identity;
  }

  private static void assertRefused(String reason, Made anchor, Made leaf, Made... others) {
    assertThatThrownBy(
            () -> validator(anchor).validate(chain(leaf, others), CertificateRole.CLIENT, NOW))
        .isInstanceOf(UntrustedCertificateException.class)
        .hasMessageContaining(reason);
    assertThat(validator(anchor).faults(chain(leaf, others), CertificateRole.CLIENT, NOW))
        .as("what explains the refusal")
        .anyMatch(fault -> fault.what().contains(reason))
        .allMatch(fault -> !fault.mend().isEmpty());
  }

  private static CertificateValidator validator(Made anchor) {
    return new CertificateValidator(
        TrustAnchors.of(List.of(anchor.certificate())), RevocationLists.none());
  }

  private static List<X509Certificate> chain(Made leaf, Made... others) {
    return Stream.concat(Stream.of(leaf), Stream.of(others)).map(Made::certificate).toList();
  }
}
