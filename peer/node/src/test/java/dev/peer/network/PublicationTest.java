package dev.peer.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.access.NamespaceRules;
import dev.peer.core.find.Holder;
import dev.peer.core.find.LookupResult;
import dev.peer.core.id.PeerId;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PublicationTest {

  private static final PeerId SELF = new PeerId("self");

  @Test
  void namesWhoMayFetchAndHowManyHoldIt() {
    assertThat(of(found("self"), "ou:team"))
        .isEqualTo(
            "published: this peer is the only holder; PEER_ALLOW_FETCH says who may fetch it:"
                + " ou:team");
    assertThat(of(found("self"), "anyone"))
        .endsWith("; any certificate of PEER_CA may fetch it (PEER_ALLOW_FETCH admits anyone)");
    assertThat(of(found("a", "self", "b"), "ou:team"))
        .contains("published: this peer and 2 others hold it; ");
  }

  @Test
  void saysThatTheRendezvousDoesNotNameThisPeer() {
    assertThat(of(new LookupResult.Absent(), "ou:team")).startsWith("not published yet");
    assertThat(of(found("other"), "ou:team")).startsWith("not published yet");
  }

  @Test
  void claimsNothingWhereNobodyCouldBeAsked() {
    assertThat(of(new LookupResult.Unavailable("it is down"), "ou:team"))
        .isEqualTo("cannot tell whether it is published: it is down");
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
