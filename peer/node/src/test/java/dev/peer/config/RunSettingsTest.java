package dev.peer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.peer.core.id.Digest;
import dev.peer.core.key.CheckoutMode;
import dev.peer.core.key.ContainerLimits;
import dev.peer.core.key.NetworkMode;
import dev.peer.core.key.TestOptions;
import dev.peer.core.network.Reach;
import dev.peer.core.path.TargetPaths;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunSettingsTest {

  private static final String DIGEST = "sha256:" + "0123456789abcdef".repeat(4);

  @Test
  void defaults() throws ConfigException {
    assertThat(RunSettings.of(Settings.of(Map.of()), 16))
        .isEqualTo(
            new RunSettings(
                new InputSettings(
                    Optional.empty(),
                    new TreeMap<>(),
                    NetworkMode.NONE,
                    CheckoutMode.TREE,
                    TargetPaths.ALL),
                new TreeSet<>(),
                new Reach.Open(),
                new MachineSettings(
                    4,
                    2L << 30,
                    20L << 30,
                    new TimeLimits(Duration.ofHours(1), Map.of()),
                    64L << 20),
                1));
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 1", "3, 3", "4, 4", "5, 4"})
  void asManyProcessorsAsTheMachineHasButFour(int processors, int cpus) throws ConfigException {
    assertThat(RunSettings.of(Settings.of(Map.of()), processors).machine().cpus()).isEqualTo(cpus);
  }

  @Test
  void readsEverySetting() throws ConfigException {
    Map<String, String> environment =
        Map.ofEntries(
            Map.entry("PEER_IMAGE", DIGEST),
            Map.entry("PEER_ENV", "LANG, MODE\tUNSET"),
            Map.entry("LANG", "C"),
            Map.entry("MODE", ""),
            Map.entry("OTHER", "not named"),
            Map.entry("PEER_SECRETS", "TOKEN"),
            Map.entry("PEER_NETWORK", "open"),
            Map.entry("PEER_PREPARE_NETWORK", "Packages.example.org:80, 192.0.2.7"),
            Map.entry("PEER_CHECKOUT", "commit"),
            Map.entry("PEER_CONTAINER_LIMITS", "shm=1G, nofile=65536 cap=SYS_PTRACE"),
            Map.entry("PEER_RETRY", "2"),
            Map.entry("PEER_PREPARE_SECRETS", "NPM_TOKEN,TOKEN"),
            Map.entry("PEER_CPUS", "8"),
            Map.entry("PEER_MEMORY", "512M"),
            Map.entry("PEER_DISK", "4GiB"),
            Map.entry("PEER_TIMEOUT", "90s, prepare=1h ,test=10m"),
            Map.entry("PEER_MAX_OUTPUT", "3M"),
            Map.entry("PEER_KEEP", "5"));
    assertThat(RunSettings.of(Settings.of(environment), 2))
        .isEqualTo(
            new RunSettings(
                new InputSettings(
                    Optional.of(Digest.parse(DIGEST)),
                    new TreeMap<>(Map.of("LANG", "C", "MODE", "")),
                    NetworkMode.OPEN,
                    CheckoutMode.COMMIT,
                    TargetPaths.ALL,
                    new TestOptions(
                        ContainerLimits.parse(List.of("cap=SYS_PTRACE", "nofile=64K", "shm=1024M")),
                        2,
                        new TreeSet<>(List.of("NPM_TOKEN", "TOKEN")))),
                new TreeSet<>(List.of("TOKEN")),
                Reach.parse("packages.example.org:80,192.0.2.7"),
                new MachineSettings(
                    8,
                    512L << 20,
                    4L << 30,
                    new TimeLimits(
                        Duration.ofSeconds(90),
                        Map.of("prepare", Duration.ofHours(1), "test", Duration.ofMinutes(10))),
                    3L << 20),
                5));
  }

  @Test
  void countedValuesComeFromTheEnvironmentElseFromTheFile() throws ConfigException {
    Settings settings =
        SettingsTest.settings(
            Map.of("A", "environment"), "PEER_ENV='A B C'\nA=file\nB=file\nD=x\n");
    assertThat(RunSettings.of(settings, 1).inputs().environment())
        .isEqualTo(Map.of("A", "environment", "B", "file"));
  }

  @Test
  void anEmptyListInTheEnvironmentCountsNothing() throws ConfigException {
    Settings settings = SettingsTest.settings(Map.of("PEER_ENV", ""), "PEER_ENV=A\nA=file\n");
    assertThat(RunSettings.of(settings, 1).inputs().environment()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"PEER_ENV", "PEER_SECRETS", "PEER_PREPARE_SECRETS"})
  void peersOwnVariablesNeverGetIn(String list) {
    refused(
        Map.of(list, "LANG PEER_KEY", "PEER_KEY", "secret"), list + " in the environment names");
  }

  @ParameterizedTest
  @CsvSource({
    "TOKEN, true",
    "_1, true",
    "PATH, false",
    "CI, false",
    "PEER_KEY, false",
    "A-B, false",
    "A=b, false",
    "'', false"
  })
  void aTestMayGetWhatIsNeitherTheGuestsNorPeersOwn(String name, boolean may) {
    assertThat(RunSettings.mayBePassed(name)).isEqualTo(may);
  }

  @Test
  void aSecretIsNotCounted() {
    refused(Map.of("PEER_ENV", "A,B", "PEER_SECRETS", "B"), "names B, and so does PEER_SECRETS");
  }

  @Test
  void aListHasNamesOnly() {
    ConfigException e =
        refused(Map.of("PEER_ENV", "A=secret"), "PEER_ENV in the environment is not");
    assertThat(e.getMessage()).doesNotContain("secret");
  }

  @Test
  void aValueTheLocaleCouldNotReadIsRefused() {
    ConfigException e =
        refused(Map.of("PEER_ENV", "A", "A", "\ufffd\ufffd"), "not text in this locale");
    assertThat(e.hint()).contains("LC_ALL");
  }

  @ParameterizedTest
  @CsvSource({
    "268435456, 268435456",
    "262144K, 268435456",
    "256M, 268435456",
    "256m, 268435456",
    "256MiB, 268435456",
    "1G, 1073741824",
    "2T, 2199023255552"
  })
  void readsSizes(String size, long bytes) throws ConfigException {
    assertThat(RunSettings.of(Settings.of(Map.of("PEER_MEMORY", size)), 1).machine().memory())
        .isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2048",
        "255M",
        "-1G",
        "1.5G",
        "2GB",
        "2 G",
        "G",
        "x",
        "9999999999T",
        "1E",
        "0x1G"
      })
  void refusesASizeOfAnotherForm(String size) {
    refused(
        Map.of("PEER_MEMORY", size), "PEER_MEMORY in the environment is not a size of at least");
  }

  @ParameterizedTest
  @CsvSource({
    "90s, PT90S",
    "10m, PT10M",
    "1h, PT1H",
    "2d, PT48H",
    "1h30m, PT90M",
    "PT1M30S, PT90S",
    "P1D, PT24H",
    "30d, PT720H"
  })
  void readsTimes(String text, Duration time) throws ConfigException {
    assertThat(RunSettings.of(Settings.of(Map.of("PEER_TIMEOUT", text)), 1).machine().timeout())
        .isEqualTo(new TimeLimits(time, Map.of()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "60",
        "0s",
        "PT0S",
        "-1h",
        "1.5h",
        "1m1h",
        "1 h",
        "h",
        "P",
        "31d",
        "999999999d",
        "1w"
      })
  void refusesATimeOfAnotherForm(String time) {
    refused(Map.of("PEER_TIMEOUT", time), "PEER_TIMEOUT in the environment is not a time");
  }

  @Test
  void aStageMayHaveALimitWhereTheRunHasItsDefault() throws ConfigException {
    assertThat(
            RunSettings.of(Settings.of(Map.of("PEER_TIMEOUT", "post-test=5s")), 1)
                .machine()
                .timeout())
        .isEqualTo(new TimeLimits(Duration.ofHours(1), Map.of("post-test", Duration.ofSeconds(5))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1h,tests=10m | names a stage that there is not: \"tests\"",
        "boot=10m | names a stage that there is not: \"boot\"",
        "=10m | names a stage that there is not: \"\"",
        "1h,2h | gives two times for the run",
        "test=1m,test=2m | gives two times for the stage test",
        "1h, | is not a time of at most 30d: \"\"",
        "test= | is not a time of at most 30d: \"\"",
        "test=31d | is not a time of at most 30d: \"31d\"",
        "test=1m=2m | is not a time of at most 30d",
      })
  void refusesLimitsOfAnotherForm(String text, String message) {
    refused(Map.of("PEER_TIMEOUT", text), "PEER_TIMEOUT in the environment " + message);
  }

  @Test
  void aMachineCanHaveAndTakeNoLessThanAnother() throws ConfigException {
    RunSettings small =
        of("PEER_CPUS", "1", "PEER_MEMORY", "1G", "PEER_DISK", "8G", "PEER_MAX_OUTPUT", "1M")
            .withAtLeast(
                of("PEER_CPUS", "2", "PEER_MEMORY", "512M", "PEER_MAX_OUTPUT", "2M").machine());
    assertThat(small.machine())
        .isEqualTo(
            new MachineSettings(
                2, 1L << 30, 8L << 30, new TimeLimits(Duration.ofHours(1), Map.of()), 2L << 20));

    assertThat(
            of("PEER_TIMEOUT", "1s,prepare=1s,test=1s")
                .withAtLeast(of("PEER_TIMEOUT", "1m,prepare=1m").machine())
                .machine()
                .timeout())
        .isEqualTo(new TimeLimits(Duration.ofMinutes(1), Map.of("prepare", Duration.ofMinutes(1))));
    assertThat(
            of("PEER_TIMEOUT", "1h,prepare=1h")
                .withAtLeast(of("PEER_TIMEOUT", "1m,prepare=1m").machine())
                .machine()
                .timeout())
        .isEqualTo(new TimeLimits(Duration.ofHours(1), Map.of("prepare", Duration.ofHours(1))));
  }

  private static RunSettings of(String... namesAndValues) throws ConfigException {
    Map<String, String> environment = new TreeMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      environment.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return RunSettings.of(Settings.of(environment), 1);
  }

  @Test
  void namesTheStagesThatThereAre() {
    assertThat(refused(Map.of("PEER_TIMEOUT", "tests=1m"), "names a stage").hint())
        .isEqualTo("the stages are checkout, prepare, test, artifacts, post-test");
  }

  @ParameterizedTest
  @CsvSource({
    "PEER_CPUS, 0",
    "PEER_CPUS, 256",
    "PEER_MAX_OUTPUT, 1023",
    "PEER_MAX_OUTPUT, 1025M",
    "PEER_CPUS, two",
    "PEER_DISK, 1023M",
    "PEER_KEEP, 0",
    "PEER_KEEP, 10001",
    "PEER_NETWORK, None",
    "PEER_NETWORK, host",
    "PEER_CHECKOUT, full",
    "PEER_CONTAINERS, yes",
    "PEER_CONTAINERS, ON",
    "PEER_RETRY, 10",
    "PEER_RETRY, -1",
    "PEER_RETRY, on",
    "PEER_IMAGE, latest",
    "PEER_IMAGE, sha256:0123",
    "PEER_ENV, 1A",
    "PEER_SECRETS, A-B",
  })
  void refusesAValueOfAnotherForm(String name, String value) {
    ConfigException e = refused(Map.of(name, value), name + " in the environment is not ");
    assertThat(e.getMessage()).endsWith(": \"" + value + "\"");
    assertThat(e.hint()).startsWith("for example " + name + "=");
  }

  @Test
  void namesTheLimitOfAContainerThatIsNone() {
    ConfigException e =
        refused(
            Map.of("PEER_CONTAINER_LIMITS", "shm=1G,cap=SYS_MODULE"),
            "PEER_CONTAINER_LIMITS in the environment is not a list of shm=SIZE, ");

    assertThat(e.getMessage()).endsWith("\"cap=SYS_MODULE\"");
    assertThat(e.hint()).startsWith("for example PEER_CONTAINER_LIMITS=shm=1G");
  }

  @Test
  void readsThatTestsMayStartContainers() throws ConfigException {
    RunSettings run = RunSettings.of(SettingsTest.settings(Map.of(), "PEER_CONTAINERS=on\n"), 1);

    assertThat(run.inputs().options()).isEqualTo(TestOptions.DEFAULT.withContainers());
    assertThat(RunSettings.of(Settings.of(Map.of("PEER_CONTAINERS", "off")), 1).inputs().options())
        .isEqualTo(TestOptions.DEFAULT);
  }

  @Test
  void refusesContainersForATestThatHasTheNetwork() {
    ConfigException e =
        refused(
            Map.of("PEER_CONTAINERS", "on", "PEER_NETWORK", "open"),
            "PEER_CONTAINERS in the environment is on, and so is the network of the tests");
    assertThat(e.hint()).contains("PEER_NETWORK=none");
  }

  @Test
  void namesTheLineOfTheFile() {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> RunSettings.of(SettingsTest.settings(Map.of(), "\nPEER_MEMORY=big\n"), 1))
        .withMessage("PEER_MEMORY in .env, line 2 is not a size of at least 256M: \"big\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PATH", "HOME", "CI"})
  void refusesToCountWhatTheGuestSetsItself(String name) {
    refused(Map.of("PEER_ENV", name, name, "x"), "names " + name + ", which the guest sets itself");
  }

  @Test
  void refusesAValueThatTheGuestWouldCutOff() {
    refused(Map.of("PEER_ENV", "A", "A", "\u00e4".repeat(8_001)), "longer than 16000 bytes");
  }

  private static ConfigException refused(Map<String, String> environment, String message) {
    ConfigException[] refused = new ConfigException[1];
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> RunSettings.of(Settings.of(environment), 1))
        .withMessageContaining(message)
        .satisfies(e -> assertThat(e.hint()).isNotBlank())
        .satisfies(e -> refused[0] = e);
    return refused[0];
  }
}
