package dev.peer.rendezvous.etcd;

import static dev.peer.wire.RunState.FAILED;
import static dev.peer.wire.RunState.PASSED;
import static dev.peer.wire.RunState.RUNNING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.rendezvous.IndexSettings;
import dev.peer.rendezvous.LeaseHolder;
import dev.peer.rendezvous.ResultFeed;
import dev.peer.rendezvous.ResultFeed.Event;
import dev.peer.tls.TestAuthority;
import dev.peer.wire.EventId;
import dev.peer.wire.IndexEvent;
import dev.peer.wire.InstanceId;
import dev.peer.wire.LeaseRequest;
import dev.peer.wire.LeaseTerms;
import dev.peer.wire.PeerAddress;
import io.etcd.jetcd.api.CompactionRequest;
import io.etcd.jetcd.api.RangeRequest;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is told of a repository is told by every node over the same etcd. */
@Timeout(900)
class EtcdFeedIT {

  private static final LeaseTerms TERMS =
      new LeaseTerms(Duration.ofSeconds(1), Duration.ofSeconds(60));
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Optional<EventId> NOWHERE = Optional.empty();
  private static final LeaseHolder LAPTOP = holder("laptop", "a");
  private static final LeaseHolder CI = holder("ci", "a");

  @TempDir private static Path directory;
  private static EtcdCluster etcd;

  private RepoId repo;
  private EtcdIndex index;
  private EtcdIndex other;

  @BeforeAll
  static void start() throws Exception {
    etcd = EtcdCluster.start(new TestAuthority("etcd"), directory, 3);
  }

  @AfterAll
  static void stop() throws Exception {
    etcd.close();
  }

  @BeforeEach
  void open(TestInfo test) throws Exception {
    repo = new RepoId(test.getTestMethod().orElseThrow().getName());
    index = open();
    other = open();
    for (LeaseHolder holder : List.of(LAPTOP, CI)) {
      index.lease(holder, new LeaseRequest(List.of(PeerAddress.parse("https://h:1"))));
    }
  }

  @AfterEach
  void close() throws Exception {
    index.withdraw(LAPTOP);
    index.withdraw(CI);
    index.close();
    other.close();
  }

  @Test
  void tellsAtOneNodeWhatPassesAndIsTakenBackAtAnother() throws Exception {
    try (ResultFeed feed = other.follow(repo, NOWHERE)) {
      assertThat(next(feed)).isEqualTo("reset");
      announce(LAPTOP, 1);
      index.announce(CI, repo, key(2), RUNNING);
      index.announce(CI, repo, key(2), PASSED);
      index.retract(CI, repo, key(2));
      index.announce(CI, repo, key(2), FAILED);
      index.retract(LAPTOP, repo, key(1));

      assertThat(next(feed, 4))
          .containsExactly("passed laptop 1", "passed ci 2", "gone ci 2", "gone laptop 1");
    }
  }

  @Test
  void beginsWithAllThereIsOverMoreThanOnePage() throws Exception {
    for (int i = 0; i < 600; i++) {
      announce(LAPTOP, i);
    }

    try (ResultFeed feed = other.follow(repo, NOWHERE)) {
      assertThat(next(feed, 601)).startsWith("reset").doesNotHaveDuplicates();
      announce(CI, 1);
      assertThat(next(feed)).isEqualTo("passed ci 1");
    }
  }

  @Test
  void goesOnAtAnotherNodeFromTheLastEventThatWasSeen() throws Exception {
    announce(LAPTOP, 1);
    EventId seen;
    try (ResultFeed feed = index.follow(repo, NOWHERE)) {
      next(feed);
      seen = feed.next(LONG).orElseThrow().id().orElseThrow();
    }
    announce(LAPTOP, 2);
    index.retract(LAPTOP, repo, key(1));

    try (ResultFeed feed = other.follow(repo, Optional.of(seen))) {
      assertThat(next(feed, 2)).containsExactly("passed laptop 2", "gone laptop 1");
    }
  }

  @Test
  void tellsThatAResultIsGoneWithTheLastProcessThatHeldIt() throws Exception {
    LeaseHolder second = holder("laptop", "b");
    index.lease(second, new LeaseRequest(List.of(PeerAddress.parse("https://h:2"))));
    announce(LAPTOP, 1);
    announce(second, 1);
    announce(LAPTOP, 2);
    try (ResultFeed feed = other.follow(repo, NOWHERE)) {
      assertThat(next(feed, 4)).startsWith("reset");
      index.withdraw(second);
      index.withdraw(LAPTOP);

      assertThat(next(feed, 2)).containsExactlyInAnyOrder("gone laptop 1", "gone laptop 2");
    }
  }

  @Test
  void beginsAnewWhereWhatWasMissedIsCompacted() throws Exception {
    announce(LAPTOP, 1);
    EventId seen;
    try (ResultFeed feed = index.follow(repo, NOWHERE)) {
      next(feed);
      seen = feed.next(LONG).orElseThrow().id().orElseThrow();
    }
    announce(LAPTOP, 2);
    announce(LAPTOP, 3);
    compact();

    try (ResultFeed feed = other.follow(repo, Optional.of(seen))) {
      assertThat(next(feed, 4))
          .startsWith("reset")
          .contains("passed laptop 1", "passed laptop 2", "passed laptop 3");
    }
  }

  @Test
  void beginsAnewWhereTheIdIsOfAnotherEtcdOrOfNone() throws Exception {
    announce(LAPTOP, 1);
    for (String id : List.of("x", "abc.1", "abc.9999999")) {
      try (ResultFeed feed = other.follow(repo, Optional.of(new EventId(id)))) {
        assertThat(next(feed, 2)).containsExactly("reset", "passed laptop 1");
      }
    }
  }

  @Test
  void goesOnWhenTheMemberItWatchesIsKilled() throws Exception {
    try (ResultFeed feed = other.follow(repo, NOWHERE)) {
      assertThat(next(feed)).isEqualTo("reset");
      for (int member = 0; member < 3; member++) {
        announce(LAPTOP, 2 * member);
        assertThat(next(feed)).isEqualTo("passed laptop " + 2 * member);
        etcd.kill(member);
        announce(LAPTOP, 2 * member + 1);
        assertThat(next(feed)).isEqualTo("passed laptop " + (2 * member + 1));
        etcd.restart(member);
      }
    }
  }

  private static void compact() throws Exception {
    try (EtcdServers servers = etcd.client()) {
      RangeRequest any = EtcdRequests.read(EtcdKeys.leases());
      long now = servers.ask(member -> member.keys().range(any)).getHeader().getRevision();
      CompactionRequest compaction = CompactionRequest.newBuilder().setRevision(now).build();
      servers.ask(member -> member.keys().compact(compaction));
    }
  }

  private void announce(LeaseHolder holder, int number) throws Exception {
    index.announce(holder, repo, key(number), PASSED);
  }

  private static List<String> next(ResultFeed feed, int count) throws Exception {
    List<String> told = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      told.add(next(feed));
    }
    return told;
  }

  private static String next(ResultFeed feed) throws Exception {
    return switch (feed.next(LONG).orElseThrow()) {
      case Event.Reset _ -> "reset";
      case Event.Passed(Optional<EventId> _, IndexEvent result) -> "passed " + shown(result);
      case Event.Gone(Optional<EventId> _, IndexEvent result) -> "gone " + shown(result);
    };
  }

  private static String shown(IndexEvent result) {
    for (int number = 0; ; number++) {
      if (key(number).equals(result.key())) {
        return result.peer() + " " + number;
      }
    }
  }

  private static EtcdIndex open() {
    return new EtcdIndex(new IndexSettings(TERMS, 4, 10_000), etcd.client(), System::nanoTime);
  }

  private static LeaseHolder holder(String peer, String instance) {
    return new LeaseHolder(new PeerId(peer), new InstanceId(instance));
  }

  private static RunKey key(int number) {
    return new RunKey(Digest.of(ByteBuffer.allocate(4).putInt(number).array()));
  }
}
