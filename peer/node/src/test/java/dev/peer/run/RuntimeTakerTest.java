package dev.peer.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.client.announce.LeasedAnnouncer;
import dev.peer.core.access.AccessRule;
import dev.peer.core.access.AccessRules;
import dev.peer.core.flow.HistoryPosition;
import dev.peer.core.flow.Lineage;
import dev.peer.core.id.CommitId;
import dev.peer.core.id.RepoId;
import dev.peer.core.progress.ExecutionListener;
import dev.peer.core.progress.RunEvent;
import dev.peer.core.record.KeptOrigin;
import dev.peer.core.sign.RuntimeVerifier;
import dev.peer.core.trust.Credentials;
import dev.peer.http.HttpCall;
import dev.peer.network.KeptRuntimes;
import dev.peer.network.LocalRuntimes;
import dev.peer.network.RuntimeHome;
import dev.peer.network.RuntimeMakers;
import dev.peer.network.RuntimeSource;
import dev.peer.network.TestNetwork;
import dev.peer.server.HeldFiles;
import dev.peer.server.HeldImages;
import dev.peer.server.HeldLargeFiles;
import dev.peer.tls.TestAuthority;
import dev.peer.tls.TlsIdentity;
import dev.peer.vm.snapshot.DiskName;
import dev.peer.vm.snapshot.RepositoryDisks;
import dev.peer.wire.MediaTypes;
import dev.peer.wire.OutputFrame;
import dev.peer.wire.RunEnd;
import dev.peer.wire.RunState;
import dev.peer.wire.RuntimeList;
import dev.peer.wire.RuntimesKey;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs that would start blank, and wait for what others are preparing, over real sockets. */
@Timeout(120)
class RuntimeTakerTest {

  private static final RepoId REPO = new RepoId("example.org/team/project");
  private static final DiskName NAME = new DiskName(REPO, RuntimeHome.IMAGE, 1 << 30);
  private static final Duration LONG = Duration.ofMinutes(4);
  private static final int COMMIT = 1;

  private static TestAuthority team;

  @TempDir private Path directory;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private AccessRules rules = AccessRules.open();
  private Duration longest = LONG;
  private TestNetwork network;

  @BeforeAll
  static void issue() {
    team = new TestAuthority("team");
  }

  @BeforeEach
  void start() throws Exception {
    network = new TestNetwork(team);
  }

  @AfterEach
  void close() throws Exception {
    threads.shutdownNow();
    network.close();
  }

  @Test
  void waitsForWhatAnotherPeerIsPreparing() throws Exception {
    Peer laptop = preparing();
    assertThat(laptop.makers.isMaking()).isTrue();

    Peer ci = peer("ci");
    Future<?> taking = waiting(ci);
    assertThat(ci.said)
        .contains(
            "waiting for the runtime that spiffe://team/laptop is preparing, for at most 240 s");
    laptop.home.keep(REPO, clusters(), COMMIT);
    laptop.makers.end();
    taking.get();

    assertThat(ci.made()).isEqualTo(COMMIT);
    assertThat(ci.steps).startsWith("wait");
    assertThat(ci.makers.isMaking()).isFalse();
    assertThat(laptop.makers.isMaking()).isFalse();

    Peer late = peer("late");
    late.take();
    assertThat(late.made()).as("announced now by both").isEqualTo(COMMIT);
    assertThat(late.said).noneMatch(line -> line.startsWith("waiting"));
  }

  @Test
  void preparesAtOnceWhereTheOtherPeerFailed() throws Exception {
    Peer laptop = preparing();
    Peer ci = peer("ci");
    Future<?> taking = waiting(ci);

    laptop.makers.end();
    taking.get();

    assertThat(ci.made()).isZero();
    assertThat(ci.makers.isMaking()).isTrue();
    ci.awaitLine("the runtime that spiffe://team/laptop is preparing is not waited for any more: ");
  }

  @Test
  void preparesAtOnceWhereTheOtherPeerLeaves() throws Exception {
    Peer laptop = preparing();
    Peer ci = peer("ci");
    Future<?> taking = waiting(ci);

    laptop.announcer.close();
    taking.get();

    assertThat(ci.made()).isZero();
    assertThat(ci.makers.isMaking()).isTrue();
  }

  @Test
  void preparesWhenTheWaitIsOver() throws Exception {
    preparing();
    longest = Duration.ofSeconds(1);
    Peer ci = peer("ci");

    ci.take();

    assertThat(ci.makers.isMaking()).isTrue();
    ci.awaitLine(
        "the runtime that spiffe://team/laptop is preparing is not there yet; the wait for it is"
            + " over");
  }

  @Test
  void waitsForNobodyWhereItIsNotTo() throws Exception {
    preparing();
    longest = Duration.ZERO;
    Peer ci = peer("ci");

    ci.take();

    assertThat(ci.makers.isMaking()).isTrue();
    assertThat(ci.said).isEmpty();
  }

  @Test
  void waitsForNoPeerWhoseRuntimesDoNotCount() throws Exception {
    preparing();
    Peer ci = peer("ci");
    rules =
        new AccessRules(
            AccessRule.anyone(), AccessRule.anyone(), AccessRule.parse("uri:spiffe://team/ci"));

    ci.take();

    assertThat(ci.makers.isMaking()).isTrue();
    ci.awaitLine(
        "the runtime that spiffe://team/laptop is preparing is not waited for any more: its"
            + " runtimes do not count here (PEER_ALLOW_PREPARE)");
  }

  /** It says that there is one, and has none, or one that it did not sign so. */
  @Test
  void preparesWhereTheOtherPeerLies() throws Exception {
    liar("liar", List.of(end(new RunEnd.Passed())));
    liar("chatterer", List.of(new byte[] {0x7f, 1, 2, 3, 4, 5}));
    liar("failing", List.of());
    Peer ci = peer("ci");

    ci.take();

    assertThat(ci.made()).isZero();
    assertThat(ci.makers.isMaking()).isTrue();
    assertThat(ci.said).filteredOn(line -> line.startsWith("waiting for")).hasSize(3);
  }

  @Test
  void ofSeveralThatStartAtOnceOnePrepares() throws Exception {
    List<Peer> peers = List.of(peer("one"), peer("two"), peer("three"), peer("four"));
    Map<Peer, Future<?>> taking = new TreeMap<>((a, b) -> a.name.compareTo(b.name));
    for (Peer peer : peers) {
      taking.put(peer, peer.start());
    }
    Peer first = awaitOne(taking);
    assertThat(first.makers.isMaking()).isTrue();
    for (Peer peer : peers) {
      if (peer != first) {
        peer.awaitLine("waiting for the runtime that spiffe://team/" + first.name);
      }
    }

    first.home.keep(REPO, clusters(), COMMIT);
    first.makers.end();
    for (Future<?> one : taking.values()) {
      one.get();
    }

    assertThat(peers).allSatisfy(peer -> assertThat(peer.made()).isEqualTo(COMMIT));
    assertThat(peers).noneMatch(peer -> peer.makers.isMaking());
  }

  /** Else each could have a machine that the other one needs to make its own. */
  @Test
  void aPeerThatOthersMayWaitForWaitsForNobody() throws Exception {
    preparing();
    Peer ci = peer("ci");
    RuntimeMakers another = ci.makers();
    assertThat(another.begin(new RepoId("example.org/another"), RuntimeHome.IMAGE)).isEmpty();

    ci.take();
    assertThat(ci.made()).isZero();
    assertThat(ci.said).isEmpty();

    another.end();
    assertThat(ci.makers.isMaking()).isFalse();
  }

  @Test
  void anInterruptEndsTheWait() throws Exception {
    preparing();
    Peer ci = peer("ci");
    Future<?> taking = waiting(ci);

    threads.shutdownNow();

    assertThatThrownBy(taking::get)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(InterruptedException.class);
    assertThat(ci.makers.isMaking()).isFalse();
  }

  private Peer peer(String name) throws Exception {
    return new Peer(name);
  }

  /** The laptop, which has said that it prepares. */
  private Peer preparing() throws Exception {
    Peer laptop = peer("laptop");
    laptop.take();
    return laptop;
  }

  /** The peer's take, which waits for the laptop. */
  private Future<?> waiting(Peer peer) throws InterruptedException {
    Future<?> taking = peer.start();
    peer.awaitLine("waiting for the runtime that spiffe://team/laptop is preparing");
    return taking;
  }

  private static Peer awaitOne(Map<Peer, Future<?>> taking) throws Exception {
    while (true) {
      for (Map.Entry<Peer, Future<?>> one : taking.entrySet()) {
        if (one.getValue().isDone()) {
          one.getValue().get();
          return one.getKey();
        }
      }
      Thread.sleep(10);
    }
  }

  private static byte[] end(RunEnd how) {
    byte[] json = how.json();
    return OutputFrame.of(OutputFrame.Kind.END, json, 0, json.length);
  }

  /** A member that says it makes a runtime, gives these frames, and offers nothing. */
  private void liar(String name, List<byte[]> frames) throws Exception {
    InetSocketAddress address =
        network.answer(
            name,
            call -> {
              if (call.path().contains("runtimes")) {
                call.answer(200, MediaTypes.JSON, new RuntimeList(List.of()).json());
              } else {
                give(call, frames);
              }
            });
    network.announce(
        name, address, Map.of(REPO, RuntimesKey.of(REPO, RuntimeHome.IMAGE)), RunState.RUNNING);
  }

  private static void give(HttpCall call, List<byte[]> frames) throws IOException {
    call.answer(
        200,
        MediaTypes.RUN_OUTPUT,
        sink -> {
          for (byte[] frame : frames) {
            sink.write(ByteBuffer.wrap(frame));
          }
        });
  }

  private static Map<Integer, byte[]> clusters() {
    Map<Integer, byte[]> clusters = new TreeMap<>();
    RuntimeHome.fill(clusters, 1, 20);
    return clusters;
  }

  /** A peer with all that a run has, but for its machine. */
  private final class Peer implements ExecutionListener {

    private final String name;
    private final RuntimeHome home;
    private final TlsIdentity tls;
    private final LeasedAnnouncer announcer;
    private final RuntimeMakers makers;
    private final RuntimePeers peers;
    private final LinkedBlockingQueue<String> said = new LinkedBlockingQueue<>();
    private final List<String> steps = new ArrayList<>();

    Peer(String name) throws Exception {
      this.name = name;
      Credentials credentials = team.issue("spiffe://team/" + name);
      tls = team.peer(credentials);
      home = new RuntimeHome(directory.resolve(name), credentials);
      announcer =
          network.announcer(
              tls,
              new HeldFiles(HeldImages.NONE, HeldLargeFiles.NONE, new KeptRuntimes(home.served())));
      // As while a run is announced, or a daemon serves.
      announcer.open();
      makers = makers();
      RuntimeSource source =
          new RuntimeSource(
              Optional.of(network.lookup(tls)),
              network.fetch(tls),
              new LocalRuntimes(home.served(), AccessRules::open),
              () -> new RuntimeVerifier(team.validator(), rules, InstantSource.system()),
              said::add);
      peers = new RuntimePeers(source, Optional.of(new RuntimePeers.Wait(makers, longest, true)));
    }

    RuntimeMakers makers() {
      return new RuntimeMakers(
          Optional.of(announcer), network.follower(tls, () -> rules), said::add);
    }

    Future<?> start() {
      return threads.submit(
          () -> {
            take();
            return null;
          });
    }

    void take() throws Exception {
      new RuntimeTaker(
              peers,
              new RuntimeChoices(
                  new TransferRate(directory.resolve(name + "-rate"), InstantSource.system()),
                  disks()),
              this)
          .take(lineage(), NAME);
    }

    private RepositoryDisks disks() {
      return home.disks(Optional.of(peers.source()), RuntimeHome.ROOM);
    }

    /** Of which commit a disk is here; 0: of none. */
    int made() throws Exception {
      return disks().list().isEmpty() ? 0 : COMMIT;
    }

    @Override
    public void accept(RunEvent event) {
      switch (event) {
        case RunEvent.Notice(String line) -> said.add(line);
        case RunEvent.Step(String step) -> steps.add(step);
        default -> {}
      }
    }

    @Override
    public void progress(RunEvent.Progress event) {
      accept(event);
    }

    void awaitLine(String beginning) throws InterruptedException {
      while (said.stream().noneMatch(line -> line.startsWith(beginning))) {
        Thread.sleep(10);
      }
    }
  }

  private static Lineage lineage() {
    CommitId trunk = new CommitId("1".repeat(40));
    return new Lineage(
        new CommitId("2".repeat(40)),
        KeptOrigin.TRUNK,
        (revision, asked) -> {
          Optional<CommitId> nearest = Optional.of(trunk).filter(asked::contains);
          return new HistoryPosition(true, Optional.of(revision), nearest, nearest, "");
        });
  }
}
