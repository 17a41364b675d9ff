package dev.peer.core.pem;

import static dev.peer.core.trust.CertificateMaker.keys;
import static dev.peer.core.trust.CertificateMaker.leaf;
import static dev.peer.core.trust.CertificateMaker.root;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.core.trust.Made;
import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PemTest {

  private final Made root = root("Root").make();
  private final Made alice = leaf("alice", root).make();

  // Certificates

  @Test
  void readsCertificatesInTheirOrderPassingOverEverythingElse() throws Exception {
    String text =
        "subject=CN = alice\n"
            + Pem.write(alice.certificate()).replace("\n", "\r\n")
            + pkcs8(alice.keys())
            + "  \n"
            + Pem.write(root.certificate());

    assertThat(Pem.certificates("chain.pem", text))
        .containsExactly(alice.certificate(), root.certificate());
  }

  @Test
  void writesCertificatesInLinesOf64Characters() {
    assertThat(Pem.write(alice.certificate()).lines())
        .startsWith("-----BEGIN CERTIFICATE-----")
        .endsWith("-----END CERTIFICATE-----")
        .allMatch(line -> line.length() <= 64);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nothing", "-----BEGIN -----", "-----BEGIN CERTIFICATE----"})
  void refusesATextWithoutACertificate(String text) {
    assertThatThrownBy(() -> Pem.certificates("PEER_CERT", text))
        .isInstanceOf(CredentialException.class)
        .hasMessage("PEER_CERT: no certificate in it");
  }

  @Test
  void refusesABlockThatDoesNotEndAndNamesItsLine() {
    String text = "x\n" + Pem.write(alice.certificate()).replace("-----END", "-----eND");

    assertThatThrownBy(() -> Pem.certificates("a.pem", text))
        .hasMessage("a.pem: line 2: this block has no end");
  }

  @Test
  void refusesABlockThatEndsAsAnother() {
    String text = Pem.write(alice.certificate()).replace("END CERTIFICATE", "END X");

    assertThatThrownBy(() -> Pem.certificates("a.pem", text)).hasMessageContaining("has no end");
  }

  @Test
  void refusesACertificateThatIsDamagedOrFollowedByMore() throws Exception {
    byte[] der = alice.certificate().getEncoded();
    byte[] longer = Arrays.copyOf(der, der.length + 1);
    byte[] shorter = Arrays.copyOf(der, der.length - 1);

    for (byte[] bytes : new byte[][] {longer, shorter, {}, {0x30, 0}}) {
      assertThatThrownBy(() -> Pem.certificates("a.pem", Pem.write("CERTIFICATE", bytes)))
          .isInstanceOf(CredentialException.class)
          .hasMessage("a.pem: line 1: not a well-formed certificate");
    }
    assertThatThrownBy(
            () ->
                Pem.certificates(
                    "a.pem", "-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----"))
        .hasMessageContaining("not Base64");
  }

  @Test
  void refusesMoreThanItReads() {
    assertThatThrownBy(() -> Pem.certificates("a.pem", "x".repeat(Pem.LONGEST + 1)))
        .hasMessageContaining("too large");
    assertThatThrownBy(
            () -> Pem.certificates("a.pem", "-----BEGIN X-----\n-----END X-----\n".repeat(513)))
        .hasMessageContaining("more than 512 PEM blocks");
  }

  @Test
  void refusesTheFormOfOpensslsOwnWithAHint() {
    assertThatThrownBy(
            () -> Pem.certificates("a.pem", Pem.write("TRUSTED CERTIFICATE", new byte[] {1})))
        .isInstanceOfSatisfying(
            CredentialException.class, e -> assertThat(e.hint()).contains("openssl x509"));
  }

  // Keys

  @ParameterizedTest
  @ValueSource(strings = {"secp256r1", "secp384r1", "secp521r1", "Ed25519", "RSA2048"})
  void readsAKeyInPkcs8(String kind) throws Exception {
    KeyPair pair = keys(kind);

    assertThat(Pem.privateKey("key.pem", pkcs8(pair))).isEqualTo(pair.getPrivate());
  }

  @Test
  void readsAnEcKeyInTheOlderFormWithAndWithoutItsParameters() throws Exception {
    KeyPair pair = keys("secp256r1");
    PrivateKeyInfo info = PrivateKeyInfo.getInstance(pair.getPrivate().getEncoded());
    byte[] curve = info.getPrivateKeyAlgorithm().getParameters().toASN1Primitive().getEncoded();
    String key = Pem.write("EC PRIVATE KEY", info.parsePrivateKey().toASN1Primitive().getEncoded());

    assertThat(Pem.privateKey("key.pem", Pem.write("EC PARAMETERS", curve) + key))
        .isEqualTo(pair.getPrivate());
    assertThatThrownBy(() -> Pem.privateKey("key.pem", key))
        .hasMessageContaining("does not name its curve");
  }

  @Test
  void readsAnRsaKeyInTheOlderForm() throws Exception {
    KeyPair pair = keys("RSA2048");
    byte[] key =
        PrivateKeyInfo.getInstance(pair.getPrivate().getEncoded())
            .parsePrivateKey()
            .toASN1Primitive()
            .getEncoded();

    assertThat(Pem.privateKey("key.pem", Pem.write("RSA PRIVATE KEY", key)))
        .isEqualTo(pair.getPrivate());
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA1024", "DSA", "Ed448", "X25519"})
  void refusesAKeyOfAnotherKind(String kind) {
    String text = pkcs8(keys(kind));

    assertThatThrownBy(() -> Pem.privateKey("key.pem", text))
        .isInstanceOfSatisfying(
            CredentialException.class, e -> assertThat(e.hint()).contains(KeyKind.ACCEPTED))
        .hasMessageContaining("accepted");
  }

  @Test
  void refusesEncryptedKeysAndSaysWhatToDo() {
    String pkcs8 = Pem.write("ENCRYPTED PRIVATE KEY", new byte[] {1});
    String older =
        "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n"
            + "-----END EC PRIVATE KEY-----\n";

    for (String text : new String[] {pkcs8, older}) {
      assertThatThrownBy(() -> Pem.privateKey("key.pem", text))
          .isInstanceOfSatisfying(
              CredentialException.class, e -> assertThat(e.hint()).contains("openssl pkey"))
          .hasMessage("key.pem: line 1: the private key is encrypted");
    }
  }

  @Test
  void refusesNoKeyAndTwoKeys() {
    String key = pkcs8(keys("secp256r1"));

    assertThatThrownBy(() -> Pem.privateKey("key.pem", Pem.write(alice.certificate())))
        .hasMessageContaining("no private key");
    assertThatThrownBy(() -> Pem.privateKey("key.pem", key + key))
        .hasMessageContaining("more than one private key");
  }

  @Test
  void repeatsNoPartOfAKeyInAnError() {
    byte[] secret = "a secret in the wrong place".getBytes(StandardCharsets.UTF_8);

    for (String label : new String[] {"PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY"}) {
      for (String text : new String[] {Pem.write(label, secret), broken(label)}) {
        assertThatThrownBy(() -> Pem.privateKey("key.pem", text))
            .isInstanceOf(CredentialException.class)
            .hasNoCause()
            .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret", "c2VjcmV0"));
      }
    }
  }

  // Other forms

  @Test
  void passesOverAByteOrderMark() throws Exception {
    String pem = Pem.write(alice.certificate());

    for (String mark : new String[] {"\ufeff", "\u00ef\u00bb\u00bf"}) {
      assertThat(Pem.certificates("a.pem", mark + pem)).containsExactly(alice.certificate());
      assertThat(Pem.privateKey("key.pem", mark + pkcs8(alice.keys())))
          .isEqualTo(alice.keys().getPrivate());
    }
  }

  @Test
  void saysHowToMakePemOfOtherForms() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    char[] password = "changeit".toCharArray();
    store.setKeyEntry(
        "a", alice.keys().getPrivate(), password, new Certificate[] {alice.certificate()});
    ByteArrayOutputStream pkcs12 = new ByteArrayOutputStream();
    store.store(pkcs12, password);
    byte[] utf16 = Pem.write(alice.certificate()).getBytes(StandardCharsets.UTF_16LE);

    saysHow(
        pkcs12.toByteArray(), "openssl pkcs12 -in FILE -nokeys", "openssl pkcs12 -in FILE -noc");
    saysHow(alice.certificate().getEncoded(), "openssl x509 -inform DER", "DER");
    saysHow(alice.keys().getPrivate().getEncoded(), "DER", "openssl pkey -inform DER");
    saysHow(keys("Ed25519").getPrivate().getEncoded(), "DER", "openssl pkey -inform DER");
    saysHow(utf16, "iconv -f UTF-16", "iconv -f UTF-16");
  }

  private static void saysHow(byte[] bytes, String forCertificates, String forKey) {
    for (Charset charset : List.of(StandardCharsets.UTF_8, StandardCharsets.ISO_8859_1)) {
      String text = new String(bytes, charset);
      assertThatThrownBy(() -> Pem.certificates("file", text))
          .isInstanceOfSatisfying(
              CredentialException.class, e -> assertThat(e.hint()).contains(forCertificates));
      assertThatThrownBy(() -> Pem.privateKey("file", text))
          .isInstanceOfSatisfying(
              CredentialException.class, e -> assertThat(e.hint()).contains(forKey));
    }
  }

  @Test
  void namesAKeyThatSignsWithPssAlone() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSASSA-PSS");
    generator.initialize(2048);
    String pem = pkcs8(generator.generateKeyPair());

    assertThatThrownBy(() -> Pem.privateKey("key.pem", pem))
        .isInstanceOfSatisfying(
            CredentialException.class, e -> assertThat(e.hint()).contains("openssl genpkey"))
        .hasMessageContaining("RSASSA-PSS 2048");
  }

  // Revocation lists

  @Test
  void refusesWhatIsNoRevocationList() {
    for (String text : new String[] {"", "nothing", Pem.write(alice.certificate()), "0"}) {
      assertThatThrownBy(
              () -> Pem.revocationLists("crl.pem", text.getBytes(StandardCharsets.US_ASCII)))
          .isInstanceOf(CredentialException.class);
    }
  }

  private static String broken(String label) {
    return "-----BEGIN " + label + "-----\nc2VjcmV0?\n-----END " + label + "-----\n";
  }

  private static String pkcs8(KeyPair pair) {
    return "-----BEGIN PRIVATE KEY-----\n"
        + Base64.getMimeEncoder().encodeToString(pair.getPrivate().getEncoded())
        + "\n-----END PRIVATE KEY-----\n";
  }
}
