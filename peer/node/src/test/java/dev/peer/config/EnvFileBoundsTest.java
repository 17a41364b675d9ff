package dev.peer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What whoever can push may not make this machine do. */
class EnvFileBoundsTest {

  private static final String LIMITS = "timeout=30m, memory=4G,disk=30G,cpus=2,output=1M";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PEER_TIMEOUT=31m",
        "PEER_TIMEOUT='10m,test=1h'",
        "PEER_TIMEOUT='test=31m'",
        "PEER_MEMORY=4097M",
        "PEER_DISK=31G",
        "PEER_CPUS=3",
        "PEER_MAX_OUTPUT=2M"
      })
  void refusesAFileThatAsksForMoreThanTheLimits(String line) throws ConfigException {
    String setting = line.substring(0, line.indexOf('='));
    assertRefused(Map.of("PEER_LIMITS", LIMITS), line, setting + " in .env, line 1 asks for more")
        .satisfies(e -> assertThat(e.hint()).contains("set " + setting + " in the environment"));
    assertThat(run(Map.of(), line)).isNotNull();
  }

  @Test
  void takesWhatIsWithinTheLimits() throws ConfigException {
    RunSettings run =
        run(
            Map.of("PEER_LIMITS", LIMITS),
            "PEER_TIMEOUT='test=30m'\nPEER_MEMORY=4G\nPEER_CPUS=2\nPEER_MAX_OUTPUT=1M\n");

    assertThat(run.machine().memory()).isEqualTo(4L << 30);
    assertThat(run.machine().timeout().stages()).containsEntry("test", Duration.ofMinutes(30));
  }

  @Test
  void boundsNothingThatTheEnvironmentAsksFor() throws ConfigException {
    Map<String, String> environment = new HashMap<>(Map.of("PEER_LIMITS", LIMITS));
    environment.put("PEER_CPUS", "8");
    environment.put("PEER_ENV", "TOKEN");
    environment.put("PEER_ALLOW_ENV", "");
    environment.put("TOKEN", "x");

    RunSettings run = run(environment, "PEER_CPUS=200\nPEER_ENV=OTHER\n");

    assertThat(run.machine().cpus()).isEqualTo(8);
    assertThat(run.inputs().environment()).containsOnlyKeys("TOKEN");
  }

  @Test
  void refusesNamesThatAreNotAllowed() throws ConfigException {
    Map<String, String> allowed =
        Map.of("PEER_ALLOW_ENV", "LANG,CI_*", "PEER_ALLOW_SECRETS", "", "AWS_KEY", "x");

    assertThat(run(allowed, "PEER_ENV=LANG,CI_JOB\nLANG=C\n").inputs().environment())
        .containsKey("LANG");
    assertRefused(allowed, "PEER_ENV=LANG,AWS_KEY", "names AWS_KEY, which PEER_ALLOW_ENV");
    assertRefused(allowed, "PEER_ENV=XCI_A", "names XCI_A");
    assertRefused(allowed, "PEER_SECRETS=AWS_KEY", "names AWS_KEY, which PEER_ALLOW_SECRETS");
    assertRefused(
        allowed, "PEER_PREPARE_SECRETS=AWS_KEY", "names AWS_KEY, which PEER_ALLOW_SECRETS");
    assertThat(run(Map.of("AWS_KEY", "x"), "PEER_ENV=AWS_KEY").inputs().environment())
        .containsKey("AWS_KEY");
  }

  @Test
  void isAskedForTheNamesAloneToo() throws ConfigException {
    Settings settings = settings(Map.of("PEER_ALLOW_SECRETS", ""), "PEER_SECRETS=TOKEN");

    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> RunSettings.secretNames(settings));
    Settings ofPreparation = settings(Map.of("PEER_ALLOW_SECRETS", ""), "PEER_PREPARE_SECRETS=A");
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> RunSettings.secretNames(ofPreparation));
  }

  /** An empty value of the environment takes nothing of the file. */
  @Test
  void isNotNeededWhereTheEnvironmentPinsASetting() throws ConfigException {
    RunSettings run =
        run(
            Map.of("PEER_ENV", "", "PEER_SECRETS", "", "PEER_NETWORK", "", "PEER_CPUS", "1"),
            "PEER_ENV=LANG\nPEER_SECRETS=TOKEN\nPEER_NETWORK=open\nPEER_CPUS=9\nLANG=C\n");

    assertThat(run.inputs().environment()).isEmpty();
    assertThat(run.secrets()).isEmpty();
    assertThat(run.inputs().network()).hasToString("none");
    assertThat(run.machine().cpus()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PEER_LIMITS|memory",
        "PEER_LIMITS|memory=much",
        "PEER_LIMITS|memory=1G,memory=2G",
        "PEER_LIMITS|network=none",
        "PEER_LIMITS|timeout=-1",
        "PEER_ALLOW_ENV|A=B",
        "PEER_ALLOW_ENV|.*"
      })
  void refusesBoundsThatItDoesNotUnderstand(String setting, String text) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> run(Map.of(setting, text), "PEER_MEMORY=1G\nPEER_ENV=LANG\n"))
        .withMessageContaining(setting + " in the environment")
        .satisfies(e -> assertThat(e.hint()).contains("for example"));
  }

  @Test
  void theFileCanNotLiftItsOwnBounds() {
    for (Setting setting :
        new Setting[] {Setting.PEER_LIMITS, Setting.PEER_ALLOW_ENV, Setting.PEER_ALLOW_SECRETS}) {
      assertThatExceptionOfType(ConfigException.class)
          .isThrownBy(() -> settings(Map.of(), setting + "=x"));
      assertThat(setting.handOff()).isEqualTo(Setting.HandOff.SENT);
    }
  }

  private static ThrowableAssertAlternative<ConfigException> assertRefused(
      Map<String, String> environment, String envFile, String why) {
    return assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> run(environment, envFile))
        .withMessageContaining(why);
  }

  private static RunSettings run(Map<String, String> environment, String envFile)
      throws ConfigException {
    return RunSettings.of(settings(environment, envFile), 2);
  }

  private static Settings settings(Map<String, String> environment, String envFile)
      throws ConfigException {
    return Settings.of(environment, EnvFile.parse(envFile.getBytes(StandardCharsets.UTF_8)));
  }
}
