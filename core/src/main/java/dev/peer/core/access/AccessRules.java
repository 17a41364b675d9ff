package dev.peer.core.access;

import dev.peer.core.id.RepoId;
import dev.peer.core.trust.Identity;
import java.util.List;
import java.util.Optional;

/**
 * The rules for each verb.
 *
 * @param image the rule for vouching for guest images; empty: every signer that is admitted
 * @param prepare the rules for preparing runtimes; empty: those for signing
 */
public record AccessRules(
    NamespaceRules fetch,
    NamespaceRules announce,
    SignRules sign,
    Optional<AccessRule> image,
    Optional<SignRules> prepare) {

  /** Every signer that is admitted may vouch for guest images, and prepare runtimes. */
  public AccessRules(NamespaceRules fetch, NamespaceRules announce, SignRules sign) {
    this(fetch, announce, sign, Optional.empty(), Optional.empty());
  }

  /** One rule for each verb, whatever the repository. */
  public AccessRules(AccessRule fetch, AccessRule announce, AccessRule sign) {
    this(
        NamespaceRules.everywhere(fetch),
        NamespaceRules.everywhere(announce),
        SignRules.everywhere(sign));
  }

  /** Rules that allow everything to every certificate below the trust anchors. */
  public static AccessRules open() {
    return new AccessRules(AccessRule.anyone(), AccessRule.anyone(), AccessRule.anyone());
  }

  /** Creates rules with one rule for everything that is signed. */
  public AccessRules(NamespaceRules fetch, NamespaceRules announce, AccessRule sign) {
    this(fetch, announce, SignRules.everywhere(sign));
  }

  /**
   * Whether the identity may do it with results of this repository; for signing, with results of
   * one of its targets.
   */
  public boolean admits(Verb verb, Identity identity, RepoId repo) {
    return switch (verb) {
      case FETCH -> fetch.admits(identity, repo);
      case ANNOUNCE -> announce.admits(identity, repo);
      case SIGN -> sign.admitsSomewhere(identity, repo);
      case PREPARE -> prepareRules().admitsAllTargets(identity, repo, List.of());
      case IMAGE -> admitsSomewhere(verb, identity);
    };
  }

  /** Whether the identity may do it with results of any repository. */
  public boolean admitsSomewhere(Verb verb, Identity identity) {
    return switch (verb) {
      case FETCH -> fetch.admitsSomewhere(identity);
      case ANNOUNCE -> announce.admitsSomewhere(identity);
      case SIGN -> sign.admitsSomewhere(identity);
      case PREPARE -> prepareRules().admitsSomewhere(identity);
      case IMAGE ->
          image
              .map(rule -> rule.admits(identity))
              .orElseGet(() -> admitsSomewhere(Verb.SIGN, identity));
    };
  }

  /** The rules for preparing runtimes. */
  public SignRules prepareRules() {
    return prepare.orElse(sign);
  }

  /** The rule for guest images as it can be parsed. */
  public String imageRule() {
    return image.map(AccessRule::toString).orElseGet(sign::toString);
  }
}
