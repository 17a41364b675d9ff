package dev.peer.network;

import dev.peer.core.access.NamespaceRules;
import dev.peer.core.find.Holder;
import dev.peer.core.find.LookupResult;
import dev.peer.core.id.PeerId;

/** Says in one line to which peers a result is published, or why it is not. */
public final class Publication {

  private Publication() {}

  /**
   * For a command that does not serve.
   *
   * @param alone whether there is no rendezvous to announce at
   */
  public static String none(boolean alone) {
    return alone
        ? "not published: PEER_RENDEZVOUS is not set"
        : "not published: this peer leaves at once and serves nobody then";
  }

  /**
   * For a result that was announced.
   *
   * @param found the rendezvous' answer about it
   * @param self this peer
   * @param fetchers the rule for fetching here
   */
  static String of(LookupResult found, PeerId self, NamespaceRules fetchers) {
    return switch (found) {
      case LookupResult.Found(var holders, var _, var _)
          when holders.stream().map(Holder::id).anyMatch(self::equals) ->
          "published: "
              + holders(holders.stream().map(Holder::id).filter(id -> !id.equals(self)).count())
              + "; "
              + readers(fetchers);
      case LookupResult.Found _, LookupResult.Absent _ ->
          "not published yet: the rendezvous does not name this peer";
      case LookupResult.Unavailable(String why) -> "cannot tell whether it is published: " + why;
    };
  }

  private static String holders(long others) {
    return others == 0
        ? "this peer is the only holder"
        : "this peer and " + others + (others == 1 ? " other" : " others") + " hold it";
  }

  private static String readers(NamespaceRules fetchers) {
    String rule = fetchers.toString();
    return rule.equals("anyone")
        ? "any certificate of PEER_CA may fetch it (PEER_ALLOW_FETCH admits anyone)"
        : "PEER_ALLOW_FETCH says who may fetch it: " + rule;
  }
}
