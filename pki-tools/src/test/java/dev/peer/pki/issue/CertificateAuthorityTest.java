package dev.peer.pki.issue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.core.pem.Pem;
import dev.peer.core.trust.CertificateRole;
import dev.peer.core.trust.CertificateValidator;
import dev.peer.core.trust.Credentials;
import dev.peer.core.trust.RevocationLists;
import dev.peer.core.trust.RevocationMode;
import dev.peer.core.trust.TrustAnchors;
import dev.peer.core.trust.UntrustedCertificateException;
import java.security.cert.X509CRL;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CertificateAuthorityTest {

  private static final Validity DAY = Validity.lasting(Duration.ofDays(1));

  private static final Set<CertificateRole> PEERS =
      EnumSet.complementOf(EnumSet.of(CertificateRole.TIMESTAMPER));

  private final CertificateAuthority authority = CertificateAuthority.create("Trial CA", DAY);

  @ParameterizedTest
  @EnumSource(KeyType.class)
  void issuesWhatTheValidatorAcceptsForEveryRoleOfAPeerAndKeyType(KeyType type) throws Exception {
    CertificateAuthority of = CertificateAuthority.create("Trial CA", DAY, type);
    Credentials alice = of.issue(CertificateRequest.peer("alice").keyType(type));

    for (CertificateRole role : PEERS) {
      assertThat(validator(of).validate(alice.chain(), role, Instant.now()).id().text())
          .isEqualTo("urn:peer:alice");
    }
  }

  @Test
  void sendsTheIntermediatesAndNotTheRootWithTheCertificate() throws Exception {
    CertificateAuthority intermediate = authority.intermediate("Team CA", DAY);
    Credentials alice = intermediate.issue(CertificateRequest.peer("alice").ou("ci"));

    assertThat(alice.chain()).containsExactly(alice.leaf(), intermediate.certificate());
    assertThat(intermediate.root()).isEqualTo(authority.certificate());
    assertThat(
            validator(authority)
                .validate(alice.chain(), CertificateRole.CLIENT, Instant.now())
                .organizationalUnits())
        .containsExactly("ci");
  }

  @Test
  void revokesWithAListThatTheValidatorTakes() {
    Credentials alice = authority.issue(CertificateRequest.peer("alice"));
    Instant now = Instant.now();
    X509CRL list = authority.revocationList(List.of(alice.leaf()), now.minusSeconds(1), DAY);
    CertificateValidator validator =
        new CertificateValidator(
            TrustAnchors.of(List.of(authority.root())),
            RevocationLists.of(List.of(list), RevocationMode.CURRENT));

    assertThatThrownBy(() -> validator.validate(alice.chain(), CertificateRole.CLIENT, now))
        .isInstanceOf(UntrustedCertificateException.class)
        .hasMessageContaining("was revoked");
  }

  @Test
  void givesEachCertificateASerialNumberOf127Bits() {
    assertThat(authority.issue(CertificateRequest.peer("a")).leaf().getSerialNumber())
        .isNotEqualTo(authority.issue(CertificateRequest.peer("a")).leaf().getSerialNumber())
        .satisfies(serial -> assertThat(serial.bitLength()).isEqualTo(127));
  }

  @Test
  void refusesANameThatNoPeerCanHave() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> authority.issue(CertificateRequest.named("a").uri("no scheme")));
  }

  @Test
  void writesTextThatReadsBackAsTheSame() throws Exception {
    Credentials alice = authority.issue(CertificateRequest.peer("alice"));

    assertThat(Pem.certificates("alice.pem", PemText.chain(alice))).isEqualTo(alice.chain());
    assertThat(Pem.privateKey("alice-key.pem", PemText.privateKey(alice.privateKey())))
        .isEqualTo(alice.privateKey());
  }

  private static CertificateValidator validator(CertificateAuthority authority) {
    return new CertificateValidator(
        TrustAnchors.of(List.of(authority.root())), RevocationLists.none());
  }
}
