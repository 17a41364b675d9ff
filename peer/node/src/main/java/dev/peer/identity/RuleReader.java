package dev.peer.identity;

import dev.peer.config.ConfigException;
import dev.peer.config.PeerSettings;
import dev.peer.config.RuleSource;
import dev.peer.core.access.AccessRule;
import dev.peer.core.access.AccessRules;
import dev.peer.core.access.NamespaceRules;
import dev.peer.core.access.SignRules;
import dev.peer.core.pem.CredentialException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Function;

/** Reads the rules that settings state, or the files of rules that they name. */
public final class RuleReader {

  private RuleReader() {}

  /** Who may do what. */
  public static AccessRules rules(PeerSettings settings)
      throws ConfigException, CredentialException {
    return new AccessRules(
        namespaceRules("PEER_ALLOW_FETCH", settings.rules().fetch()),
        namespaceRules("PEER_ALLOW_ANNOUNCE", settings.rules().announce()),
        signRules(settings),
        imageRule(settings),
        prepareRules(settings));
  }

  static NamespaceRules namespaceRules(String name, Optional<RuleSource> source)
      throws ConfigException, CredentialException {
    return source.isEmpty()
        ? NamespaceRules.everywhere(AccessRule.anyone())
        : rules(name, source.get(), NamespaceRules::parse, NamespaceRules::parseLines);
  }

  /** Whose results count, as the rules are now. */
  public static SignRules signRules(PeerSettings settings)
      throws ConfigException, CredentialException {
    return settings.rules().sign().isEmpty()
        ? SignRules.everywhere(AccessRule.anyone())
        : signRules("PEER_ALLOW_SIGN", settings.rules().sign().get());
  }

  static Optional<SignRules> prepareRules(PeerSettings settings)
      throws ConfigException, CredentialException {
    return settings.rules().prepare().isEmpty()
        ? Optional.empty()
        : Optional.of(signRules("PEER_ALLOW_PREPARE", settings.rules().prepare().get()));
  }

  private static SignRules signRules(String name, RuleSource source)
      throws ConfigException, CredentialException {
    return rules(name, source, SignRules::parse, SignRules::parseLines);
  }

  static Optional<AccessRule> imageRule(PeerSettings settings)
      throws ConfigException, CredentialException {
    return settings.rules().image().isEmpty()
        ? Optional.empty()
        : Optional.of(
            rules(
                "PEER_ALLOW_IMAGE",
                settings.rules().image().get(),
                AccessRule::parse,
                AccessRule::parseLines));
  }

  private static <T> T rules(
      String name, RuleSource source, Function<String, T> parse, Function<String, T> parseLines)
      throws ConfigException, CredentialException {
    try {
      return switch (source) {
        case RuleSource.Text text -> parse.apply(text.text());
        case RuleSource.File file ->
            parseLines.apply(
                new String(SourceFiles.read(name, file.path()), StandardCharsets.UTF_8));
      };
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          name + ": " + e.getMessage(),
          "a rule is such as uri:spiffe://example.org/ci/* or ou:build+issuer:CN=Team CA; for some"
              + " repositories github.com/team/* => ou:team; PEER_ALLOW_SIGN takes targets too:"
              + " github.com/team/app publish => ou:build");
    }
  }
}
