package dev.peer.core.trust;

import static dev.peer.core.trust.CertificateMaker.authority;
import static dev.peer.core.trust.CertificateMaker.keys;
import static dev.peer.core.trust.CertificateMaker.leaf;
import static dev.peer.core.trust.CertificateMaker.plain;
import static dev.peer.core.trust.CertificateMaker.root;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.core.pem.CredentialException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialsTest {

  private final Made root = root("Root").make();
  private final Made team = authority("Team", root).make();

  @ParameterizedTest
  @ValueSource(strings = {"secp256r1", "secp384r1", "secp521r1", "Ed25519", "RSA2048"})
  void takesACertificateWithItsKey(String kind) throws Exception {
    Made alice = leaf("alice", team).keys(keys(kind)).names("uri:urn:peer:alice").make();

    Credentials credentials =
        Credentials.of(List.of(alice.certificate(), team.certificate()), alice.keys().getPrivate());

    assertThat(credentials.leaf()).isEqualTo(alice.certificate());
    assertThat(credentials.chain()).containsExactly(alice.certificate(), team.certificate());
    assertThat(credentials.privateKey()).isEqualTo(alice.keys().getPrivate());
    assertThat(credentials.identity().id().text()).isEqualTo("urn:peer:alice");
    assertThat(credentials).hasToString("credentials of urn:peer:alice");
  }

  @ParameterizedTest
  @ValueSource(strings = {"secp256r1", "secp384r1", "Ed25519", "RSA2048"})
  void refusesAnotherKeyOfTheSameOrAnotherKind(String kind) {
    Made alice = leaf("alice", root).make();

    assertRefused("does not belong", List.of(alice.certificate()), keys(kind).getPrivate());
  }

  @Test
  void refusesAChainThatDoesNotBeginWithThePeersOwn() {
    Made alice = leaf("alice", team).make();

    assertRefused(
        "does not belong",
        List.of(team.certificate(), alice.certificate()),
        alice.keys().getPrivate());
  }

  @Test
  void refusesAnAuthoritysCertificate() {
    assertRefused("an authority's", List.of(team.certificate()), team.keys().getPrivate());
  }

  @Test
  void refusesACertificateThatNamesNobody() {
    Made nobody = plain("", root).make();

    assertRefused("names nobody", List.of(nobody.certificate()), nobody.keys().getPrivate());
  }

  @Test
  void refusesAWeakKey() {
    Made weak = leaf("alice", root).keys(keys("RSA1024")).make();

    assertRefused("RSA 1024", List.of(weak.certificate()), weak.keys().getPrivate());
  }

  @Test
  void refusesNoCertificate() {
    assertRefused("no certificate", List.of(), root.keys().getPrivate());
  }

  private static void assertRefused(String reason, List<X509Certificate> chain, PrivateKey key) {
    assertThatThrownBy(() -> Credentials.of(chain, key))
        .isInstanceOfSatisfying(CredentialException.class, e -> assertThat(e.hint()).isNotBlank())
        .hasMessageContaining(reason);
  }
}
