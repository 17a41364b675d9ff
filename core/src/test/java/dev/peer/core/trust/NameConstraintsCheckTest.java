package dev.peer.core.trust;

import static dev.peer.core.trust.CertificateMaker.NOW;
import static dev.peer.core.trust.CertificateMaker.authority;
import static dev.peer.core.trust.CertificateMaker.leaf;
import static dev.peer.core.trust.CertificateMaker.plain;
import static dev.peer.core.trust.CertificateMaker.root;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.Extension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NameConstraintsCheckTest {

  private final Made root = root("Root").make();

  @ParameterizedTest
  @CsvSource({
    "dns:example.org, dns:example.org",
    "dns:example.org, dns:a.example.org",
    "dns:example.org, dns:*.example.org",
    "dns:example.org, uri:spiffe://elsewhere/a",
    "uri:example.org, uri:spiffe://example.org/a",
    "uri:.example.org, uri:spiffe://team.example.org/a",
    "mail:example.org, mail:a@example.org",
    "mail:a@example.org, mail:a@example.org",
    "ip:10.0.0.0/8, ip:10.1.2.3",
    "dn:CN=alice, dns:example.org"
  })
  void acceptsNamesInsideWhatTheRootMayVouchFor(String permitted, String name) throws Exception {
    Made narrow = root("Root").permitted(permitted).make();

    assertThat(validate(narrow, leaf("alice", narrow).names(name).make())).isNotNull();
  }

  @Test
  void acceptsNamesOfOtherKindsThanAConstraintThatCanNotBeCompared() throws Exception {
    Made narrow = root("Root").permitted("id:1.2.3").make();
    Made alice = leaf("alice", narrow).names("dns:example.org").make();

    assertThat(identify(List.of(alice.certificate()), List.of(narrow.certificate()))).isNotNull();
  }

  @ParameterizedTest
  @CsvSource({
    "dns:example.org, dns:example.com",
    "dns:example.org, dns:notexample.org",
    "dns:a.example.org, dns:*.example.org",
    "uri:example.org, uri:spiffe://example.com/a",
    "uri:example.org, uri:spiffe://a.example.org/a",
    "uri:example.org, uri:urn:example.org",
    "uri:example.org, uri:urn:example.org:a",
    "uri:example.org, uri:x://example.org@example.com/a",
    "uri:example.org, uri:x://example.com/?//example.org",
    "uri:example.org, uri:x:/y://example.org",
    "mail:example.org, mail:a@example.com",
    "mail:a@example.org, mail:b@example.org",
    "ip:10.0.0.0/8, ip:11.1.2.3",
    "dn:CN=bob, dns:example.org",
    "id:1.2.3, id:1.2.3"
  })
  void refusesNamesOutsideOfIt(String permitted, String name) {
    Made narrow = root("Root").permitted(permitted).make();

    assertRefused(narrow, leaf("alice", narrow).names(name).make());
  }

  @ParameterizedTest
  @CsvSource({
    "dns:example.org, dns:a.example.org",
    "dns:a.example.org, dns:*.example.org",
    "uri:example.org, uri:spiffe://example.org/a",
    "uri:example.org, uri:urn:other",
    "mail:example.org, mail:a@example.org",
    "ip:10.0.0.0/8, ip:10.1.2.3",
    "dn:CN=alice, dns:a.example.com"
  })
  void refusesNamesThatTheRootExcludes(String excluded, String name) {
    Made narrow = root("Root").excluded(excluded).make();

    assertRefused(narrow, leaf("alice", narrow).names(name).make());
  }

  @ParameterizedTest
  @CsvSource({
    "dns:example.org, dns:example.com",
    "uri:example.org, uri:spiffe://example.com/a",
    "ip:10.0.0.0/8, ip:11.1.2.3"
  })
  void acceptsNamesThatTheRootDoesNotExclude(String excluded, String name) throws Exception {
    Made narrow = root("Root").excluded(excluded).make();

    assertThat(validate(narrow, leaf("alice", narrow).names(name).make())).isNotNull();
  }

  @Test
  void holdsALeafToEveryAuthorityAboveIt() throws Exception {
    Made upper = authority("Upper CA", root).permitted("dns:example.org").make();
    Made lower = authority("Lower CA", upper).permitted("dns:a.example.org").make();

    assertThat(
            validate(root, leaf("alice", lower).names("dns:x.a.example.org").make(), upper, lower))
        .isNotNull();
    assertRefused(root, leaf("alice", lower).names("dns:b.example.org").make(), upper, lower);
  }

  @Test
  void letsNoAuthorityBelowWidenWhatOneAboveAllows() {
    Made upper = authority("Upper CA", root).permitted("dns:a.example.org").make();
    Made lower = authority("Lower CA", upper).permitted("dns:example.org").make();

    assertRefused(root, leaf("alice", lower).names("dns:b.example.org").make(), upper, lower);
  }

  @Test
  void holdsTheNamesOfIntermediatesToIt() {
    Made narrow = root("Root").permitted("dns:example.org").make();
    Made team = authority("Team", narrow).names("dns:example.com").make();

    assertRefused(narrow, leaf("alice", team).names("dns:a.example.org").make(), team);
  }

  @Test
  void holdsACommonNameOfAHostNamesFormToConstraintsOnHostNames() throws Exception {
    Made narrow = root("Root").permitted("dns:example.org").make();

    assertRefused(narrow, leaf("alice.example.com", narrow).make());
    assertThat(validate(narrow, leaf("alice.example.org", narrow).make())).isNotNull();
    assertThat(validate(narrow, leaf("Alice of the team", narrow).make())).isNotNull();
  }

  @Test
  void holdsMailAddressesInTheSubjectToIt() {
    Made narrow = root("Root").permitted("mail:example.org").make();

    assertRefused(narrow, plain("CN=alice,E=a@example.com", narrow).make());
  }

  @ParameterizedTest
  @ValueSource(strings = {"dns:*.example.org", "dns:.example.org", "mail:a@b c", "dns:a b"})
  void refusesMalformedConstraints(String permitted) {
    Made narrow = root("Root").permitted(permitted).make();

    assertRefused(narrow, leaf("alice", narrow).names("dns:a.example.org").make());
  }

  @Test
  void refusesConstraintsThatConstrainNothing() {
    Made empty =
        root("Root").extension(Extension.nameConstraints, true, new byte[] {0x30, 0}).make();

    assertRefused(empty, leaf("alice", empty).make());
  }

  @Test
  void refusesConstraintsThatCanNotBeReadEvenIfTheyAreNotCritical() {
    Made broken =
        root("Root").extension(Extension.nameConstraints, false, new byte[] {1, 2, 3}).make();

    assertRefused(broken, leaf("alice", broken).make());
  }

  @Test
  void refusesConstraintsInAPeersCertificate() {
    assertRefused(root, leaf("alice", root).permitted("dns:example.org").make());
  }

  private static String validate(Made anchor, Made leaf, Made... others) throws Exception {
    List<X509Certificate> chain =
        Stream.concat(Stream.of(leaf), Stream.of(others)).map(Made::certificate).toList();
    List<X509Certificate> anchors = List.of(anchor.certificate());
    Identity identity = identify(chain, anchors);
    // Whom we let in, BouncyCastle's validator must not refuse.
    assertThat(BouncyCastlePkix.fault(chain, anchors, NOW)).isEmpty();
    return identity.id().text();
  }

  private static Identity identify(List<X509Certificate> chain, List<X509Certificate> anchors)
      throws Exception {
    return new CertificateValidator(TrustAnchors.of(anchors), RevocationLists.none())
        .validate(chain, CertificateRole.CLIENT, NOW);
  }

  private static void assertRefused(Made anchor, Made leaf, Made... others) {
    assertThatThrownBy(() -> validate(anchor, leaf, others))
        .isInstanceOf(UntrustedCertificateException.class)
        .hasMessageContaining("name");
  }
}
