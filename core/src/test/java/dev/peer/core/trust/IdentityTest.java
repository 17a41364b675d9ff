package dev.peer.core.trust;

import static dev.peer.core.trust.CertificateMaker.leaf;
import static dev.peer.core.trust.CertificateMaker.plain;
import static dev.peer.core.trust.CertificateMaker.root;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.core.access.AccessRule;
import java.util.stream.IntStream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.Extension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdentityTest {

  private final Made root = root("Root").make();

  @Test
  void isNamedByTheFirstUri() throws Exception {
    Identity identity =
        Identity.of(
            leaf("alice", root)
                .names("dns:alice.example", "uri:spiffe://example/alice", "uri:urn:peer:a")
                .make()
                .certificate());

    assertThat(identity.id().text()).isEqualTo("spiffe://example/alice");
    assertThat(identity.uris()).containsExactly("spiffe://example/alice", "urn:peer:a");
  }

  @Test
  void isNamedByTheFirstDnsNameWithoutAUri() throws Exception {
    Identity identity =
        Identity.of(
            leaf("alice", root)
                .names("mail:a@example.org", "dns:Alice.Example", "dns:other")
                .make()
                .certificate());

    assertThat(identity.id().text()).isEqualTo("alice.example");
    assertThat(identity.dnsNames()).containsExactly("alice.example", "other");
  }

  @Test
  void isNamedByTheSubjectWithoutAlternativeNames() throws Exception {
    Identity identity =
        Identity.of(plain("C=DE,OU=ci,OU=linux,CN=alice", root).make().certificate());

    assertThat(identity.id().text()).isEqualTo("CN=alice,OU=linux,OU=ci,C=DE");
    assertThat(identity.commonNames()).containsExactly("alice");
    assertThat(identity.organizationalUnits()).containsExactly("linux", "ci");
    assertThat(identity.issuer()).isEqualTo("CN=Root");
  }

  @Test
  void readsEachPartOfASubjectWithSeveralPartsInOne() throws Exception {
    Identity identity = Identity.of(plain("CN=alice+OU=ci,O=x", root).make().certificate());

    assertThat(identity.commonNames()).containsExactly("alice");
    assertThat(identity.organizationalUnits()).containsExactly("ci");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a,OU=admin",
        "a+OU=admin",
        "a\\,OU=admin",
        "\",OU=admin",
        "a;OU=admin",
        "a=b<c>#d",
        "#0c0161",
        " a ",
        "a\\",
        "\\2cOU=admin",
        "caf\u00e9 \u65e5\u672c"
      })
  void takesASubjectsValueForNothingElse(String value) throws Exception {
    String name =
        Identity.of(
                CertificateMaker.plain(
                        new X500NameBuilder(BCStyle.INSTANCE)
                            .addRDN(BCStyle.CN, new DERUTF8String(value))
                            .build(),
                        root)
                    .make()
                    .certificate())
            .commonNames()
            .getFirst();

    assertThat(name).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\u0000b", "a\nb", "a\u001b[31m", "a\u202eb", "a\u200bb"})
  void refusesASubjectWithCharactersThatCanNotBeSeen(String value) {
    Made made =
        CertificateMaker.plain(
                new X500NameBuilder(BCStyle.INSTANCE)
                    .addRDN(BCStyle.CN, new DERUTF8String(value))
                    .build(),
                root)
            .make();

    assertThatThrownBy(() -> Identity.of(made.certificate()))
        .isInstanceOf(UntrustedCertificateException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"noscheme", "urn:a b", "urn:a\u0000b", "urn:\u00e9", "urn:a\n", "", ":x"})
  void refusesAUriOfAnotherForm(String uri) {
    assertRefused(6, uri);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a b",
        "a\u0000.example",
        "",
        ".example",
        "a..b",
        "-a",
        "a-",
        "a:b",
        "*",
        "a.*.b",
        "10.0.0.1",
        "010.0.0.1"
      })
  void refusesADnsNameOfAnotherForm(String dnsName) {
    assertRefused(2, dnsName);
  }

  @ParameterizedTest
  @CsvSource({
    "ci.example.org, dns:ci.example.org",
    "CI.example.org, dns:ci.example.org",
    "ci.example.org, uri:urn:peer:ci",
    "ci.example.org, ip:10.0.0.1",
    "ci, dns:build.example.org",
    "ci@example.org, dns:build.example.org",
    "The CI of example.org, dns:build.example.org",
    "10.0.0.1, dns:build.example.org"
  })
  void hasTheCommonNameBesideOtherNames(String commonName, String other) throws Exception {
    Made made = leaf(commonName, root).names(other).make();

    assertThat(Identity.of(made.certificate()).commonNames()).containsExactly(commonName);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ci.example.org", "*.example.org", "example.org"})
  void doesNotCountAHostsNameInTheSubjectThatTheDnsNamesLack(String commonName) throws Exception {
    Made made = leaf(commonName, root).names("dns:build.example.org", "uri:urn:peer:b").make();
    Identity identity = Identity.of(made.certificate());

    assertThat(identity.commonNames()).isEmpty();
    assertThat(AccessRule.parse("cn:*").admits(identity)).isFalse();
    assertThat(AccessRule.parse("dns:build.example.org").admits(identity)).isTrue();
  }

  @Test
  void refusesNamesThatAreTooLongOrTooMany() {
    assertRefused(6, "urn:" + "x".repeat(1024));
    String[] many = IntStream.range(0, 257).mapToObj(i -> "dns:h" + i).toArray(String[]::new);
    Made made = leaf("alice", root).names(many).make();

    assertThatThrownBy(() -> Identity.of(made.certificate()))
        .hasMessageContaining("257 subject alternative names");
  }

  @Test
  void staysTheSameWhenTheCertificateIsRenewed() throws Exception {
    Made first = leaf("alice", root).names("uri:urn:peer:alice").make();
    Made second = leaf("alice", root).names("uri:urn:peer:alice").make();

    assertThat(first.certificate()).isNotEqualTo(second.certificate());
    assertThat(Identity.of(first.certificate())).isEqualTo(Identity.of(second.certificate()));
  }

  /** A name as raw bytes: libraries would not write it. */
  private void assertRefused(int tag, String name) {
    ASN1Encodable tagged = new DERTaggedObject(false, tag, new DERIA5String(name));
    Made made =
        leaf("alice", root)
            .extension(Extension.subjectAlternativeName, false, new DERSequence(tagged))
            .make();

    assertThatThrownBy(() -> Identity.of(made.certificate()))
        .isInstanceOf(UntrustedCertificateException.class);
  }
}
