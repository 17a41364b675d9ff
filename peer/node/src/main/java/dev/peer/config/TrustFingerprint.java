package dev.peer.config;

import dev.peer.core.id.Digest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A process's identity and trust, in a form that can be compared and reveals nothing. */
public final class TrustFingerprint {

  private TrustFingerprint() {}

  /** A digest of each setting that a daemon and a command must have the same. */
  public static SortedMap<String, String> of(Settings settings) throws ConfigException {
    SortedMap<String, String> digests = new TreeMap<>();
    for (Setting setting : Setting.values()) {
      comparable(settings, setting)
          .map(text -> Digest.of(text.getBytes(StandardCharsets.UTF_8)).hex())
          .ifPresent(digest -> digests.put(setting.name(), digest));
    }
    return digests;
  }

  /** Equal texts mean the same, wherever the process was called. Empty: it is not compared. */
  private static Optional<String> comparable(Settings settings, Setting setting)
      throws ConfigException {
    return switch (setting.handOff()) {
      case SAME_PEM -> Optional.of(pem(settings, setting, text -> List.of(PemSource.parse(text))));
      case SAME_PEMS -> Optional.of(pem(settings, setting, PemSource::parseAll));
      case SAME_RULE -> Optional.of(rule(settings, setting));
      case SAME_TEXT -> Optional.of(settings.valueOrDefault(setting).text().strip());
      case SENT, DAEMONS_OWN -> Optional.empty();
    };
  }

  private static String pem(
      Settings settings, Setting setting, Value.Reader<List<PemSource>> reader)
      throws ConfigException {
    return settings
        .read(setting, reader, "paths or PEM text", "/etc/peer/file.pem")
        .map(all -> all.stream().map(TrustFingerprint::text).collect(Collectors.joining("\n")))
        .orElse("");
  }

  private static String text(PemSource source) {
    return switch (source) {
      case PemSource.File(Path path) -> file(path);
      case PemSource.Inline(String text) -> "text " + text;
    };
  }

  private static String rule(Settings settings, Setting setting) throws ConfigException {
    return settings
        .read(setting, RuleSource::parse, "a rule or @FILE", "@/etc/peer/rules")
        .map(TrustFingerprint::text)
        .orElse("");
  }

  private static String text(RuleSource source) {
    return switch (source) {
      case RuleSource.File(Path path) -> file(path);
      case RuleSource.Text(String text) -> "text " + text;
    };
  }

  private static String file(Path path) {
    return "file " + path.toAbsolutePath().normalize();
  }
}
