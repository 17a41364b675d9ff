package dev.peer.cli.result;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.config.PeerSettings;
import dev.peer.config.Settings;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BrowserCertificateTest {

  @Test
  void namesTheFilesOfTheSettings() throws Exception {
    assertThat(lines("laptop.pem", "/k/it's.pem"))
        .contains(
            "openssl pkcs12 -export -in /work/laptop.pem -inkey '/k/it'\\''s.pem' -out peer.p12",
            "certutil -A -d sql:$HOME/.pki/nssdb -n peer -t C,, -i ca.pem",
            "Firefox",
            "security add-trusted-cert -p ssl ca.pem",
            "rm peer.p12");
  }

  @Test
  void showsNoKeyThatTheSettingsHold() throws Exception {
    assertThat(lines("laptop.pem", "-----BEGIN PRIVATE KEY-----\nsecret\n"))
        .contains("-inkey key.pem")
        .doesNotContain("secret", "BEGIN");
  }

  private static String lines(String certificate, String key) throws Exception {
    PeerSettings peer =
        PeerSettings.of(
            Settings.of(
                Map.of("PEER_HOME", "/home/peer", "PEER_CERT", certificate, "PEER_KEY", key)));
    return String.join("\n", BrowserCertificate.lines(peer.identity(), Path.of("/work")));
  }
}
