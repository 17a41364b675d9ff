package dev.peer.config;

import dev.peer.core.key.TestOptions;
import dev.peer.core.record.KeptOrigin;
import java.util.Optional;

/**
 * Who may do what, and what counts.
 *
 * @param fetch the rule for fetching; absent: everyone of the CA, empty text: nobody
 * @param announce the rule for announcing; likewise
 * @param sign whose results count; likewise
 * @param image the rule for guest images of peers; absent: that for signing
 * @param prepare whose prepared runtimes count; absent: the rules for signing
 * @param requireKept the widest origin of a run's disk with which its result counts
 * @param requireTries the last try at which the tests may have passed
 */
public record RuleSettings(
    Optional<RuleSource> fetch,
    Optional<RuleSource> announce,
    Optional<RuleSource> sign,
    Optional<RuleSource> image,
    Optional<RuleSource> prepare,
    KeptOrigin requireKept,
    int requireTries) {

  /** Reads them. */
  static RuleSettings of(Settings settings) throws ConfigException {
    return new RuleSettings(
        rule(settings, Setting.PEER_ALLOW_FETCH),
        rule(settings, Setting.PEER_ALLOW_ANNOUNCE),
        rule(settings, Setting.PEER_ALLOW_SIGN),
        rule(settings, Setting.PEER_ALLOW_IMAGE),
        rule(settings, Setting.PEER_ALLOW_PREPARE),
        settings
            .valueOrDefault(Setting.PEER_REQUIRE_KEPT)
            .read(KeptOrigin::parse, "blank, layers, trunk, history or any", "trunk"),
        settings
            .read(
                Setting.PEER_REQUIRE_TRIES,
                text -> ValueForms.count(text, TestOptions.MOST_TRIES),
                "a number from 1 to " + TestOptions.MOST_TRIES,
                "1")
            .orElse(TestOptions.MOST_TRIES));
  }

  private static Optional<RuleSource> rule(Settings settings, Setting setting)
      throws ConfigException {
    return settings.read(setting, RuleSource::parse, "a rule or @FILE", "@/etc/peer/rules");
  }
}
