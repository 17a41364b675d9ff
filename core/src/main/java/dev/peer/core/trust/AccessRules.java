package dev.peer.core.trust;

/** One rule for each verb. */
public record AccessRules(AccessRule fetch, AccessRule announce, AccessRule sign) {

  /** Whoever the trust anchors vouch for may do everything. */
  public static AccessRules open() {
    return new AccessRules(AccessRule.anyone(), AccessRule.anyone(), AccessRule.anyone());
  }

  /** The rule for this verb. */
  public AccessRule rule(Verb verb) {
    return switch (verb) {
      case FETCH -> fetch;
      case ANNOUNCE -> announce;
      case SIGN -> sign;
    };
  }
}
