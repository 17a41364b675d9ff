package dev.peer.config;

import dev.peer.core.id.Printable;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a revision's {@code .env} may ask for. Anyone who can push writes it, and the machine that
 * runs the revision pays: with the caller's variables and secrets, with time, memory and disk.
 * Values of the environment itself are not bounded, and replace those of {@code .env}.
 *
 * <p>More than is allowed is an error: a run that got less than it asked for could pass for another
 * reason than it should.
 */
final class EnvFileBounds {

  private static final String EXAMPLE = "timeout=2h,memory=8G,disk=50G,cpus=8,output=256M";
  private static final Pattern NAME = Pattern.compile("[A-Za-z_*][A-Za-z0-9_*]{0,127}");

  private final Settings settings;

  EnvFileBounds(Settings settings) {
    this.settings = settings;
  }

  /** One of the limits in {@code PEER_LIMITS}, and the setting that it bounds. */
  private enum Limit {
    TIMEOUT("timeout", Setting.PEER_TIMEOUT, text -> ValueForms.duration(text).toNanos()),
    MEMORY("memory", Setting.PEER_MEMORY, ValueForms::size),
    DISK("disk", Setting.PEER_DISK, ValueForms::size),
    CPUS("cpus", Setting.PEER_CPUS, text -> (long) ValueForms.count(text, Integer.MAX_VALUE)),
    OUTPUT("output", Setting.PEER_MAX_OUTPUT, ValueForms::size);

    private final String key;
    private final Setting bounded;
    private final Function<String, Long> form;

    Limit(String key, Setting bounded, Function<String, Long> form) {
      this.key = key;
      this.bounded = bounded;
      this.form = form;
    }

    static Optional<Limit> named(String key) {
      return Stream.of(values()).filter(limit -> limit.key.equals(key)).findFirst();
    }
  }

  /**
   * Refuses a name that {@code .env} may not ask for.
   *
   * @param asking {@code PEER_ENV}, {@code PEER_SECRETS} or {@code PEER_PREPARE_SECRETS}
   */
  void requireAllowed(Setting asking, String name) throws ConfigException {
    Setting allowing =
        asking == Setting.PEER_ENV ? Setting.PEER_ALLOW_ENV : Setting.PEER_ALLOW_SECRETS;
    Optional<Value> allowed = settings.value(allowing);
    if (allowed.isEmpty() || !settings.isOfEnvFile(asking)) {
      return;
    }
    List<String> patterns =
        allowed
            .get()
            .readEach(EnvFileBounds::pattern, "names, in which * stands for the rest", "LANG,CI_*");
    if (patterns.stream().noneMatch(pattern -> name.matches(pattern.replace("*", ".*")))) {
      throw settings
          .valueOrDefault(asking)
          .refused(
              "names " + name + ", which " + allowing + " does not allow",
              "take it out of .env; or add it to "
                  + allowing
                  + ", or set "
                  + asking
                  + " in the environment");
    }
  }

  private static String pattern(String text) {
    ValueForms.require(NAME.matcher(text).matches());
    return text;
  }

  /** Refuses {@code .env}'s number of bytes or processors where it is above the limit. */
  void requireWithin(Setting setting, long asked) throws ConfigException {
    Map<Limit, String> limits = limits();
    for (Limit limit : Limit.values()) {
      if (limit.bounded == setting
          && limits.containsKey(limit)
          && settings.isOfEnvFile(setting)
          && asked > limit.form.apply(limits.get(limit))) {
        throw tooMuch(limit, limits.get(limit));
      }
    }
  }

  /** Refuses {@code .env}'s times where one of them is above the limit. */
  void requireWithin(Value timeout) throws ConfigException {
    // None by default: only requested names count.
    TimeLimits asked = TimeLimitsForm.read(timeout, Duration.ZERO);
    for (Duration time :
        Stream.concat(Stream.of(asked.run()), asked.stages().values().stream()).toList()) {
      requireWithin(Setting.PEER_TIMEOUT, time.toNanos());
    }
  }

  private ConfigException tooMuch(Limit limit, String most) {
    return settings
        .valueOrDefault(limit.bounded)
        .refused(
            "asks for more than " + Setting.PEER_LIMITS + " allows: " + limit.key + "=" + most,
            "ask for less in .env; or raise the limit, or set "
                + limit.bounded
                + " in the environment");
  }

  private Map<Limit, String> limits() throws ConfigException {
    Map<Limit, String> limits = new HashMap<>();
    Value value = settings.valueOrDefault(Setting.PEER_LIMITS);
    for (String part : value.parts()) {
      String key = part.substring(0, Math.max(0, part.indexOf('=')));
      String most = part.substring(part.indexOf('=') + 1);
      Optional<Limit> limit = Limit.named(key);
      if (limit.isEmpty()
          || limits.put(limit.get(), most) != null
          || !isOfForm(limit.get(), most)) {
        throw value.refused("is not a list of limits, each once: " + Printable.of(part), hint());
      }
    }
    return limits;
  }

  private static boolean isOfForm(Limit limit, String most) {
    try {
      var _ = limit.form.apply(most);
      return true;
    } catch (IllegalArgumentException | ArithmeticException e) {
      return false;
    }
  }

  private static String hint() {
    return "for example " + Setting.PEER_LIMITS + "=" + EXAMPLE;
  }
}
