package dev.peer.rendezvous;

import static dev.peer.wire.RunState.FAILED;
import static dev.peer.wire.RunState.PASSED;
import static dev.peer.wire.RunState.RUNNING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.rendezvous.ResultFeed.Event;
import dev.peer.wire.EventId;
import dev.peer.wire.IndexEvent;
import dev.peer.wire.InstanceId;
import dev.peer.wire.LeaseRequest;
import dev.peer.wire.LeaseTerms;
import dev.peer.wire.PeerAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class ResultFeedTest {

  private static final RepoId REPO = new RepoId("git.example.org/team/project");
  private static final URI ADDRESS = PeerAddress.parse("https://h:7001");
  private static final LeaseHolder LAPTOP = holder("laptop", "a");
  private static final LeaseHolder CI = holder("ci", "a");
  private static final Optional<EventId> NOWHERE = Optional.empty();

  private final AtomicLong clock = new AtomicLong();
  private final EmbeddedIndex index = newIndex();

  @BeforeEach
  void lease() {
    lease(LAPTOP);
    lease(CI);
  }

  @Test
  void tellsWhatPassesAndWhatIsTakenBack() throws Exception {
    try (ResultFeed feed = index.follow(REPO, NOWHERE)) {
      assertThat(next(feed)).isInstanceOf(Event.Reset.class);
      announce(LAPTOP, 1);
      index.announce(CI, REPO, key(2), RUNNING);
      index.announce(CI, REPO, key(2), PASSED);
      index.announce(CI, REPO, key(2), PASSED);
      index.retract(CI, REPO, key(2));
      index.announce(CI, REPO, key(2), FAILED);
      index.retract(LAPTOP, REPO, key(1));
      index.announce(LAPTOP, new RepoId("other"), key(3), PASSED);

      assertThat(told(feed))
          .containsExactly("passed laptop 1", "passed ci 2", "gone ci 2", "gone laptop 1");
    }
  }

  @Test
  void beginsWithWhatThereIs() throws Exception {
    announce(LAPTOP, 1);
    announce(CI, 1);
    index.announce(CI, REPO, key(2), RUNNING);
    try (ResultFeed feed = index.follow(REPO, NOWHERE)) {
      assertThat(told(feed))
          .containsExactlyInAnyOrder("reset", "passed laptop 1", "passed ci 1")
          .startsWith("reset");
      announce(CI, 3);
      assertThat(told(feed)).containsExactly("passed ci 3");
    }
  }

  @Test
  void goesOnFromTheLastEventThatWasSeen() throws Exception {
    announce(LAPTOP, 1);
    announce(LAPTOP, 2);
    Optional<EventId> seen = idAtTheEnd();
    announce(LAPTOP, 3);
    index.retract(LAPTOP, REPO, key(1));

    try (ResultFeed feed = index.follow(REPO, seen)) {
      assertThat(told(feed)).containsExactly("passed laptop 3", "gone laptop 1");
    }
  }

  @Test
  void givesNoIdBeforeAllThereIsWasTold() throws Exception {
    announce(LAPTOP, 1);
    announce(LAPTOP, 2);
    try (ResultFeed feed = index.follow(REPO, NOWHERE)) {
      assertThat(next(feed).id()).isEmpty();
      assertThat(next(feed).id()).isEmpty();
      assertThat(next(feed).id()).isPresent();
    }
    try (ResultFeed feed = index.follow(new RepoId("empty"), NOWHERE)) {
      assertThat(next(feed).id()).isPresent();
    }
  }

  @Test
  void beginsAnewWhereTheIdIsOfAnotherIndexOrOfNone() throws Exception {
    announce(LAPTOP, 1);
    EmbeddedIndex before = newIndex();
    EventId ofAnother;
    try (ResultFeed feed = before.follow(REPO, NOWHERE)) {
      ofAnother = feed.next(Duration.ZERO).orElseThrow().id().orElseThrow();
    }
    String known = idAtTheEnd().orElseThrow().text();
    for (String id : List.of(ofAnother.text(), "x", known + "0", known + "x")) {
      try (ResultFeed feed = index.follow(REPO, Optional.of(new EventId(id)))) {
        assertThat(told(feed)).containsExactly("reset", "passed laptop 1");
      }
    }
  }

  @Test
  void beginsAnewWhereTooMuchHappenedSince() throws Exception {
    Optional<EventId> seen = idAtTheEnd();
    for (int i = 0; i < 11; i++) {
      announce(LAPTOP, i);
    }

    try (ResultFeed feed = index.follow(REPO, seen)) {
      assertThat(told(feed)).startsWith("reset").hasSize(12);
    }
  }

  @Test
  void beginsAnewForWhoDoesNotKeepUp() throws Exception {
    try (ResultFeed feed = index.follow(REPO, NOWHERE)) {
      assertThat(told(feed)).containsExactly("reset");
      for (int i = 0; i < 11; i++) {
        announce(LAPTOP, i);
      }
      index.retract(LAPTOP, REPO, key(0));

      assertThat(told(feed)).startsWith("reset").hasSize(11).doesNotContain("passed laptop 0");
      announce(LAPTOP, 20);
      assertThat(told(feed)).containsExactly("passed laptop 20");
    }
  }

  @Test
  void tellsWhatGoesWithALease() throws Exception {
    announce(LAPTOP, 1);
    announce(CI, 1);
    try (ResultFeed feed = index.follow(REPO, idAtTheEnd())) {
      index.withdraw(CI);
      assertThat(told(feed)).containsExactly("gone ci 1");
      clock.addAndGet(Duration.ofSeconds(30).toNanos());
      assertThat(told(feed)).containsExactly("gone laptop 1");
    }
  }

  @Test
  void tellsThatAPeerIsGoneWithTheLastOfItsProcesses() throws Exception {
    LeaseHolder second = holder("laptop", "b");
    lease(second);
    announce(LAPTOP, 1);
    announce(second, 1);
    try (ResultFeed feed = index.follow(REPO, idAtTheEnd())) {
      index.withdraw(LAPTOP);
      assertThat(told(feed)).isEmpty();
      index.withdraw(second);
      assertThat(told(feed)).containsExactly("gone laptop 1");
    }
  }

  /** The events up to now are told; what comes next has to be after them. */
  private Optional<EventId> idAtTheEnd() throws Exception {
    Optional<EventId> id = Optional.empty();
    try (ResultFeed feed = index.follow(REPO, NOWHERE)) {
      for (Optional<Event> event = feed.next(Duration.ZERO);
          event.isPresent();
          event = feed.next(Duration.ZERO)) {
        id = event.get().id();
      }
    }
    return id;
  }

  private static Event next(ResultFeed feed) throws Exception {
    return feed.next(Duration.ofSeconds(20)).orElseThrow();
  }

  private static List<String> told(ResultFeed feed) throws Exception {
    List<String> told = new ArrayList<>();
    for (Optional<Event> event = feed.next(Duration.ZERO);
        event.isPresent();
        event = feed.next(Duration.ZERO)) {
      told.add(
          switch (event.get()) {
            case Event.Reset _ -> "reset";
            case Event.Passed(_, IndexEvent result) -> "passed " + shown(result);
            case Event.Gone(_, IndexEvent result) -> "gone " + shown(result);
          });
    }
    return told;
  }

  private static String shown(IndexEvent result) {
    assertThat(result.addresses()).containsExactly(ADDRESS);
    return result.peer() + " " + Integer.parseInt(result.key().hex().substring(0, 8), 16);
  }

  private EmbeddedIndex newIndex() {
    LeaseTerms terms = new LeaseTerms(Duration.ofSeconds(10), Duration.ofSeconds(30));
    return new EmbeddedIndex(new IndexSettings(terms, 2, 100, 10), clock::get);
  }

  private void lease(LeaseHolder holder) {
    index.lease(holder, new LeaseRequest(List.of(ADDRESS)));
  }

  private void announce(LeaseHolder holder, int number) {
    index.announce(holder, REPO, key(number), PASSED);
  }

  private static LeaseHolder holder(String peer, String instance) {
    return new LeaseHolder(new PeerId(peer), new InstanceId(instance));
  }

  /** The number is where it can be read again. */
  private static RunKey key(int number) {
    byte[] digest = ByteBuffer.allocate(32).putInt(number).array();
    return new RunKey(Digest.ofHex(HexFormat.of().formatHex(digest)));
  }
}
