package dev.peer.config;

import dev.peer.core.id.Digest;
import dev.peer.core.id.Printable;
import dev.peer.core.key.CheckoutMode;
import dev.peer.core.key.NetworkMode;
import dev.peer.core.key.RunInputs;
import dev.peer.core.network.Reach;
import dev.peer.core.network.Registry;
import dev.peer.core.path.TargetPaths;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The settings that shape a run.
 *
 * @param inputs what the run key counts
 * @param secrets names of the test's secrets, which are passed in and not counted
 * @param prepareNetwork the hosts that the preparation may reach, and the maximum for an open
 *     network of the test
 * @param machine the machine that runs it
 * @param keep how many results of each repository are kept, at least 1
 */
public record RunSettings(
    InputSettings inputs,
    SortedSet<String> secrets,
    Reach prepareNetwork,
    MachineSettings machine,
    int keep) {

  /** As long as a value may be in the guest, where mk hands it on. */
  private static final int LONGEST_VALUE = 16_000;

  private static final Set<String> THE_GUESTS_OWN = Set.of("PATH", "HOME", "CI");

  /** Copies the names. */
  public RunSettings {
    secrets = Collections.unmodifiableSortedSet(new TreeSet<>(secrets));
  }

  /**
   * Reads them.
   *
   * @param processors how many the machine has
   */
  public static RunSettings of(Settings settings, int processors) throws ConfigException {
    SortedSet<String> secrets = names(settings, Setting.PEER_SECRETS);
    return new RunSettings(
        new InputSettings(
            settings.read(
                Setting.PEER_IMAGE,
                Digest::parse,
                "sha256: and 64 hexadecimal digits",
                "sha256:0123...abcd"),
            environment(settings, secrets),
            settings
                .valueOrDefault(Setting.PEER_NETWORK)
                .read(NetworkMode::parse, "none or open", "open"),
            settings
                .valueOrDefault(Setting.PEER_CHECKOUT)
                .read(CheckoutMode::parse, "tree, commit or history", "commit"),
            paths(settings),
            TestOptionSettings.of(settings)),
        secrets,
        prepareNetwork(settings),
        MachineSettings.of(settings, processors),
        KeepSettings.mostOfCommand(settings));
  }

  /** The same, for a machine that has and may take no less than this one; its disk stays. */
  public RunSettings withAtLeast(MachineSettings other) {
    return new RunSettings(inputs, secrets, prepareNetwork, machine.atLeast(other), keep);
  }

  /** The hosts that preparations may reach. */
  public static Reach prepareNetwork(Settings settings) throws ConfigException {
    return settings
        .valueOrDefault(Setting.PEER_PREPARE_NETWORK)
        .read(
            Reach::parse,
            "open, none or a list of hosts with IPv4 addresses (this host with a port only)",
            "packages.example.org:80,registry.example.org");
  }

  /** The registries of container images that this host asks in the place of preparations. */
  public static List<Registry> prepareRegistries(Settings settings) throws ConfigException {
    return settings
        .valueOrDefault(Setting.PEER_PREPARE_REGISTRIES)
        .read(
            Registry::parse,
            "none or a list of registries",
            "docker.io,registry.example.org:5000,http://10.0.2.2:5000");
  }

  /** The CAs that preparations trust besides the usual ones. */
  public static Optional<PemSource> prepareCa(Settings settings) throws ConfigException {
    return settings.read(
        Setting.PEER_PREPARE_CA, PemSource::parse, "a path or PEM text", "/etc/peer/company.pem");
  }

  private static TargetPaths paths(Settings settings) throws ConfigException {
    Optional<Value> value = settings.value(Setting.PEER_PATHS);
    if (value.isEmpty()) {
      return TargetPaths.ALL;
    }
    try {
      return TargetPaths.parse(value.get().text());
    } catch (IllegalArgumentException e) {
      throw value
          .get()
          .refused(e.getMessage(), "for example PEER_PATHS='test => :!docs; lint => src tools'");
    }
  }

  private static SortedMap<String, String> environment(Settings settings, SortedSet<String> secrets)
      throws ConfigException {
    SortedMap<String, String> environment = new TreeMap<>();
    SortedSet<String> allSecrets = secretNames(settings);
    for (String name : names(settings, Setting.PEER_ENV)) {
      if (allSecrets.contains(name)) {
        throw settings
            .valueOrDefault(Setting.PEER_ENV)
            .refused(
                "names "
                    + name
                    + ", and so does "
                    + (secrets.contains(name)
                        ? Setting.PEER_SECRETS
                        : Setting.PEER_PREPARE_SECRETS),
                "what PEER_ENV names is in the record for all to read; name it in one only");
      }
      Optional<String> value = settings.variable(name);
      if (value.filter(RunSettings::isLossy).isPresent()) {
        throw settings
            .valueOrDefault(Setting.PEER_ENV)
            .refused(
                "names " + name + ", whose value is not text in this locale",
                "set LC_ALL=C.UTF-8, or the variable to UTF-8 text");
      }
      if (value.filter(RunSettings::isTooLong).isPresent()) {
        throw settings
            .valueOrDefault(Setting.PEER_ENV)
            .refused(
                "names " + name + ", whose value is longer than " + LONGEST_VALUE + " bytes",
                "mk cuts longer values off; put them into a file of the repository");
      }
      value.ifPresent(text -> environment.put(name, text));
    }
    return environment;
  }

  /** Whether the JVM could not read all of it: two such values would give one key. */
  private static boolean isLossy(String value) {
    return value.indexOf('\ufffd') >= 0;
  }

  private static boolean isTooLong(String value) {
    return value.getBytes(StandardCharsets.UTF_8).length > LONGEST_VALUE;
  }

  /** Names of the variables that count, whether they have a value or not. */
  public static SortedSet<String> countedNames(Settings settings) throws ConfigException {
    return names(settings, Setting.PEER_ENV);
  }

  /** Names of the test's and the preparation's secrets, whether they have a value or not. */
  public static SortedSet<String> secretNames(Settings settings) throws ConfigException {
    SortedSet<String> all = names(settings, Setting.PEER_SECRETS);
    all.addAll(names(settings, Setting.PEER_PREPARE_SECRETS));
    return all;
  }

  /** Names of the preparation's secrets; the key counts the names and not the values. */
  public SortedSet<String> prepareSecrets() {
    return inputs.options().prepareSecrets();
  }

  /** Whether this is a variable's name, and not one of the guest's or of peer's own. */
  public static boolean mayBePassed(String name) {
    try {
      RunInputs.requireName(name);
    } catch (IllegalArgumentException e) {
      return false;
    }
    return !THE_GUESTS_OWN.contains(name) && !name.startsWith(Setting.PREFIX);
  }

  static SortedSet<String> names(Settings settings, Setting setting) throws ConfigException {
    SortedSet<String> names = new TreeSet<>();
    EnvFileBounds bounds = new EnvFileBounds(settings);
    Value value = settings.valueOrDefault(setting);
    names.addAll(
        value.readEach(
            RunInputs::requireName, "a list of names, without their values", "LANG,BUILD_TYPE"));
    for (String name : names) {
      if (THE_GUESTS_OWN.contains(name)) {
        throw value.refused(
            "names " + name + ", which the guest sets itself", "leave it out, or use another name");
      }
      if (name.startsWith(Setting.PREFIX)) {
        throw value.refused(
            "names " + Printable.plain(name) + ", which is for peer alone",
            "peer's own settings, its key among them, never get into the guest");
      }
      bounds.requireAllowed(setting, name);
    }
    return names;
  }
}
