package dev.peer.config;

import dev.peer.core.key.ContainerLimits;
import dev.peer.core.key.TestOptions;

/** Reads what a repository asks for its run besides the usual. */
final class TestOptionSettings {

  private TestOptionSettings() {}

  static TestOptions of(Settings settings) throws ConfigException {
    return new TestOptions(
        limits(settings),
        retries(settings),
        RunSettings.names(settings, Setting.PEER_PREPARE_SECRETS),
        containers(settings));
  }

  private static ContainerLimits limits(Settings settings) throws ConfigException {
    Value value = settings.valueOrDefault(Setting.PEER_CONTAINER_LIMITS);
    try {
      return ContainerLimits.parse(value.parts());
    } catch (IllegalArgumentException e) {
      throw value.refused(
          "is not " + ContainerLimits.FORM + ": " + e.getMessage(),
          "for example " + value.setting() + "=shm=1G,nofile=65536,cap=SYS_PTRACE");
    }
  }

  /** Containers have a network of their own, which a test with another one would not be in. */
  private static boolean containers(Settings settings) throws ConfigException {
    Value value = settings.valueOrDefault(Setting.PEER_CONTAINERS);
    boolean on = value.read(TestOptionSettings::isOn, "on or off", "on");
    if (on && !settings.valueOrDefault(Setting.PEER_NETWORK).text().strip().equals("none")) {
      throw value.refused(
          "is on, and so is the network of the tests: peer gives a test only one of them",
          "take PEER_CONTAINERS=on with PEER_NETWORK=none; the preparation pulls the images");
    }
    return on;
  }

  private static boolean isOn(String text) {
    ValueForms.require(text.equals("on") || text.equals("off"));
    return text.equals("on");
  }

  private static int retries(Settings settings) throws ConfigException {
    return settings
        .valueOrDefault(Setting.PEER_RETRY)
        .read(
            text -> text.equals("0") ? 0 : ValueForms.count(text, TestOptions.MOST_RETRIES),
            "a number from 0 to " + TestOptions.MOST_RETRIES,
            "2");
  }
}
