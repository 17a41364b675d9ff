package dev.peer.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustFingerprintTest {

  private static Map<String, String> of(Map<String, String> environment) throws ConfigException {
    return TrustFingerprint.of(Settings.of(environment));
  }

  @Test
  void comparesWhoTheProcessIsAndWhomItTrusts() throws ConfigException {
    assertThat(of(Map.of()))
        .containsOnlyKeys(
            "PEER_CERT",
            "PEER_KEY",
            "PEER_CA",
            "PEER_CRL",
            "PEER_CRL_MODE",
            "PEER_TSA",
            "PEER_TSA_CA",
            "PEER_ALLOW_FETCH",
            "PEER_ALLOW_ANNOUNCE",
            "PEER_ALLOW_SIGN",
            "PEER_ALLOW_PREPARE");
  }

  @ParameterizedTest
  @CsvSource({
    "PEER_CERT, a.pem, b.pem",
    "PEER_KEY, -----BEGIN A-----, -----BEGIN B-----",
    "PEER_CA, '/a, /b', '/a,/b'",
    "PEER_CRL, 'a.crl,b.crl', a.crl",
    "PEER_CRL_MODE, require, warn",
    "PEER_TSA, https://a/, https://b/",
    "PEER_ALLOW_SIGN, ou:a, @ou:a",
    "PEER_ALLOW_FETCH, '', ou:a"
  })
  void tellsValuesApart(String setting, String one, String other) throws ConfigException {
    String text = of(Map.of(setting, one)).get(setting);
    assertThat(text).isNotEqualTo(of(Map.of(setting, other)).get(setting));
    assertThat(text).isNotEqualTo(of(Map.of()).get(setting));
    assertThat(text).matches("[0-9a-f]{64}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PEER_CA", "PEER_CRL", "PEER_ALLOW_SIGN"})
  void takesAFileForTheSameHoweverItIsNamed(String setting) throws ConfigException {
    String mark = setting.startsWith("PEER_ALLOW") ? "@" : "";
    assertThat(of(Map.of(setting, mark + "x/../file")).get(setting))
        .isEqualTo(of(Map.of(setting, mark + Path.of("file").toAbsolutePath())).get(setting));
  }

  @Test
  void takesADefaultForTheSameWhetherItIsWrittenOrNot() throws ConfigException {
    assertThat(of(Map.of("PEER_CRL_MODE", "current"))).isEqualTo(of(Map.of()));
  }
}
