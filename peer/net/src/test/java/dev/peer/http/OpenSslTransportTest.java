package dev.peer.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.openssl.OpenSsl;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The same with the system's OpenSSL. */
class OpenSslTransportTest extends TransportTest {

  @BeforeAll
  static void useOpenSsl() {
    assertThat(OpenSsl.useForAll()).isTrue();
  }

  @AfterAll
  static void leaveOpenSsl() {
    OpenSsl.leave();
  }
}
