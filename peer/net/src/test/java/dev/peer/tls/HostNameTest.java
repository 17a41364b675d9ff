package dev.peer.tls;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.pki.issue.CertificateRequest;
import java.net.InetAddress;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostNameTest {

  private static final X509Certificate CERTIFICATE =
      new TestAuthority("team")
          .issue(
              CertificateRequest.named("e9.example.org")
                  .uri("spiffe://team/e1")
                  .dns("e1.example.org")
                  .dns("e2.example.org")
                  .ip(InetAddress.ofLiteral("192.0.2.7"))
                  .ip(InetAddress.ofLiteral("2001:db8::7")))
          .leaf();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "e1.example.org",
        "E2.Example.ORG",
        "192.0.2.7",
        "[2001:db8::7]",
        "2001:db8::7",
        "[2001:DB8:0:0:0:0:0:0007]"
      })
  void isInACertificateThatNamesIt(String host) {
    assertThatCode(() -> new HostName(host).requireIn(CERTIFICATE)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "e9.example.org",
        "e3.example.org",
        "example.org",
        "x.e1.example.org",
        "e1.example.org.",
        "127.0.0.1",
        "[::1]",
        "[2001:db8::8]",
        "[::ffff:192.0.2.8]",
        "[::192.0.2.7]"
      })
  void isNotInACertificateForOthers(String host) {
    assertThatThrownBy(() -> new HostName(host).requireIn(CERTIFICATE))
        .isInstanceOf(CertificateException.class)
        .hasMessageStartingWith("its certificate is not for the host ");
  }

  @Test
  void isNotInACertificateWithoutNames() {
    X509Certificate bare =
        new TestAuthority("team").issue(CertificateRequest.named("e1.example.org")).leaf();

    assertThatThrownBy(() -> new HostName("e1.example.org").requireIn(bare))
        .isInstanceOf(CertificateException.class);
  }
}
