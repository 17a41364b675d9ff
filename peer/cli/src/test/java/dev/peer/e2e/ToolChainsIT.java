package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.core.pem.Pem;
import dev.peer.core.trust.CertificateRole;
import dev.peer.core.trust.CertificateValidator;
import dev.peer.core.trust.Credentials;
import dev.peer.core.trust.RevocationLists;
import dev.peer.core.trust.TrustAnchors;
import dev.peer.core.trust.UntrustedCertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Certificates of openssl, easy-rsa, cfssl and certtool, judged by the validator. */
@Timeout(900)
class ToolChainsIT {

  static List<ToolChain> all() throws Exception {
    return ToolChain.all();
  }

  @ParameterizedTest
  @MethodSource("all")
  void areAcceptedInEveryRole(ToolChain chain) throws Exception {
    Credentials credentials = credentials(chain.peer());

    for (CertificateRole role :
        List.of(CertificateRole.CLIENT, CertificateRole.SERVER, CertificateRole.SIGNER)) {
      assertThat(validator(chain).validate(credentials.chain(), role, Instant.now()).id())
          .isEqualTo(credentials.identity().id());
    }
    assertThat(credentials.identity().dnsNames()).containsExactly("peer.example.org");
  }

  @ParameterizedTest
  @MethodSource("all")
  void areNoClientsWhereTheyAreForServersAlone(ToolChain chain) throws Exception {
    List<X509Certificate> server = credentials(chain.server()).chain();

    assertThat(validator(chain).validate(server, CertificateRole.SERVER, Instant.now()))
        .isNotNull();
    assertRefused("is not for clients", chain, server, Instant.now());
  }

  @ParameterizedTest
  @MethodSource("all")
  void areRefusedOnceTheirTimeIsOver(ToolChain chain) throws Exception {
    List<X509Certificate> peer = credentials(chain.peer()).chain();
    Instant end = peer.getFirst().getNotAfter().toInstant();

    assertRefused("expired at", chain, peer, end.plusSeconds(1));
  }

  @ParameterizedTest
  @MethodSource("all")
  void areRefusedWithoutTheirAuthorityAndUnderAnother(ToolChain chain) throws Exception {
    List<X509Certificate> peer = credentials(chain.peer()).chain();

    assertRefused("no way from", chain, peer.subList(0, 1), Instant.now());
    for (ToolChain other : ToolChain.all()) {
      if (!other.equals(chain)) {
        assertRefused("no way from", other, peer, Instant.now());
      }
    }
  }

  private static void assertRefused(
      String why, ToolChain anchor, List<X509Certificate> chain, Instant at) {
    assertThatThrownBy(() -> validator(anchor).validate(chain, CertificateRole.CLIENT, at))
        .isInstanceOf(UntrustedCertificateException.class)
        .hasMessageContaining(why);
  }

  private static CertificateValidator validator(ToolChain chain) throws Exception {
    return new CertificateValidator(
        TrustAnchors.of(Pem.certificates("root.pem", ToolChain.read(chain.root()))),
        RevocationLists.none());
  }

  private static Credentials credentials(Authority.Identity identity) throws Exception {
    return Credentials.of(
        Pem.certificates("peer.pem", ToolChain.read(identity.certificate())),
        Pem.privateKey("peer-key.pem", ToolChain.read(identity.key())));
  }
}
