package dev.peer.core.trust;

import dev.peer.core.id.RepoId;
import java.util.Optional;

/**
 * Who may do what.
 *
 * @param image who may vouch for guest images; nothing: whoever may sign
 */
public record AccessRules(
    NamespaceRules fetch, NamespaceRules announce, SignRules sign, Optional<AccessRule> image) {

  /** Whoever may sign may vouch for guest images. */
  public AccessRules(NamespaceRules fetch, NamespaceRules announce, SignRules sign) {
    this(fetch, announce, sign, Optional.empty());
  }

  /** One rule for each verb, whatever the repository. */
  public AccessRules(AccessRule fetch, AccessRule announce, AccessRule sign) {
    this(
        NamespaceRules.everywhere(fetch),
        NamespaceRules.everywhere(announce),
        SignRules.everywhere(sign));
  }

  /** Whoever the trust anchors vouch for may do everything. */
  public static AccessRules open() {
    return new AccessRules(AccessRule.anyone(), AccessRule.anyone(), AccessRule.anyone());
  }

  /** As the other, with the same rule for whatever is signed. */
  public AccessRules(NamespaceRules fetch, NamespaceRules announce, AccessRule sign) {
    this(fetch, announce, SignRules.everywhere(sign));
  }

  /**
   * Whether somebody may do it with the results of this repository; to sign them, for a target of
   * it.
   */
  public boolean admits(Verb verb, Identity identity, RepoId repo) {
    return switch (verb) {
      case FETCH -> fetch.admits(identity, repo);
      case ANNOUNCE -> announce.admits(identity, repo);
      case SIGN -> sign.admitsSomewhere(identity, repo);
      case IMAGE -> admitsSomewhere(verb, identity);
    };
  }

  /** Whether there can be a repository with whose results somebody may do it. */
  public boolean admitsSomewhere(Verb verb, Identity identity) {
    return switch (verb) {
      case FETCH -> fetch.admitsSomewhere(identity);
      case ANNOUNCE -> announce.admitsSomewhere(identity);
      case SIGN -> sign.admitsSomewhere(identity);
      case IMAGE ->
          image
              .map(rule -> rule.admits(identity))
              .orElseGet(() -> admitsSomewhere(Verb.SIGN, identity));
    };
  }

  /** The rule for guest images as it can be parsed. */
  public String imageRule() {
    return image.map(AccessRule::toString).orElseGet(sign::toString);
  }
}
