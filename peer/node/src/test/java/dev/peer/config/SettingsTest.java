package dev.peer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SettingsTest {

  @Test
  void theEnvironmentComesFirst() throws ConfigException {
    Settings settings = settings(Map.of("PEER_MEMORY", "3G"), "PEER_MEMORY=4G\nPEER_DISK=5G\n");
    assertThat(settings.value(Setting.PEER_MEMORY))
        .hasValue(new Value(Setting.PEER_MEMORY, "3G", "the environment"));
    assertThat(settings.value(Setting.PEER_DISK))
        .hasValue(new Value(Setting.PEER_DISK, "5G", ".env, line 2"));
    assertThat(settings.value(Setting.PEER_CPUS)).isEmpty();
  }

  @Test
  void setButEmptyIsTheDefaultWhateverTheFileSays() throws ConfigException {
    Settings settings = settings(Map.of("PEER_RENDEZVOUS", ""), "PEER_RENDEZVOUS=https://a:1\n");
    assertThat(settings.value(Setting.PEER_RENDEZVOUS)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Setting.class)
  void theFileDecidesOnlyWhatBelongsToTheRepository(Setting setting) throws ConfigException {
    Set<String> ofTheMachine =
        Set.of(
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
            "PEER_ALLOW_IMAGE",
            "PEER_ALLOW_PREPARE",
            "PEER_REQUIRE_KEPT",
            "PEER_REQUIRE_TRIES",
            "PEER_ALLOW_ENV",
            "PEER_ALLOW_SECRETS",
            "PEER_LIMITS",
            "PEER_HOME",
            "PEER_LISTEN",
            "PEER_ADVERTISE",
            "PEER_RELAY",
            "PEER_PREPARE_NETWORK",
            "PEER_PREPARE_CA",
            "PEER_PREPARE_REGISTRIES",
            "PEER_KEEP_FOR",
            "PEER_KEEP_BYTES",
            "PEER_CACHE_MAX_AGE",
            "PEER_CACHE_MAX_BYTES",
            "PEER_AUTOSTART",
            "PEER_READY",
            "PEER_OPENSSL",
            "PEER_TRUNK",
            "PEER_KEPT");
    String file = "\n" + setting + "=x\n";
    if (ofTheMachine.contains(setting.name())) {
      assertThatExceptionOfType(ConfigException.class)
          .isThrownBy(() -> settings(Map.of(setting.name(), "y"), file))
          .withMessage(setting + " may not be set in .env (line 2)");
    } else {
      assertThat(settings(Map.of(), file).value(setting)).isPresent();
    }
  }

  @Test
  void warnsOfNamesThatAreNoSettings() throws ConfigException {
    Settings settings =
        settings(
            Map.of(
                "PEER_MEMROY", "1G", "PEER_COLOUR_OF_HAIR", "x", "PATH", "/bin", "PEER_CPUS", "1"),
            "A=1\nPEER_NETWROK=none\n");
    assertThat(settings.warnings())
        .containsExactly(
            "PEER_COLOUR_OF_HAIR in the environment: unknown setting",
            "PEER_MEMROY in the environment: unknown setting; did you mean PEER_MEMORY?",
            "PEER_NETWROK in .env, line 2: unknown setting; did you mean PEER_NETWORK?");
  }

  @Test
  void theTableHasALineForEachSetting() {
    assertThat(Setting.markdownTable().lines().skip(2).map(line -> line.split("`")[1]))
        .containsExactlyElementsOf(
            Stream.of(Setting.values()).map(Setting::name).collect(Collectors.toList()));
    assertThat(Setting.markdownTable())
        .contains("| `PEER_MEMORY` | memory of the guest | 2G | environment, `.env` |\n")
        .contains("| `PEER_CRL` | the CAs' revocation lists: CRL files, PEM or DER")
        .contains("| unset | environment |\n");
  }

  @Test
  void findsASettingByItsName() {
    assertThat(Setting.named("PEER_CA")).hasValue(Setting.PEER_CA);
    assertThat(Setting.named("PEER_CAT")).isEmpty();
  }

  static Settings settings(Map<String, String> environment, String file) throws ConfigException {
    return Settings.of(environment, EnvFile.parse(file.getBytes(StandardCharsets.UTF_8)));
  }
}
