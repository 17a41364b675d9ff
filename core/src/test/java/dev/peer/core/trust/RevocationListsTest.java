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
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;

class RevocationListsTest {

  private static final Instant DUE = NOW.plusSeconds(3600);

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
                        RevocationLists.of(List.of(list(bare, DUE))))
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
    List<X509Certificate> chain =
        Stream.concat(Stream.of(leaf), Stream.of(others)).map(Made::certificate).toList();
    return new CertificateValidator(
            TrustAnchors.of(List.of(root.certificate())), RevocationLists.of(lists))
        .validate(chain, CertificateRole.CLIENT, at)
        .id()
        .text();
  }

  private void assertRefused(
      String reason, List<X509CRL> lists, Instant at, Made leaf, Made... others) {
    assertThatThrownBy(() -> validate(lists, at, leaf, others))
        .isInstanceOf(UntrustedCertificateException.class)
        .hasMessageContaining(reason);
  }
}
