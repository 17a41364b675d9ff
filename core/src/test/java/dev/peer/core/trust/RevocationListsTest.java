package dev.peer.core.trust;

import static dev.peer.core.trust.CertificateMaker.NOW;
import static dev.peer.core.trust.CertificateMaker.authority;
import static dev.peer.core.trust.CertificateMaker.leaf;
import static dev.peer.core.trust.CertificateMaker.root;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RevocationListsTest {

  private static final Instant DUE = NOW.plusSeconds(3600);
  private static final ASN1ObjectIdentifier UNKNOWN =
      new ASN1ObjectIdentifier("1.3.6.1.4.1.99999.1");

  private final Made root = root("Root").make();
  private final Made alice = leaf("alice", root).make();

  @Test
  void acceptsWhoIsNotRevoked() throws Exception {
    Made bob = leaf("bob", root).make();

    assertThat(validate(List.of(list(root, DUE, bob)), NOW, alice)).isEqualTo("CN=alice");
  }

  @Test
  void acceptsWhoeverAnAuthorityWithoutAListIssued() throws Exception {
    Made other = root("Other").make();

    assertThat(validate(List.of(list(other, DUE)), NOW, alice)).isEqualTo("CN=alice");
  }

  @Test
  void refusesWhoIsRevokedFromThatMomentOn() throws Exception {
    X509CRL list = list(root, DUE, alice);

    assertRefused("was revoked at", List.of(list), NOW, alice);
    assertThat(validate(List.of(list), NOW.minusSeconds(61), alice)).isEqualTo("CN=alice");
  }

  @Test
  void refusesWhoseAuthorityIsRevoked() throws Exception {
    Made team = authority("Team", root).make();
    Made bob = leaf("bob", team).make();

    assertRefused("\"CN=Team\" was revoked", List.of(list(root, DUE, team)), NOW, bob, team);
    assertThat(validate(List.of(list(root, DUE)), NOW, bob, team)).isEqualTo("CN=bob");
  }

  @Test
  void refusesAPeerOfTheSameSerialNumberOnlyUnderTheSameAuthority() throws Exception {
    Made other = root("Other").make();
    Made twin = leaf("twin", other).serial(alice.certificate().getSerialNumber()).make();

    assertThat(validate(List.of(list(other, DUE, twin)), NOW, alice)).isEqualTo("CN=alice");
  }

  @Test
  void refusesEverybodyOnceTheNextListIsOverdue() throws Exception {
    assertRefused("next update was due", List.of(list(root, NOW.minusSeconds(1))), NOW, alice);
  }

  @Test
  void acceptsWhenOneOfSeveralListsIsCurrentAndRefusesWhoIsOnAny() throws Exception {
    X509CRL old = list(root, NOW.minusSeconds(1), alice);
    X509CRL current = list(root, DUE);
    Made bob = leaf("bob", root).make();

    assertThat(validate(List.of(old, current), NOW, bob)).isEqualTo("CN=bob");
    assertRefused("was revoked", List.of(current, old), NOW, alice);
  }

  @Test
  void refusesEverybodyWhenTheListIsSignedByAnotherKey() throws Exception {
    Made impostor = root("Root").make();

    assertRefused("none is signed by it", List.of(list(impostor, DUE)), NOW, alice);
  }

  @Test
  void refusesEverybodyWhenTheAuthorityMayNotSignLists() throws Exception {
    Made bare = root("Root").usage(KeyUsage.keyCertSign).make();
    Made bob = leaf("bob", bare).make();

    assertThatThrownBy(
            () ->
                new CertificateValidator(
                        TrustAnchors.of(List.of(bare.certificate())),
                        RevocationLists.of(List.of(list(bare, DUE)), RevocationMode.CURRENT))
                    .validate(List.of(bob.certificate()), CertificateRole.CLIENT, NOW))
        .hasMessageContaining("none is signed by it");
  }

  @Test
  void refusesEverybodyWhenTheListIsPartial() throws Exception {
    JcaX509v2CRLBuilder builder = builder(root, DUE);
    builder.addExtension(Extension.deltaCRLIndicator, true, new CRLNumber(BigInteger.ONE));

    assertRefused("not supported", List.of(signed(builder, root)), NOW, alice);
  }

  @Test
  void acceptsAListWithoutANumberAsOpensslWritesIt() throws Exception {
    assertThat(validate(List.of(signed(builder(root, DUE), root)), NOW, alice))
        .isEqualTo("CN=alice");
  }

  @Test
  void requiresAListOfEveryAuthorityOfThePathWhereOneIsRequired() throws Exception {
    Made team = authority("Team", root).make();
    Made bob = leaf("bob", team).make();
    X509CRL ofRoot = list(root, DUE);
    X509CRL ofTeam = list(team, DUE);

    assertThat(validate(RevocationMode.REQUIRE, List.of(ofRoot, ofTeam), NOW, bob, team))
        .isEqualTo("CN=bob");
    assertRefused(
        RevocationMode.REQUIRE,
        "no revocation list of \"CN=Team\"",
        List.of(ofRoot),
        NOW,
        bob,
        team);
    assertRefused(
        RevocationMode.REQUIRE,
        "no revocation list of \"CN=Root\"",
        List.of(ofTeam),
        NOW,
        bob,
        team);
    assertThat(validate(List.of(ofTeam), NOW, bob, team)).isEqualTo("CN=bob");
  }

  @Test
  void requiresThatAListSaysUntilWhenItHoldsWhereOneIsRequired() throws Exception {
    X509CRL endless =
        signed(
            new JcaX509v2CRLBuilder(root.certificate(), Date.from(NOW.minusSeconds(7200))), root);

    assertRefused(RevocationMode.REQUIRE, "does not say until when", List.of(endless), NOW, alice);
    assertThat(validate(List.of(endless), NOW, alice)).isEqualTo("CN=alice");
  }

  @Test
  void takesAnOverdueListAsItStandsWhereThatIsOnlyWarnedOf() throws Exception {
    Made bob = leaf("bob", root).make();
    List<X509CRL> lists = List.of(list(root, NOW.minusSeconds(1), bob));

    assertThat(validate(RevocationMode.WARN, lists, NOW, alice)).isEqualTo("CN=alice");
    assertRefused(RevocationMode.WARN, "was revoked", lists, NOW, bob);
    assertRefused(RevocationMode.REQUIRE, "next update was due", lists, NOW, alice);
  }

  @Test
  void refusesForgedAndPartialListsEvenWhereItOnlyWarns() throws Exception {
    JcaX509v2CRLBuilder partial = builder(root, DUE);
    partial.addExtension(Extension.deltaCRLIndicator, true, new CRLNumber(BigInteger.ONE));
    Made impostor = root("Root").make();

    assertRefused(
        RevocationMode.WARN, "none is signed by it", List.of(list(impostor, DUE)), NOW, alice);
    assertRefused(RevocationMode.WARN, "not supported", List.of(signed(partial, root)), NOW, alice);
  }

  @ParameterizedTest
  @EnumSource
  void saysWhichAuthorityHasPublishedNoListInTime(RevocationMode mode) throws Exception {
    Made team = authority("Team", root).make();
    RevocationLists lists =
        RevocationLists.of(
            List.of(
                list(root, NOW.minusSeconds(1)), list(team, NOW.minusSeconds(1)), list(team, DUE)),
            mode);

    assertThat(lists.overdue(NOW))
        .singleElement()
        .asString()
        .contains("\"CN=Root\" is out of date")
        .contains(mode == RevocationMode.WARN ? "counts as it stands" : "is refused until");
    assertThat(lists.overdue(NOW.minusSeconds(2))).isEmpty();
  }

  @Test
  void refusesEverybodyWhileTheListIsYetToCome() throws Exception {
    List<X509CRL> lists = List.of(list(root, DUE));

    assertRefused("yet to come", lists, NOW.minusSeconds(7200 + 301), alice);
    assertThat(validate(lists, NOW.minusSeconds(7200 + 299), alice)).isEqualTo("CN=alice");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void refusesEverybodyForAnUnknownPartOnlyIfItIsCritical(boolean critical) throws Exception {
    JcaX509v2CRLBuilder inList = builder(root, DUE);
    inList.addExtension(UNKNOWN, critical, DERNull.INSTANCE);
    JcaX509v2CRLBuilder inEntry = builder(root, DUE);
    inEntry.addCRLEntry(
        BigInteger.TEN,
        Date.from(NOW),
        new Extensions(new Extension(UNKNOWN, critical, DERNull.INSTANCE.getEncoded())));

    for (JcaX509v2CRLBuilder builder : List.of(inList, inEntry)) {
      List<X509CRL> lists = List.of(signed(builder, root));
      if (critical) {
        assertRefused("not supported", lists, NOW, alice);
      } else {
        assertThat(validate(lists, NOW, alice)).isEqualTo("CN=alice");
      }
    }
  }

  @Test
  void refusesWhoIsRevokedByAListOfAKindThatIsNotSupported() throws Exception {
    JcaX509v2CRLBuilder builder = builder(root, DUE);
    builder.addCRLEntry(
        alice.certificate().getSerialNumber(), Date.from(NOW), CRLReason.unspecified);
    builder.addExtension(UNKNOWN, true, DERNull.INSTANCE);

    assertRefused("was revoked", List.of(signed(builder, root)), NOW, alice);
  }

  private X509CRL list(Made issuer, Instant nextUpdate, Made... revoked) throws Exception {
    JcaX509v2CRLBuilder builder = builder(issuer, nextUpdate);
    for (Made each : revoked) {
      builder.addCRLEntry(
          each.certificate().getSerialNumber(),
          Date.from(NOW.minusSeconds(60)),
          CRLReason.keyCompromise);
    }
    builder.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.ONE));
    return signed(builder, issuer);
  }

  private static JcaX509v2CRLBuilder builder(Made issuer, Instant nextUpdate) {
    JcaX509v2CRLBuilder builder =
        new JcaX509v2CRLBuilder(issuer.certificate(), Date.from(NOW.minusSeconds(7200)));
    builder.setNextUpdate(Date.from(nextUpdate));
    return builder;
  }

  private static X509CRL signed(JcaX509v2CRLBuilder builder, Made issuer) throws Exception {
    byte[] der =
        builder
            .build(new JcaContentSignerBuilder("SHA256withECDSA").build(issuer.keys().getPrivate()))
            .getEncoded();
    return (X509CRL)
        CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der));
  }

  private String validate(List<X509CRL> lists, Instant at, Made leaf, Made... others)
      throws Exception {
    return validate(RevocationMode.CURRENT, lists, at, leaf, others);
  }

  private String validate(
      RevocationMode mode, List<X509CRL> lists, Instant at, Made leaf, Made... others)
      throws Exception {
    return validator(mode, lists)
        .validate(chain(leaf, others), CertificateRole.CLIENT, at)
        .id()
        .text();
  }

  private CertificateValidator validator(RevocationMode mode, List<X509CRL> lists) {
    return new CertificateValidator(
        TrustAnchors.of(List.of(root.certificate())), RevocationLists.of(lists, mode));
  }

  private static List<X509Certificate> chain(Made leaf, Made... others) {
    return Stream.concat(Stream.of(leaf), Stream.of(others)).map(Made::certificate).toList();
  }

  private void assertRefused(
      String reason, List<X509CRL> lists, Instant at, Made leaf, Made... others) {
    assertRefused(RevocationMode.CURRENT, reason, lists, at, leaf, others);
  }

  private void assertRefused(
      RevocationMode mode,
      String reason,
      List<X509CRL> lists,
      Instant at,
      Made leaf,
      Made... others) {
    assertThatThrownBy(() -> validate(mode, lists, at, leaf, others))
        .isInstanceOf(UntrustedCertificateException.class)
        .hasMessageContaining(reason);
  }
}
