package dev.peer.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.flow.Holder;
import dev.peer.core.flow.LookupResult;
import dev.peer.core.id.PeerId;
import dev.peer.core.trust.NamespaceRules;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PublicationTest {

  private static final PeerId SELF = new PeerId("self");

  @Test
  void namesWhoMayFetchAndHowManyHoldIt() {
    assertThat(of(found("self"), "ou:team"))
        .isEqualTo(
            "published: the rendezvous names this peer as the only holder; may be fetched by"
                + " ou:team");
    assertThat(of(found("a", "self", "b"), "ou:team"))
        .contains("names this peer and 2 others as holders;");
  }

  @Test
  void saysThatTheRendezvousDoesNotNameThisPeer() {
    assertThat(of(new LookupResult.Absent(), "ou:team")).startsWith("not published yet");
    assertThat(of(found("other"), "ou:team")).startsWith("not published yet");
  }

  @Test
  void claimsNothingWhereNobodyCouldBeAsked() {
    assertThat(of(new LookupResult.Unavailable("it is down"), "ou:team"))
        .isEqualTo("whether it is published can not be told: it is down");
  }

  @Test
  void saysWhyNothingIsAnnounced() {
    assertThat(Publication.none(true)).contains("PEER_RENDEZVOUS is not set");
    assertThat(Publication.none(false)).contains("leaves at once");
  }

  private static String of(LookupResult found, String rule) {
    return Publication.of(found, SELF, NamespaceRules.parse(rule));
  }

  private static LookupResult found(String... names) {
    return new LookupResult.Found(
        Stream.of(names).map(name -> new Holder(new PeerId(name), List.of())).toList());
  }
}
