package dev.peer.rendezvous;

import static dev.peer.wire.RunState.FAILED;
import static dev.peer.wire.RunState.PASSED;
import static dev.peer.wire.RunState.RUNNING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.rendezvous.HolderIndex.AnnounceOutcome;
import dev.peer.rendezvous.HolderIndex.Grant;
import dev.peer.wire.HolderList;
import dev.peer.wire.InstanceId;
import dev.peer.wire.LeaseRequest;
import dev.peer.wire.PeerAddress;
import dev.peer.wire.RendezvousStatus;
import dev.peer.wire.RunEnd;
import dev.peer.wire.RunState;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every index does, wherever it is kept. */
public abstract class HolderIndexContract {

  protected static final RepoId REPO = new RepoId("git.example.org/team/project");
  protected static final LeaseHolder LAPTOP = holder("laptop", "a");
  private static final LeaseHolder CI = holder("ci", "a");

  /** Of an identity in these tests. */
  protected static final int LEASES = 2;

  protected static final int RESULTS = 100;

  private HolderIndex index;

  /** An empty index, for at most so many leases and results of each identity. */
  protected abstract HolderIndex open() throws Exception;

  /** A good part of a lease's time passes, and not all of it. */
  protected abstract void pass() throws Exception;

  /** All leases end that are not renewed. */
  protected abstract void lapse() throws Exception;

  @BeforeEach
  final void openIndex() throws Exception {
    index = open();
  }

  @Test
  void findsTheHoldersTheLatestFirst() throws Exception {
    lease(LAPTOP, 1);
    lease(CI, 2);
    announce(LAPTOP, 1);
    announce(CI, 1);

    assertThat(index.holders(REPO, key(1))).containsExactly(entry(CI, 2), entry(LAPTOP, 1));
    assertThat(index.holders(REPO, key(2))).isEmpty();
    assertThat(index.holders(new RepoId("other"), key(1))).isEmpty();
  }

  @Test
  void tellsWhatIsAnnouncedOfARepository() throws Exception {
    RunState failure = failed("test", "2030-01-31T12:00:00Z");
    lease(LAPTOP, 1);
    lease(CI, 2);
    announce(LAPTOP, 1);
    announce(CI, 1);
    announce(CI, 2);
    index.announce(LAPTOP, REPO, key(3), RUNNING);
    index.announce(CI, REPO, key(4), failure);
    index.announce(CI, new RepoId("git.example.org/team/project2"), key(5), PASSED);

    Map<RunKey, List<HolderList.Entry>> announced = index.announced(REPO, 100).holders();
    assertThat(announced.keySet()).containsExactlyInAnyOrder(key(1), key(2), key(3), key(4));
    assertThat(announced.get(key(1))).containsExactlyInAnyOrder(entry(LAPTOP, 1), entry(CI, 2));
    assertThat(announced.get(key(2))).containsExactly(entry(CI, 2));
    assertThat(announced.get(key(3))).containsExactly(entry(LAPTOP, 1, RUNNING));
    assertThat(announced.get(key(4))).containsExactly(entry(CI, 2, failure));
    assertThat(index.announced(REPO, 2).holders().values().stream().mapToInt(List::size).sum())
        .isEqualTo(2);
    assertThat(index.announced(new RepoId("other"), 100))
        .isEqualTo(new HolderIndex.Listing(Map.of(), Set.of()));
    index.withdraw(CI);
    assertThat(index.announced(REPO, 100).holders().keySet())
        .containsExactlyInAnyOrder(key(1), key(3));
  }

  @Test
  void tellsTheImagesOfThoseWhoAnnounceSomethingOfARepository() throws Exception {
    Digest image = Digest.of(new byte[] {1});
    Digest elsewhere = Digest.of(new byte[] {2});
    index.lease(LAPTOP, new LeaseRequest(at(1).addresses(), List.of(image)));
    index.lease(CI, new LeaseRequest(at(2).addresses(), List.of(elsewhere)));
    index.announce(LAPTOP, REPO, key(1), RUNNING);
    index.announce(CI, new RepoId("other"), key(1), RUNNING);

    assertThat(index.announced(REPO, 100).images()).containsExactly(image);
    index.lease(LAPTOP, at(1));
    assertThat(index.announced(REPO, 100).images()).isEmpty();
  }

  @Test
  void wantsALeaseBeforeAnAnnouncement() throws Exception {
    assertThat(index.announce(LAPTOP, REPO, key(1), PASSED))
        .isEqualTo(new AnnounceOutcome.NoLease());
    assertThat(index.holders(REPO, key(1))).isEmpty();
  }

  @Test
  void saysWhetherALeaseIsNew() throws Exception {
    assertThat(index.lease(LAPTOP, at(1))).isInstanceOf(Grant.New.class);
    assertThat(index.lease(LAPTOP, at(1))).isInstanceOf(Grant.Renewed.class);
    index.withdraw(LAPTOP);
    assertThat(index.lease(LAPTOP, at(1))).isInstanceOf(Grant.New.class);
  }

  @Test
  protected void keepsAnnouncementsAsLongAsTheLeaseIsRenewed() throws Exception {
    keepsAnnouncementsAsLongAsTheLeaseIsRenewed(index);
  }

  /** With an index whose leases end within six passes. */
  protected final void keepsAnnouncementsAsLongAsTheLeaseIsRenewed(HolderIndex index)
      throws Exception {
    index.lease(LAPTOP, at(1));
    index.announce(LAPTOP, REPO, key(1), PASSED);
    for (int i = 0; i < 6; i++) {
      pass();
      assertThat(index.lease(LAPTOP, at(1))).isInstanceOf(Grant.Renewed.class);
    }

    assertThat(index.holders(REPO, key(1))).containsExactly(entry(LAPTOP, 1));
  }

  @Test
  void forgetsWhenTheLeaseExpires() throws Exception {
    lease(LAPTOP, 1);
    announce(LAPTOP, 1);
    lapse();

    assertThat(index.holders(REPO, key(1))).isEmpty();
    assertThat(index.announce(LAPTOP, REPO, key(2), PASSED))
        .isEqualTo(new AnnounceOutcome.NoLease());
    assertThat(index.lease(LAPTOP, at(1))).isInstanceOf(Grant.New.class);
    assertThat(index.holders(REPO, key(1))).isEmpty();
    assertThat(index.status()).isEqualTo(new RendezvousStatus(1, 0));
  }

  @Test
  void forgetsWhatIsWithdrawnOrTakenBack() throws Exception {
    lease(LAPTOP, 1);
    announce(LAPTOP, 1);
    announce(LAPTOP, 2);
    index.retract(LAPTOP, REPO, key(1));
    assertThat(index.holders(REPO, key(1))).isEmpty();
    assertThat(index.holders(REPO, key(2))).hasSize(1);

    index.withdraw(LAPTOP);
    assertThat(index.holders(REPO, key(2))).isEmpty();
    assertThat(index.status()).isEqualTo(new RendezvousStatus(0, 0));
  }

  @Test
  void letsNoOneTakeBackForAnother() throws Exception {
    lease(LAPTOP, 1);
    lease(CI, 2);
    announce(LAPTOP, 1);
    index.retract(CI, REPO, key(1));
    index.withdraw(CI);

    assertThat(index.holders(REPO, key(1))).containsExactly(entry(LAPTOP, 1));
  }

  @Test
  void keepsTwoProcessesOfOnePeerApart() throws Exception {
    LeaseHolder second = holder("laptop", "b");
    lease(LAPTOP, 1);
    lease(second, 2);
    announce(LAPTOP, 1);
    announce(second, 1);
    index.withdraw(second);

    assertThat(index.holders(REPO, key(1))).containsExactly(entry(LAPTOP, 1));
  }

  @Test
  void givesTheAddressesOfTheLatestRenewal() throws Exception {
    lease(LAPTOP, 1);
    announce(LAPTOP, 1);
    lease(LAPTOP, 7);

    assertThat(index.holders(REPO, key(1))).containsExactly(entry(LAPTOP, 7));
  }

  @Test
  void givesTheRelaysOfAPeerThatHasNoAddress() throws Exception {
    LeaseRequest relayed =
        new LeaseRequest(List.of(), List.of(), List.of(URI.create("https://relay:7444/abc")));
    index.lease(LAPTOP, relayed);
    announce(LAPTOP, 1);

    assertThat(index.holders(REPO, key(1)))
        .containsExactly(new HolderList.Entry(LAPTOP.peer(), relayed));
  }

  @Test
  void boundsTheLeasesOfAPeer() throws Exception {
    lease(LAPTOP, 1);
    lease(holder("laptop", "b"), 1);

    assertThat(index.lease(holder("laptop", "c"), at(1))).isEqualTo(new Grant.TooMany(2));
    assertThat(index.lease(LAPTOP, at(1))).isInstanceOf(Grant.Renewed.class);
    lease(CI, 1);
    lapse();
    assertThat(index.lease(holder("laptop", "c"), at(1))).isInstanceOf(Grant.New.class);
  }

  @Test
  void boundsTheResultsOfAPeerOverAllItsProcesses() throws Exception {
    LeaseHolder second = holder("laptop", "b");
    lease(LAPTOP, 1);
    lease(second, 2);
    for (int i = 0; i < 100; i++) {
      announce(i % 2 == 0 ? LAPTOP : second, i);
    }

    assertThat(index.announce(LAPTOP, REPO, key(100), PASSED))
        .isEqualTo(new AnnounceOutcome.TooMany(100));
    announce(LAPTOP, 0);
    lease(CI, 3);
    announce(CI, 100);
    index.retract(LAPTOP, REPO, key(0));
    announce(LAPTOP, 100);
  }

  @Test
  void takesManyResultsTogether() throws Exception {
    lease(LAPTOP, 1);
    run(LAPTOP);
    announce(LAPTOP, 2);

    assertThat(index.announcePassed(LAPTOP, REPO, keys(0, 90)))
        .isEqualTo(new AnnounceOutcome.Done());
    assertThat(index.announcePassed(LAPTOP, REPO, keys(0, 90)))
        .isEqualTo(new AnnounceOutcome.Done());

    assertThat(index.holders(REPO, key(1))).containsExactly(entry(LAPTOP, 1));
    assertThat(index.holders(REPO, key(89))).containsExactly(entry(LAPTOP, 1));
    assertThat(index.status()).isEqualTo(new RendezvousStatus(1, 90));
  }

  @Test
  void takesOfManyResultsAsManyAsThereMayBe() throws Exception {
    assertThat(index.announcePassed(LAPTOP, REPO, keys(0, 2)))
        .isEqualTo(new AnnounceOutcome.NoLease());
    lease(LAPTOP, 1);
    index.announcePassed(LAPTOP, REPO, keys(0, 90));

    assertThat(index.announcePassed(LAPTOP, REPO, keys(80, 120)))
        .isEqualTo(new AnnounceOutcome.TooMany(100));

    assertThat(index.holders(REPO, key(99))).hasSize(1);
    assertThat(index.holders(REPO, key(100))).isEmpty();
    assertThat(index.status()).isEqualTo(new RendezvousStatus(1, 100));
  }

  @Test
  void givesRoomAgainAfterALeaseHasEnded() throws Exception {
    lease(LAPTOP, 1);
    for (int i = 0; i < 100; i++) {
      announce(LAPTOP, i);
    }
    index.withdraw(LAPTOP);
    lease(LAPTOP, 1);
    for (int i = 0; i < 100; i++) {
      announce(LAPTOP, i);
    }

    assertThat(index.status()).isEqualTo(new RendezvousStatus(1, 100));
    assertThat(index.holders(REPO, key(99))).hasSize(1);
  }

  @Test
  void findsTheHoldersOfAnImageAsTheirLeasesNameIt() throws Exception {
    holding(LAPTOP, 1, image(1), image(2));
    holding(CI, 2, image(1));
    assertThat(index.holders(image(1))).containsExactly(entry(CI, 2), entry(LAPTOP, 1));
    assertThat(index.holders(image(2))).containsExactly(entry(LAPTOP, 1));
    assertThat(index.holders(image(3))).isEmpty();

    holding(LAPTOP, 7, image(1), image(3));
    assertThat(index.holders(image(1))).containsExactly(entry(CI, 2), entry(LAPTOP, 7));
    assertThat(index.holders(image(2))).isEmpty();
    assertThat(index.holders(image(3))).containsExactly(entry(LAPTOP, 7));
  }

  @Test
  void forgetsTheImagesOfALeaseThatEnds() throws Exception {
    holding(LAPTOP, 1, image(1));
    holding(CI, 2, image(1));
    index.withdraw(CI);
    assertThat(index.holders(image(1))).containsExactly(entry(LAPTOP, 1));

    lapse();
    assertThat(index.holders(image(1))).isEmpty();
    lease(LAPTOP, 1);
    assertThat(index.holders(image(1))).isEmpty();
  }

  @Test
  void givesAtMostSixteenHolders() throws Exception {
    for (int i = 0; i < 20; i++) {
      lease(holder("peer-" + i, "a"), i + 1);
      announce(holder("peer-" + i, "a"), 1);
    }

    assertThat(index.holders(REPO, key(1)))
        .hasSize(16)
        .startsWith(entry(holder("peer-19", "a"), 20));
  }

  @Test
  void tellsEachThatRunsWhoIsRunningTheFirstFirst() throws Exception {
    lease(LAPTOP, 1);
    lease(CI, 2);

    assertThat(run(LAPTOP)).containsExactly(entry(LAPTOP, 1, RUNNING));
    assertThat(run(CI)).containsExactly(entry(LAPTOP, 1, RUNNING), entry(CI, 2, RUNNING));
    assertThat(run(LAPTOP)).containsExactly(entry(LAPTOP, 1, RUNNING), entry(CI, 2, RUNNING));
    assertThat(index.holders(REPO, key(1)))
        .containsExactly(entry(LAPTOP, 1, RUNNING), entry(CI, 2, RUNNING));
  }

  @Test
  void letsExactlyOneOfManyBeTheFirstToRun() throws Exception {
    int many = 40;
    AtomicLong first = new AtomicLong();
    List<Future<?>> ends = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < many; i++) {
        LeaseHolder holder = holder("peer-" + i, "a");
        lease(holder, i + 1);
        ends.add(
            threads.submit(
                () -> {
                  List<HolderList.Entry> order = run(holder);
                  assertThat(order).extracting(HolderList.Entry::peer).contains(holder.peer());
                  return order.getFirst().peer().equals(holder.peer())
                      ? first.incrementAndGet()
                      : 0;
                }));
      }
    }
    for (Future<?> end : ends) {
      end.get();
    }

    assertThat(first).hasValue(1);
    assertThat(run(holder("peer-0", "a"))).hasSizeLessThanOrEqualTo(16);
  }

  @Test
  void givesThoseThatPassedThenThoseThatRunThenThoseThatFailed() throws Exception {
    LeaseHolder[] all = new LeaseHolder[6];
    RunState[] states = {FAILED, RUNNING, PASSED, FAILED, RUNNING, PASSED};
    for (int i = 0; i < all.length; i++) {
      all[i] = holder("peer-" + i, "a");
      lease(all[i], i + 1);
      index.announce(all[i], REPO, key(1), states[i]);
    }

    assertThat(index.holders(REPO, key(1)))
        .containsExactly(
            entry(all[5], 6, PASSED),
            entry(all[2], 3, PASSED),
            entry(all[1], 2, RUNNING),
            entry(all[4], 5, RUNNING),
            entry(all[3], 4, FAILED),
            entry(all[0], 1, FAILED));
  }

  @Test
  void keepsOneStateOfEachHolder() throws Exception {
    lease(LAPTOP, 1);
    lease(CI, 2);
    run(LAPTOP);
    announce(CI, 1);
    announce(LAPTOP, 1);
    assertThat(index.holders(REPO, key(1))).containsExactly(entry(LAPTOP, 1), entry(CI, 2));
    assertThat(index.status()).isEqualTo(new RendezvousStatus(2, 2));

    index.retract(LAPTOP, REPO, key(1));
    assertThat(index.holders(REPO, key(1))).containsExactly(entry(CI, 2));
    assertThat(index.status()).isEqualTo(new RendezvousStatus(2, 1));
    run(LAPTOP);
    index.announce(LAPTOP, REPO, key(1), FAILED);
    assertThat(index.holders(REPO, key(1))).containsExactly(entry(CI, 2), entry(LAPTOP, 1, FAILED));
    assertThat(index.status()).isEqualTo(new RendezvousStatus(2, 2));
  }

  @Test
  void tellsHowARunFailed() throws Exception {
    lease(LAPTOP, 1);
    RunState first = failed("prepare", "2030-01-31T12:00:00Z");
    RunState second = failed("test", "2030-01-31T12:05:00Z");

    index.announce(LAPTOP, REPO, key(1), first);
    assertThat(index.holders(REPO, key(1))).containsExactly(entry(LAPTOP, 1, first));

    index.announce(LAPTOP, REPO, key(1), second);
    assertThat(index.holders(REPO, key(1))).containsExactly(entry(LAPTOP, 1, second));
    assertThat(index.status()).isEqualTo(new RendezvousStatus(1, 1));

    run(LAPTOP);
    assertThat(index.holders(REPO, key(1))).containsExactly(entry(LAPTOP, 1, RUNNING));
  }

  @Test
  void isNotPutBackByWhatWasHeldUpOnItsWay() throws Exception {
    lease(LAPTOP, 1);
    announce(LAPTOP, 1);

    assertThat(index.announce(LAPTOP, REPO, key(1), RUNNING)).isEqualTo(new AnnounceOutcome.Done());
    assertThat(index.announce(LAPTOP, REPO, key(1), FAILED)).isEqualTo(new AnnounceOutcome.Done());

    assertThat(index.holders(REPO, key(1))).containsExactly(entry(LAPTOP, 1));
    assertThat(index.status()).isEqualTo(new RendezvousStatus(1, 1));
  }

  @Test
  void takesARunForOverWhenItsLeaseIs() throws Exception {
    lease(LAPTOP, 1);
    run(LAPTOP);
    lapse();
    lease(CI, 2);

    assertThat(run(CI)).containsExactly(entry(CI, 2, RUNNING));
    lease(LAPTOP, 1);
    assertThat(run(LAPTOP)).containsExactly(entry(CI, 2, RUNNING), entry(LAPTOP, 1, RUNNING));
  }

  @Test
  void isWholeAfterManyThreadsChangedIt() throws Exception {
    List<Future<?>> ends = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int t = 0; t < 8; t++) {
        LeaseHolder holder = holder("peer-" + t, "a");
        ends.add(
            threads.submit(
                () -> {
                  for (int round = 0; round < 10; round++) {
                    lease(holder, 1);
                    for (int i = 0; i < 20; i++) {
                      announce(holder, i);
                      index.holders(REPO, key(i));
                    }
                    index.retract(holder, REPO, key(0));
                    if (round < 9) {
                      index.withdraw(holder);
                    }
                  }
                  return null;
                }));
      }
    }
    for (Future<?> end : ends) {
      end.get();
    }

    assertThat(index.status()).isEqualTo(new RendezvousStatus(8, 8 * 19));
    assertThat(index.holders(REPO, key(0))).isEmpty();
    assertThat(index.holders(REPO, key(1))).hasSize(8);
  }

  private void lease(LeaseHolder holder, int port) throws Exception {
    assertThat(index.lease(holder, at(port))).isNotInstanceOf(Grant.TooMany.class);
  }

  private void holding(LeaseHolder holder, int port, Digest... images) throws Exception {
    index.lease(holder, new LeaseRequest(at(port).addresses(), List.of(images)));
  }

  private static Digest image(int number) {
    return Digest.of(new byte[] {(byte) number});
  }

  private void announce(LeaseHolder holder, int number) throws Exception {
    assertThat(index.announce(holder, REPO, key(number), PASSED))
        .isEqualTo(new AnnounceOutcome.Done());
  }

  private List<HolderList.Entry> run(LeaseHolder holder) throws Exception {
    return ((AnnounceOutcome.Running) index.announce(holder, REPO, key(1), RUNNING)).order();
  }

  private static LeaseHolder holder(String peer, String instance) {
    return new LeaseHolder(new PeerId(peer), new InstanceId(instance));
  }

  protected static LeaseRequest at(int port) {
    return new LeaseRequest(List.of(PeerAddress.parse("https://h:" + port)));
  }

  static HolderList.Entry entry(LeaseHolder holder, int port) {
    return new HolderList.Entry(holder.peer(), at(port).addresses());
  }

  private static HolderList.Entry entry(LeaseHolder holder, int port, RunState state) {
    return new HolderList.Entry(holder.peer(), at(port).addresses(), state);
  }

  private static RunState failed(String stage, String at) {
    return RunState.of(new RunEnd.Failed(stage, Optional.of(1), Instant.parse(at)));
  }

  private static List<RunKey> keys(int from, int to) {
    return IntStream.range(from, to).mapToObj(HolderIndexContract::key).toList();
  }

  protected static RunKey key(int number) {
    return new RunKey(Digest.of(new byte[] {(byte) number}));
  }
}
