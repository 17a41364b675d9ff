package dev.peer.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.client.announce.AnnounceAndLookupTest;
import dev.peer.client.announce.LeasedAnnouncer;
import dev.peer.client.announce.ServeSettings;
import dev.peer.client.fetch.HolderFetch;
import dev.peer.client.fetch.LiveFollower;
import dev.peer.client.rendezvous.RendezvousLookup;
import dev.peer.core.access.AccessRule;
import dev.peer.core.access.AccessRules;
import dev.peer.core.find.Acceptance;
import dev.peer.core.find.FindResult;
import dev.peer.core.find.Finder;
import dev.peer.core.find.Holders;
import dev.peer.core.find.LookupResult;
import dev.peer.core.find.Replayable;
import dev.peer.core.find.ResultRules;
import dev.peer.core.find.RunFollower;
import dev.peer.core.flow.Announcer;
import dev.peer.core.flow.Attester;
import dev.peer.core.flow.CacheUse;
import dev.peer.core.flow.Coordination;
import dev.peer.core.flow.ExecutionRequest;
import dev.peer.core.flow.ExecutionResult;
import dev.peer.core.flow.Executor;
import dev.peer.core.flow.ExecutorException;
import dev.peer.core.flow.MachineSlots;
import dev.peer.core.flow.RunFlow;
import dev.peer.core.flow.RunOutcome;
import dev.peer.core.id.Architecture;
import dev.peer.core.key.RunInputs;
import dev.peer.core.progress.ExecutionListener;
import dev.peer.core.progress.OutputBytes;
import dev.peer.core.progress.RunEvent;
import dev.peer.core.record.OutputStreamName;
import dev.peer.core.secret.RunSecrets;
import dev.peer.core.sign.RecordVerifier;
import dev.peer.core.sign.RunSigner;
import dev.peer.core.sign.SignedRuns;
import dev.peer.core.store.Store;
import dev.peer.core.trust.Credentials;
import dev.peer.http.Https;
import dev.peer.http.ServerLimits;
import dev.peer.rendezvous.EmbeddedIndex;
import dev.peer.rendezvous.IndexSettings;
import dev.peer.rendezvous.RendezvousServer;
import dev.peer.server.HeldFiles;
import dev.peer.tls.TestAuthority;
import dev.peer.tls.TlsIdentity;
import dev.peer.wire.LeaseTerms;
import dev.peer.wire.PeerAddress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Peers that want the same run at once: the whole flow over real connections and a real rendezvous.
 * In place of machines there are executors that do as the test says.
 */
@Timeout(300)
class JoiningRunsTest {

  private static final RunInputs INPUTS = SignedRuns.inputs("test");
  private static final String OUTPUT = "first\nsecond\n";
  private static TestAuthority team;

  private final List<AutoCloseable> open = new ArrayList<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  @TempDir private Path directory;
  private RendezvousServer rendezvous;

  @BeforeAll
  static void issue() {
    team = new TestAuthority("team");
  }

  @BeforeEach
  void start() throws Exception {
    LeaseTerms terms = new LeaseTerms(Duration.ofSeconds(1), Duration.ofSeconds(20));
    rendezvous =
        closing(
            RendezvousServer.start(
                team.peer("spiffe://team/rendezvous"),
                AccessRules::open,
                new EmbeddedIndex(new IndexSettings(terms, 99, 99), System::nanoTime),
                Https.LOOPBACK,
                ServerLimits.RENDEZVOUS));
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
    threads.shutdownNow();
  }

  @Test
  void aSecondPeerFollowsTheFirstAndTakesItsResult() throws Exception {
    Peer laptop = peer("laptop");
    Peer ci = peer("ci");
    Future<RunOutcome> first = laptop.start();
    laptop.machine.awaitStart();

    Future<RunOutcome> second = ci.start();
    laptop.machine.write("first\n");
    ci.viewer.awaitText("first\n");
    assertThat(second.isDone()).isFalse();
    laptop.machine.write("second\n");
    laptop.machine.pass();

    assertThat(first.get()).isInstanceOf(RunOutcome.Ran.class);
    try (Replayable result = ((RunOutcome.Replayed) second.get()).result()) {
      assertThat(result.followed()).isTrue();
      assertThat(result.holder()).contains(laptop.tls.id());
      assertThat(result.verified().attestation().signer().id()).isEqualTo(laptop.tls.id());
      result.replay(ci.viewer);
    }
    assertThat(ci.viewer.text()).isEqualTo(OUTPUT);
    assertThat(ci.machine.starts).hasValue(0);
    assertThat(ci.said)
        .contains(
            "following the run of spiffe://team/laptop; its output is unverified until it is"
                + " signed");
  }

  @RepeatedTest(5)
  void ofTwoThatStartAtOnceOneRuns() throws Exception {
    List<Peer> peers = List.of(peer("laptop"), peer("ci"), peer("desk"));
    List<Future<RunOutcome>> starts = peers.stream().map(Peer::start).toList();
    awaitFollowers(peers, 1, 2);
    peers.forEach(peer -> peer.machine.letPass());

    List<RunOutcome> outcomes = new ArrayList<>();
    for (Future<RunOutcome> outcome : starts) {
      outcomes.add(outcome.get());
    }
    assertThat(outcomes).filteredOn(RunOutcome.Ran.class::isInstance).hasSize(1);
    assertThat(outcomes).filteredOn(RunOutcome.Replayed.class::isInstance).hasSize(2);
    assertThat(peers).extracting(peer -> peer.machine.starts.get()).contains(0, 0, 1);
    for (RunOutcome outcome : outcomes) {
      try (Replayable result = ((RunOutcome.WithResult) outcome).result()) {
        assertThat(output(result)).isEqualTo(OUTPUT);
      }
    }
  }

  @Test
  void runsItselfWhenTheFirstIsInterrupted() throws Exception {
    Peer laptop = peer("laptop");
    Peer ci = peer("ci");
    var _ = laptop.start();
    laptop.machine.awaitStart();
    Future<RunOutcome> second = ci.start();
    laptop.machine.write("first\n");
    ci.viewer.awaitText("first\n");
    ci.machine.letPass();

    laptop.machine.breakDown();

    assertThat(second.get()).isInstanceOf(RunOutcome.Ran.class);
    assertThat(ci.said)
        .contains("the run of spiffe://team/laptop is not followed any more: it was broken off");
  }

  @Test
  void runsItselfWhenTheFirstIsGone() throws Exception {
    Peer laptop = peer("laptop");
    Peer ci = peer("ci");
    var _ = laptop.start();
    laptop.machine.awaitStart();
    Future<RunOutcome> second = ci.start();
    laptop.machine.write("first\n");
    ci.viewer.awaitText("first\n");
    ci.machine.letPass();

    laptop.announcer.close();

    assertThat(second.get()).isInstanceOf(RunOutcome.Ran.class);
  }

  @Test
  void ofThoseWhoFollowedOneRunsWhenTheFirstIsGone() throws Exception {
    Peer laptop = peer("laptop");
    List<Peer> others = List.of(peer("ci"), peer("desk"), peer("phone"));
    var _ = laptop.start();
    laptop.machine.awaitStart();
    List<Future<RunOutcome>> outcomes = others.stream().map(Peer::start).toList();
    laptop.machine.write("first\n");
    for (Peer peer : others) {
      peer.viewer.awaitText("first\n");
    }

    laptop.machine.breakDown();

    awaitFollowers(others, 2, 2);
    others.forEach(peer -> peer.machine.letPass());
    for (Future<RunOutcome> outcome : outcomes) {
      assertThat(outcome.get()).isInstanceOf(RunOutcome.WithResult.class);
    }
    assertThat(others.stream().mapToInt(peer -> peer.machine.starts.get()).sum()).isEqualTo(1);
  }

  @Test
  void showsAFailureAndRunsItself() throws Exception {
    Peer laptop = peer("laptop");
    Peer ci = peer("ci");
    Future<RunOutcome> first = laptop.start();
    laptop.machine.awaitStart();
    Future<RunOutcome> second = ci.start();
    laptop.machine.write("first\n");
    ci.viewer.awaitText("first\n");
    ci.machine.letPass();

    laptop.machine.fail();

    assertThat(first.get()).isInstanceOf(RunOutcome.NotPassed.class);
    assertThat(second.get()).isInstanceOf(RunOutcome.Ran.class);
    assertThat(ci.said)
        .anyMatch(
            line ->
                line.startsWith("the run of spiffe://team/laptop failed at ")
                    && line.endsWith(": the stage test ended with 3"));
  }

  @Test
  void saysForAsLongAsTheLeaseLastsThatARunFailed() throws Exception {
    Peer laptop = peer("laptop");
    laptop.machine.letFail();
    assertThat(laptop.start().get()).isInstanceOf(RunOutcome.NotPassed.class);
    Peer ci = peer("ci");
    ci.machine.letPass();

    assertThat(((LookupResult.Found) ci.lookup.find(INPUTS.repo(), INPUTS.key())).holders())
        .isEmpty();
    assertThat(ci.start().get()).isInstanceOf(RunOutcome.Ran.class);
    assertThat(ci.said)
        .anyMatch(
            line ->
                line.startsWith("the run of spiffe://team/laptop failed at ")
                    && line.endsWith(": the stage test ended with 3"));
  }

  @Test
  void leavesNothingBehindOfARunThatWasInterrupted() throws Exception {
    Peer laptop = peer("laptop");
    Future<RunOutcome> first = laptop.start();
    laptop.machine.awaitStart();
    assertThat(((LookupResult.Found) laptop.lookup.find(INPUTS.repo(), INPUTS.key())).running())
        .hasSize(1);

    laptop.machine.breakDown();

    assertThatThrownBy(first::get)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(ExecutorException.class);
    assertThat(laptop.lookup.find(INPUTS.repo(), INPUTS.key()))
        .isEqualTo(new LookupResult.Absent());
    assertThat(laptop.announcer.address()).isEmpty();
  }

  @Test
  void replacesTheRunByItsResultUnderOneLease() throws Exception {
    Peer laptop = peer("laptop");
    laptop.machine.letPass();

    RunOutcome.Ran ran = (RunOutcome.Ran) laptop.start().get();
    try (Replayable _ = ran.result();
        Announcer.Announcement announced = ran.announced().orElseThrow()) {
      announced.awaitTold();
      LookupResult.Found found =
          (LookupResult.Found) laptop.lookup.find(INPUTS.repo(), INPUTS.key());
      assertThat(found.holders()).hasSize(1);
      assertThat(found.running()).isEmpty();
    }
    assertThat(laptop.lookup.find(INPUTS.repo(), INPUTS.key()))
        .isEqualTo(new LookupResult.Absent());
  }

  @Test
  void aRunInProgressIsNoResult() throws Exception {
    Peer laptop = peer("laptop");
    var _ = laptop.start();
    laptop.machine.awaitStart();
    Peer ci = peer("ci");

    FindResult found = ci.joining(Duration.ZERO).find(INPUTS);

    assertThat(((FindResult.Miss) found).elsewhere().running()).hasSize(1);
    laptop.machine.breakDown();
  }

  @Test
  void aReplayFollowsAndEndsWithoutAResultWhenTheWaitIsOver() throws Exception {
    Peer laptop = peer("laptop");
    var _ = laptop.start();
    laptop.machine.awaitStart();
    Peer ci = peer("ci");

    FindResult found = ci.joining(Duration.ofMillis(200)).find(INPUTS);

    assertThat(found).isInstanceOf(FindResult.Miss.class);
    assertThat(ci.said)
        .contains("the run of spiffe://team/laptop goes on; the wait for it is over");
    laptop.machine.breakDown();
  }

  @Test
  void runsBesideAnotherWhenItIsNotToJoin() throws Exception {
    Peer laptop = peer("laptop");
    var _ = laptop.start();
    laptop.machine.awaitStart();
    Peer ci = peer("ci");
    ci.machine.letPass();

    assertThat(ci.startAlone().get()).isInstanceOf(RunOutcome.Ran.class);
    laptop.machine.breakDown();
  }

  @Test
  void runsBesideAPeerWhoseResultsDoNotCount() throws Exception {
    Peer laptop = peer("laptop");
    var _ = laptop.start();
    laptop.machine.awaitStart();
    laptop.machine.write("first\n");
    Peer ci = peer("ci", "uri:spiffe://team/ci");
    ci.machine.letPass();

    assertThat(ci.start().get()).isInstanceOf(RunOutcome.Ran.class);
    assertThat(ci.viewer.text()).isEqualTo(OUTPUT);
    laptop.machine.breakDown();
  }

  @Test
  void runsAloneWhileNoRendezvousAnswers() throws Exception {
    rendezvous.close();
    Peer laptop = peer("laptop");
    laptop.machine.letPass();

    assertThat(laptop.start().get()).isInstanceOf(RunOutcome.Ran.class);
  }

  /** Waits until so many have begun to follow somebody for the so-manieth time. */
  private static void awaitFollowers(List<Peer> peers, int times, int count)
      throws InterruptedException {
    while (peers.stream().filter(peer -> peer.followed() >= times).count() < count) {
      Thread.sleep(10);
    }
  }

  private Peer peer(String name) throws Exception {
    return peer(name, "uri:*");
  }

  private Peer peer(String name, String signers) throws Exception {
    return closing(new Peer(name, signers));
  }

  private static String output(Replayable result) throws Exception {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    result.verified().files().replay((_, bytes, from, length) -> output.write(bytes, from, length));
    return output.toString(UTF_8);
  }

  private <T extends AutoCloseable> T closing(T closeable) {
    open.add(closeable);
    return closeable;
  }

  /** A peer with all that {@code peer run} has, but for its machine. */
  private final class Peer implements AutoCloseable {

    private final Credentials credentials;
    private final TlsIdentity tls;
    private final AccessRules rules;
    private final Store store;
    private final RecordVerifier verifier;
    private final RendezvousLookup lookup;
    private final HolderFetch fetch;
    private final LiveFollower follower;
    private final LeasedAnnouncer announcer;
    private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
    private final Machine machine = new Machine();
    private final Viewer viewer = new Viewer();

    Peer(String name, String signers) throws Exception {
      credentials = team.issue("spiffe://team/" + name);
      tls = team.peer(credentials);
      rules = new AccessRules(AccessRule.anyone(), AccessRule.anyone(), AccessRule.parse(signers));
      store = Store.open(directory.resolve(name), 1);
      verifier = new RecordVerifier(team.validator(), rules.sign(), InstantSource.system());
      List<URI> where = List.of(PeerAddress.of(rendezvous.address()));
      Timeouts patience = AnnounceAndLookupTest.PATIENCE;
      lookup = new RendezvousLookup(tls, where, patience);
      fetch = new HolderFetch(tls, patience);
      follower = new LiveFollower(tls, () -> rules, patience);
      announcer =
          new LeasedAnnouncer(
              tls,
              () -> rules,
              HeldFiles.NONE,
              new ServeSettings(where, Optional.empty(), List.of()),
              patience,
              said::add);
    }

    /** How many times it has begun to follow somebody. */
    long followed() {
      return said.stream().filter(line -> line.startsWith("following the run of ")).count();
    }

    RunFollower joining(Duration wait) {
      return new RunFollower(store, finder(), follower, wait, viewer, said::add);
    }

    Future<RunOutcome> start() {
      return start(Optional.of(joining(Duration.ofMinutes(1))));
    }

    Future<RunOutcome> startAlone() {
      return start(Optional.empty());
    }

    private Future<RunOutcome> start(Optional<RunFollower> joining) {
      RunFlow flow =
          new RunFlow(
              store,
              finder(),
              machine,
              new Attester(new RunSigner(credentials), verifier, Optional.empty(), said::add),
              new Coordination(Optional.of(announcer), joining, MachineSlots.AT_ONCE),
              said::add);
      return threads.submit(
          () -> flow.findOrRun(INPUTS, (_, _) -> {}, CacheUse.NONE, () -> RunSecrets.NONE, viewer));
    }

    private Finder finder() {
      return new Finder(
          store,
          new Holders(lookup, fetch),
          new ResultRules(verifier, Acceptance.EVERYTHING),
          said::add);
    }

    @Override
    public void close() {
      machine.breakDown();
      announcer.close();
      follower.close();
      fetch.close();
      lookup.close();
    }
  }

  /** Stands for the machine: puts out what it is told, and ends as it is told. */
  private static final class Machine implements Executor {

    private final AtomicInteger starts = new AtomicInteger();
    private final CountDownLatch started = new CountDownLatch(1);
    private final BlockingQueue<String> orders = new LinkedBlockingQueue<>();

    void awaitStart() throws InterruptedException {
      started.await();
    }

    void write(String text) {
      orders.add(text);
    }

    void pass() {
      orders.add("PASS");
    }

    void fail() {
      orders.add("FAIL");
    }

    void breakDown() {
      orders.add("BREAK");
    }

    /** Whenever it is started, it passes with the output that all have. */
    void letPass() {
      write("first\n");
      write("second\n");
      pass();
    }

    void letFail() {
      write("first\n");
      fail();
    }

    @Override
    public void requireMachine(Architecture architecture) {}

    @Override
    public ExecutionResult execute(ExecutionRequest request, ExecutionListener listener)
        throws ExecutorException, InterruptedException {
      starts.incrementAndGet();
      started.countDown();
      try {
        Files.createDirectories(request.files().directory());
        listener.stage("test");
        while (true) {
          String order = orders.take();
          switch (order) {
            case "PASS" -> {
              return new ExecutionResult.Passed(
                  SignedRuns.record(request.inputs(), request.files(), OUTPUT));
            }
            case "FAIL" -> {
              return new ExecutionResult.Failed("test", 3);
            }
            case "BREAK" -> throw new ExecutorException("the machine has ended", "");
            default ->
                listener.write(OutputStreamName.STDOUT, order.getBytes(UTF_8), 0, order.length());
          }
        }
      } catch (IOException e) {
        throw new ExecutorException(e.getMessage(), "", e);
      }
    }
  }

  /** Keeps the test's output that it is shown. */
  private static final class Viewer implements ExecutionListener {

    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();

    synchronized String text() {
      return shown.toString(UTF_8);
    }

    synchronized void awaitText(String text) throws InterruptedException {
      while (!text().equals(text)) {
        wait();
      }
    }

    @Override
    public synchronized void accept(RunEvent event) {
      if (event instanceof RunEvent.TestOutput(OutputStreamName _, OutputBytes bytes)) {
        bytes.to(shown);
        notifyAll();
      }
    }
  }
}
