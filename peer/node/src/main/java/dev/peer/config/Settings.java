package dev.peer.config;

import dev.peer.core.id.Printable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The variables that settings are read from, and where each came from. Values are looked at only
 * when {@link PeerSettings} or {@link RunSettings} are made of them, so that a command stumbles
 * over no setting that it does not use.
 */
public final class Settings {

  private final Map<String, String> environment;
  private final EnvFile envFile;

  private Settings(Map<String, String> environment, EnvFile envFile) {
    this.environment = environment;
    this.envFile = envFile;
  }

  /** For a command that is about no revision. */
  public static Settings of(Map<String, String> environment) {
    return new Settings(LayeredVariables.unmodifiable(environment), EnvFile.EMPTY);
  }

  /** For a revision with this {@code .env}. */
  public static Settings of(Map<String, String> environment, EnvFile envFile)
      throws ConfigException {
    for (Setting setting : Setting.values()) {
      Optional<EnvFile.Entry> entry = envFile.entry(setting.name());
      if (setting.where() == Setting.Where.ENVIRONMENT && entry.isPresent()) {
        throw new ConfigException(
            setting + " may not be set in .env (line " + entry.get().line() + ")",
            "set it in the environment: anyone who can push could otherwise decide whom this"
                + " machine trusts, what it stores or what it opens");
      }
    }
    return new Settings(LayeredVariables.unmodifiable(environment), envFile);
  }

  /** Warnings for the user: one line for each {@code PEER_} name that is no setting. */
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    unknown(environment.keySet())
        .forEach(name -> warnings.add(warning(name, LayeredVariables.origin(environment, name))));
    for (String name : unknown(envFile.names())) {
      warnings.add(warning(name, ".env, line " + envFile.entry(name).orElseThrow().line()));
    }
    return List.copyOf(warnings);
  }

  private static Collection<String> unknown(Collection<String> names) {
    Collection<String> unknown = new TreeSet<>(names);
    unknown.removeIf(name -> !name.startsWith(Setting.PREFIX) || Setting.named(name).isPresent());
    return unknown;
  }

  private static String warning(String name, String where) {
    String nearest =
        Spelling.nearest(name, Arrays.stream(Setting.values()).map(Setting::name).toList())
            .map(known -> "; did you mean " + known + "?")
            .orElse("");
    return Printable.plain(name) + " in " + where + ": unknown setting" + nearest;
  }

  /** The setting's value; empty where it has its default. */
  Optional<Value> value(Setting setting) {
    String name = setting.name();
    Optional<Value> value =
        environment.containsKey(name)
            ? Optional.of(
                new Value(
                    setting, environment.get(name), LayeredVariables.origin(environment, name)))
            : envFile
                .entry(name)
                .map(entry -> new Value(setting, entry.value(), ".env, line " + entry.line()));
    return value.filter(found -> setting.emptyIsAValue() || !found.text().isBlank());
  }

  /** The names of the settings that are not at their default, by where they are set. */
  public Map<String, List<String>> places() {
    Map<String, List<String>> places = new LinkedHashMap<>();
    for (Setting setting : Setting.values()) {
      value(setting)
          .map(value -> value.origin().replaceFirst(", line \\d+$", ""))
          .ifPresent(
              place -> places.computeIfAbsent(place, _ -> new ArrayList<>()).add(setting.name()));
    }
    return places;
  }

  /** The setting, or the text of its default. */
  Value valueOrDefault(Setting setting) {
    return value(setting).orElse(new Value(setting, setting.byDefault(), "the default"));
  }

  /** The setting as read; empty where it has its default. See {@link Value#read}. */
  <T> Optional<T> read(Setting setting, Value.Reader<T> reader, String expected, String example)
      throws ConfigException {
    Optional<Value> value = value(setting);
    return value.isEmpty()
        ? Optional.empty()
        : Optional.of(value.get().read(reader, expected, example));
  }

  /** Whether the setting's value is the revision's. */
  boolean isOfEnvFile(Setting setting) {
    return !environment.containsKey(setting.name()) && value(setting).isPresent();
  }

  /** The value of any variable: of the environment, else of {@code .env}. */
  Optional<String> variable(String name) throws ConfigException {
    return environment.containsKey(name) ? Optional.of(environment.get(name)) : envFile.value(name);
  }

  /** The value of a variable of the environment, unless it is empty. */
  Optional<String> ofEnvironment(String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
  }
}
