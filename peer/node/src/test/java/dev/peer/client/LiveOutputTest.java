package dev.peer.client;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.client.announce.AnnounceAndLookupTest;
import dev.peer.client.fetch.HolderFetch;
import dev.peer.client.fetch.LiveFollower;
import dev.peer.core.access.AccessRule;
import dev.peer.core.access.AccessRules;
import dev.peer.core.access.NamespaceRules;
import dev.peer.core.access.SignRules;
import dev.peer.core.find.Fetch;
import dev.peer.core.find.FollowResult;
import dev.peer.core.find.Holder;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.key.RunInputs;
import dev.peer.core.progress.ExecutionListener;
import dev.peer.core.progress.OutputBytes;
import dev.peer.core.progress.RunEvent;
import dev.peer.core.record.OutputStreamName;
import dev.peer.core.sign.SignedRuns;
import dev.peer.core.store.StoredRecord;
import dev.peer.core.store.StoredRecords;
import dev.peer.core.trust.Credentials;
import dev.peer.http.Https;
import dev.peer.http.ServerLimits;
import dev.peer.pages.RunInProgress;
import dev.peer.server.HeldFiles;
import dev.peer.server.LiveRun;
import dev.peer.server.PeerServer;
import dev.peer.tls.TestAuthority;
import dev.peer.tls.TlsIdentity;
import dev.peer.wire.Limits;
import dev.peer.wire.OutputFrame;
import dev.peer.wire.PeerAddress;
import dev.peer.wire.RunEnd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run that goes on at one peer and is followed by others, over real sockets. */
@Timeout(300)
class LiveOutputTest {

  private static final RepoId REPO = new RepoId("git.example.org/team/project");
  private static final RunInputs RUN = SignedRuns.inputs("test");
  private static final RunKey KEY = RUN.key();
  private static final PeerId RUNNER = new PeerId("spiffe://team/laptop");
  private static final Duration LONG = Duration.ofMinutes(1);
  private static TestAuthority team;
  private static Credentials laptop;

  private final List<AutoCloseable> open = new ArrayList<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  @TempDir private Path directory;
  private volatile AccessRules rules = AccessRules.open();
  private TlsIdentity runner;
  private PeerServer server;
  private LiveRun run;

  @BeforeAll
  static void issue() {
    team = new TestAuthority("team");
    laptop = team.issue(RUNNER.text());
  }

  @BeforeEach
  void start() throws Exception {
    runner = team.peer(laptop);
    server =
        closing(
            PeerServer.start(
                runner, () -> rules, HeldFiles.NONE, Https.LOOPBACK, ServerLimits.PEER));
    run = new LiveRun(REPO, KEY, "test");
    server.addRun(run);
  }

  @AfterEach
  void stop() throws Exception {
    run.end(new RunEnd.BrokenOff());
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
    threads.shutdownNow();
  }

  @Test
  void nobodyWaitsForThoseWhoOnlyLookOn() throws Exception {
    begin();
    try (RunInProgress.Onlooker onlooker = run.onlooker().orElseThrow()) {
      run.end(new RunEnd.Passed());
      run.awaitFollowers(Duration.ofDays(1));
      List<Integer> sizes = new ArrayList<>();
      onlooker.next(Duration.ZERO).ifPresent(piece -> sizes.add(piece.remaining()));
      onlooker.next(Duration.ZERO).ifPresent(piece -> sizes.add(piece.remaining()));
      assertThat(onlooker.next(Duration.ZERO)).isEmpty();
      assertThat(sizes).hasSize(2);
    }
    run.awaitFollowers(Duration.ofDays(1));
  }

  @Test
  void thoseWhoLookOnAreBoundedAndTakeNoFollowersPlace() throws Exception {
    begin();
    for (int i = 0; i < Limits.FOLLOWERS; i++) {
      RunInProgress.Onlooker onlooker = run.onlooker().orElseThrow();
      open.add(onlooker);
    }
    assertThat(run.onlooker()).isEmpty();
    Viewer viewer = new Viewer();
    Future<FollowResult> following = follow("spiffe://team/ci", viewer);
    write(OutputStreamName.STDOUT, "one\n");
    viewer.awaitSize("one\n".length());
    run.end(new RunEnd.Passed());
    assertThat(following.get()).isEqualTo(new FollowResult.Passed());
  }

  @Test
  void showsTheOutputWhileTheRunGoesOn() throws Exception {
    Viewer viewer = new Viewer();
    Future<FollowResult> following = follow("spiffe://team/ci", viewer);
    begin();
    run.stage("prepare");
    run.stageOutput("prepare", bytes("fetching\n"), 0, 9);
    run.stage("test");
    write(OutputStreamName.STDOUT, "one\n");
    write(OutputStreamName.STDERR, "two\n");

    viewer.awaitSize("one\n".length() + "two\n".length());
    assertThat(following.isDone()).isFalse();
    assertThat(viewer.stages).containsExactly("prepare", "test");
    assertThat(viewer.stageOutput.toString(UTF_8)).isEqualTo("prepare: fetching\n");

    write(OutputStreamName.STDOUT, "three");
    run.end(new RunEnd.Passed());

    assertThat(following.get()).isEqualTo(new FollowResult.Passed());
    assertThat(viewer.stdout.toString(UTF_8)).isEqualTo("one\nthree");
    assertThat(viewer.stderr.toString(UTF_8)).isEqualTo("two\n");
  }

  @Test
  void showsAllOfItToWhoComesLater() throws Exception {
    begin();
    byte[] much = new byte[3 * Limits.FRAME + 7];
    for (int i = 0; i < much.length; i++) {
      much[i] = (byte) i;
    }
    run.write(OutputStreamName.STDOUT, much, 0, much.length);
    Viewer early = new Viewer();
    Future<FollowResult> first = follow("spiffe://team/ci", early);
    early.awaitSize(much.length);
    write(OutputStreamName.STDOUT, "end");
    run.end(new RunEnd.Passed());
    Viewer late = new Viewer();

    assertThat(follow("spiffe://team/desk", late).get()).isEqualTo(new FollowResult.Passed());
    assertThat(first.get()).isEqualTo(new FollowResult.Passed());
    assertThat(late.stdout.toByteArray())
        .startsWith(much)
        .endsWith(bytes("end"))
        .isEqualTo(early.stdout.toByteArray());
  }

  @Test
  void saysHowTheRunFailed() throws Exception {
    begin();
    Instant at = Instant.parse("2030-01-31T12:00:00Z");
    run.end(new RunEnd.Failed("test", Optional.of(3), at));

    assertThat(follow("spiffe://team/ci", new Viewer()).get())
        .isEqualTo(new FollowResult.Failed("test", Optional.of(3), at));
  }

  @Test
  void saysThatTheRunWasBrokenOff() throws Exception {
    begin();
    Future<FollowResult> following = follow("spiffe://team/ci", new Viewer());
    run.end(new RunEnd.BrokenOff());

    assertThat(following.get()).isEqualTo(new FollowResult.Ended("it was broken off"));
  }

  @Test
  void noticesThatTheRunnerIsGone() throws Exception {
    begin();
    Viewer viewer = new Viewer();
    Future<FollowResult> following = follow("spiffe://team/ci", viewer);
    write(OutputStreamName.STDOUT, "one");
    viewer.awaitSize(3);

    server.close();

    assertThat(following.get()).isInstanceOf(FollowResult.Ended.class);
  }

  @Test
  void endsWithItsTime() throws Exception {
    begin();

    assertThat(
            follow("spiffe://team/ci", new Viewer(), Duration.ofMillis(300), holder(server)).get())
        .isEqualTo(new FollowResult.TimeOver());
  }

  @Test
  void waitsOnlyBrieflyForARunThatDoesNotBegin() throws Exception {
    Timeouts hasty =
        new Timeouts(
            Duration.ofSeconds(20), Duration.ofSeconds(5), Duration.ofSeconds(20), 1, LONG);
    try (LiveFollower follower =
        new LiveFollower(team.peer("spiffe://team/ci"), AccessRules::open, hasty)) {
      assertThat(follower.follow(holder(server), RUN, LONG, new Viewer()))
          .isEqualTo(new FollowResult.Ended("it does not begin"));
    }
  }

  @Test
  void knowsNoOtherRun() throws Exception {
    server.removeRun(run);

    assertThat(((FollowResult.Ended) follow("spiffe://team/ci", new Viewer()).get()).why())
        .contains("is not run here");
  }

  @Test
  void showsItToWhomTheRuleForFetchingAdmits() throws Exception {
    rules =
        new AccessRules(
            AccessRule.parse("uri:spiffe://team/ci"), AccessRule.anyone(), AccessRule.anyone());
    begin();
    Viewer viewer = new Viewer();
    Future<FollowResult> following = follow("spiffe://team/ci", viewer);
    write(OutputStreamName.STDOUT, "one");
    viewer.awaitSize(3);

    assertThat(((FollowResult.Ended) follow("spiffe://team/desk", new Viewer()).get()).why())
        .contains("may not fetch");

    rules = new AccessRules(AccessRule.parse(""), AccessRule.anyone(), AccessRule.anyone());
    runner.renew(laptop, team.validator());
    assertThat(following.get()).isInstanceOf(FollowResult.Ended.class);
  }

  @Test
  void followsNobodyWhoseResultsDoNotCount() throws Exception {
    begin();
    write(OutputStreamName.STDOUT, "one");
    AccessRules others =
        new AccessRules(
            AccessRule.anyone(), AccessRule.anyone(), AccessRule.parse("uri:spiffe://team/ci"));
    Viewer viewer = new Viewer();
    try (LiveFollower follower =
        new LiveFollower(
            team.peer("spiffe://team/ci"), () -> others, AnnounceAndLookupTest.PATIENCE)) {

      assertThat(follower.follow(holder(server), RUN, LONG, viewer))
          .isEqualTo(new FollowResult.Ended("its results do not count here (PEER_ALLOW_SIGN)"));
    }
    assertThat(viewer.stdout.size()).isZero();
  }

  @Test
  void followsNobodyWhoseResultsOfThatTargetDoNotCount() throws Exception {
    begin();
    NamespaceRules all = NamespaceRules.everywhere(AccessRule.anyone());
    for (String rule : List.of("* test => uri:spiffe://team/ci; * => anyone", "x/* => anyone")) {
      assertThat(followedBy(new AccessRules(all, all, SignRules.parse(rule)), holder(server)))
          .isEqualTo(new FollowResult.Ended("its results do not count here (PEER_ALLOW_SIGN)"));
    }
  }

  /** It makes up a run as easily as a result. */
  @Test
  void doesNotFollowARendezvousThatNamesItself() throws Exception {
    begin();
    Holder itself =
        new Holder(
            RUNNER, List.of(PeerAddress.of(server.address())), List.of(), Optional.of(RUNNER));

    assertThat(followedBy(AccessRules.open(), itself))
        .isEqualTo(new FollowResult.Ended("its results do not count here (PEER_ALLOW_SIGN)"));
  }

  private static FollowResult followedBy(AccessRules rules, Holder runner) throws Exception {
    try (LiveFollower follower =
        new LiveFollower(
            team.peer("spiffe://team/ci"), () -> rules, AnnounceAndLookupTest.PATIENCE)) {
      return follower.follow(runner, RUN, LONG, new Viewer());
    }
  }

  @Test
  void followsNobodyElseThanItWasTold() throws Exception {
    begin();
    Holder somebody =
        new Holder(new PeerId("spiffe://team/desk"), List.of(PeerAddress.of(server.address())));

    assertThat(
            ((FollowResult.Ended) follow("spiffe://team/ci", new Viewer(), LONG, somebody).get())
                .why())
        .contains("it is spiffe://team/laptop, not spiffe://team/desk");
  }

  @Test
  void refusesMoreFollowersThanThereMayBe() throws Exception {
    begin();
    List<Viewer> viewers = new ArrayList<>();
    TlsIdentity ci = team.peer("spiffe://team/ci");
    for (int i = 0; i < Limits.FOLLOWERS; i++) {
      Viewer viewer = new Viewer();
      viewers.add(viewer);
      var _ = follow(ci, viewer, LONG, holder(server));
    }
    write(OutputStreamName.STDOUT, "x");
    for (Viewer viewer : viewers) {
      viewer.awaitSize(1);
    }

    assertThat(((FollowResult.Ended) follow(ci, new Viewer(), LONG, holder(server)).get()).why())
        .contains("at most " + Limits.FOLLOWERS + " follow a run");
  }

  @Test
  void goesOnWithoutFollowersWhenTheBacklogCanNotBeWritten() throws Exception {
    run.begin(directory.resolve("missing/live"));
    write(OutputStreamName.STDOUT, "one");

    assertThat(follow("spiffe://team/ci", new Viewer()).get())
        .isEqualTo(new FollowResult.Ended("it was broken off"));
  }

  @Test
  void waitsUntilWhoFollowedHasFetchedTheResult() throws Exception {
    begin();
    Future<FollowResult> following = follow("spiffe://team/ci", new Viewer());
    CountDownLatch waited = new CountDownLatch(1);
    run.end(new RunEnd.Passed());
    assertThat(following.get()).isEqualTo(new FollowResult.Passed());
    var _ =
        threads.submit(
            () -> {
              run.awaitFollowers(LONG);
              waited.countDown();
              return null;
            });
    StoredRecord record = StoredRecords.of(directory, REPO, KEY, new byte[] {1}, new byte[] {2});
    server.add(record);
    assertThat(waited.getCount()).isEqualTo(1);

    try (HolderFetch fetch =
            new HolderFetch(team.peer("spiffe://team/ci"), AnnounceAndLookupTest.PATIENCE);
        Fetch.Download bundle = fetch.bundle(holder(server), record.bundle(), 0)) {
      bundle.into(OutputStream.nullOutputStream(), AnnounceAndLookupTest.PATIENCE.stall());
    }
    waited.await();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "b\0\0\0\0x\0\0\0\0",
        "b\0\0\0\0s\0\0\0\u0001!",
        "1\u0001\0\0\0",
        "1\0\0\0\u0009one",
        "e\0\0\0\u0002{}",
        "e\0\0\0\u0010{\"end\":\"passed!\"}"
      })
  void endsOnWhatIsNoOutput(String body) throws Exception {
    try (FaultyHolder faulty = new FaultyHolder(laptop, head(), bytes(body), false)) {
      Holder holder = new Holder(RUNNER, List.of(faulty.address()));

      assertThat(follow("spiffe://team/ci", new Viewer(), LONG, holder).get())
          .isInstanceOf(FollowResult.Ended.class);
    }
  }

  @Test
  void endsWhenNothingComesForLong() throws Exception {
    Timeouts hasty =
        new Timeouts(
            Duration.ofSeconds(20), Duration.ofSeconds(20), Duration.ofSeconds(2), 1, LONG);
    try (FaultyHolder silent =
            new FaultyHolder(laptop, head(), OutputFrame.of(OutputFrame.Kind.BEGUN), true);
        LiveFollower follower =
            new LiveFollower(team.peer("spiffe://team/ci"), AccessRules::open, hasty)) {
      Holder holder = new Holder(RUNNER, List.of(silent.address()));

      assertThat(follower.follow(holder, RUN, LONG, new Viewer()))
          .isEqualTo(new FollowResult.Ended("the transfer stalled after 5 bytes"));
    }
  }

  @Test
  void followsNothingButARunsOutput() throws Exception {
    String head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json";
    try (FaultyHolder other = new FaultyHolder(laptop, head, bytes("{}"), false)) {
      Holder holder = new Holder(RUNNER, List.of(other.address()));

      assertThat(follow("spiffe://team/ci", new Viewer(), LONG, holder).get())
          .isEqualTo(new FollowResult.Ended("it gives something else than a run's output"));
    }
  }

  private static String head() {
    return "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: "
        + "application/vnd.dev.peer.run-output";
  }

  private void begin() {
    run.begin(directory.resolve("live"));
  }

  private void write(OutputStreamName stream, String text) {
    run.accept(new RunEvent.TestOutput(stream, new OutputBytes(bytes(text), 0, text.length())));
  }

  private Future<FollowResult> follow(String peer, Viewer viewer) {
    return follow(peer, viewer, LONG, holder(server));
  }

  private Future<FollowResult> follow(String peer, Viewer viewer, Duration most, Holder holder) {
    return follow(team.peer(peer), viewer, most, holder);
  }

  private Future<FollowResult> follow(
      TlsIdentity peer, Viewer viewer, Duration most, Holder holder) {
    return threads.submit(
        () -> {
          try (LiveFollower follower =
              new LiveFollower(peer, AccessRules::open, AnnounceAndLookupTest.PATIENCE)) {
            return follower.follow(holder, RUN, most, viewer);
          }
        });
  }

  private static Holder holder(PeerServer server) {
    InetSocketAddress address = server.address();
    return new Holder(RUNNER, List.of(PeerAddress.of(address)));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(US_ASCII);
  }

  private <T extends AutoCloseable> T closing(T closeable) {
    open.add(closeable);
    return closeable;
  }

  /** Keeps what it is shown. */
  private static final class Viewer implements ExecutionListener {

    private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    private final ByteArrayOutputStream stageOutput = new ByteArrayOutputStream();
    private final List<String> stages = new ArrayList<>();

    /** Waits until so much of the test's output has come. */
    synchronized void awaitSize(int size) throws InterruptedException {
      while (stdout.size() + stderr.size() < size) {
        wait();
      }
    }

    @Override
    public synchronized void accept(RunEvent event) throws IOException {
      switch (event) {
        case RunEvent.Stage(String name) -> stages.add(name);
        case RunEvent.StageOutput(String stage, OutputBytes bytes) -> {
          stageOutput.write(bytes(stage + ": "));
          bytes.to(stageOutput);
        }
        case RunEvent.TestOutput(OutputStreamName stream, OutputBytes bytes) -> {
          bytes.to(stream == OutputStreamName.STDOUT ? stdout : stderr);
          notifyAll();
        }
        case RunEvent.Message _ -> {}
      }
    }
  }
}
