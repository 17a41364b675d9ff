package dev.peer.core.trust;

import static org.assertj.core.api.Assertions.assertThat;

import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;

class CertificateNamesTest {

  @Test
  void namesAreShownWithTheNamesOfTheirAttributes() {
    X500Principal name =
        new X500Principal("SERIALNUMBER=12\\,34, EMAILADDRESS=a@example.org, O=SPIFFE, C=US");

    assertThat(name.getName(X500Principal.RFC2253)).startsWith("2.5.4.5=#");
    assertThat(CertificateNames.text(name))
        .isEqualTo("SERIALNUMBER=12\\,34,EMAILADDRESS=a@example.org,O=SPIFFE,C=US");
  }
}
