package dev.peer.network;

import dev.peer.core.flow.Holder;
import dev.peer.core.flow.LookupResult;
import dev.peer.core.id.PeerId;
import dev.peer.core.trust.NamespaceRules;

/** Says whom a result is published to, or why it is not, in one line. */
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
        : "not published: this peer leaves at once, and then serves nobody";
  }

  /**
   * For a result that was announced.
   *
   * @param found what the rendezvous then says of it
   * @param self this peer
   * @param fetchers who may fetch here
   */
  static String of(LookupResult found, PeerId self, NamespaceRules fetchers) {
    return switch (found) {
      case LookupResult.Found(var holders, var _, var _)
          when holders.stream().map(Holder::id).anyMatch(self::equals) ->
          "published: the rendezvous names this peer "
              + among(holders.stream().map(Holder::id).filter(id -> !id.equals(self)).count())
              + "; may be fetched by "
              + fetchers;
      case LookupResult.Found _, LookupResult.Absent _ ->
          "not published yet: the rendezvous does not name this peer";
      case LookupResult.Unavailable(String why) ->
          "whether it is published can not be told: " + why;
    };
  }

  private static String among(long others) {
    return others == 0
        ? "as the only holder"
        : "and " + others + (others == 1 ? " other" : " others") + " as holders";
  }
}
