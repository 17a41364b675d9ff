package dev.peer.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.client.fetch.HolderFetch;
import dev.peer.core.access.AccessRule;
import dev.peer.core.access.AccessRules;
import dev.peer.core.find.Acceptance;
import dev.peer.core.find.FetchException.Fault;
import dev.peer.core.find.FindResult;
import dev.peer.core.find.Finder;
import dev.peer.core.find.Holder;
import dev.peer.core.find.Holders;
import dev.peer.core.find.Lookup;
import dev.peer.core.find.LookupResult;
import dev.peer.core.find.Replayable;
import dev.peer.core.find.ResultRules;
import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.key.RunInputs;
import dev.peer.core.sign.RecordVerifier;
import dev.peer.core.sign.SignedRuns;
import dev.peer.core.store.Store;
import dev.peer.core.trust.Credentials;
import dev.peer.http.Https;
import dev.peer.http.ServerLimits;
import dev.peer.server.HeldFiles;
import dev.peer.server.PeerServer;
import dev.peer.tls.TestAuthority;
import dev.peer.tls.TlsIdentity;
import dev.peer.wire.MediaTypes;
import dev.peer.wire.PeerAddress;
import dev.peer.wire.WholeResult;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Holders that are dead, slow, die in the middle or lie, over real sockets: a result is had from
 * whoever is left, and those who are to blame are named, and reported.
 */
@Timeout(300)
class HolderFailuresTest {

  private static final RunInputs INPUTS = SignedRuns.inputs("test");
  private static final Duration SOON = Duration.ofMillis(20);
  private static final Duration NEVER = Duration.ofDays(1);
  private static final Timeouts PATIENT =
      new Timeouts(
          Duration.ofSeconds(20),
          Duration.ofSeconds(20),
          Duration.ofSeconds(20),
          1 << 10,
          Duration.ofSeconds(5),
          SOON);

  /** Gives up on whoever does not connect or answer in half a second. */
  private static final Timeouts HASTY =
      new Timeouts(
          Duration.ofMillis(500),
          Duration.ofMillis(500),
          Duration.ofMillis(500),
          1 << 10,
          Duration.ofSeconds(5),
          SOON);

  private static TestAuthority team;
  private static Credentials signer;

  @TempDir private Path directory;
  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<String> said = new CopyOnWriteArrayList<>();
  private final List<String> reported = new CopyOnWriteArrayList<>();
  private Path staging;
  private Store store;
  private SignedRuns.Result result;
  private byte[] bundle;
  private int half;

  @BeforeAll
  static void issue() {
    team = new TestAuthority("team");
    signer = team.issue("spiffe://team/signer");
  }

  @BeforeEach
  void makeResult() throws Exception {
    store = Store.open(directory.resolve("store"), 1);
    staging = directory.resolve("store/staging");
    result = SignedRuns.make(INPUTS, "held", signer, directory.resolve("result"));
    bundle = Files.readAllBytes(result.bundle());
    half = bundle.length / 2;
  }

  @AfterEach
  void nothingIsStaged() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
    assertThat(staging).isEmptyDirectory();
  }

  @Test
  void takesAResultOfTheOnlyHolder() throws Exception {
    assertThat(find(NEVER, whole("one").holder())).isEqualTo("held from spiffe://team/one");
    assertThat(said).isEmpty();
    assertThat(reported).isEmpty();
  }

  @Test
  void goesOnAtAnotherHolderWhereOneDiesInTheMiddle() throws Exception {
    ScriptedHolder dying = giving("dying", (out, _) -> dieAtHalf(out, bundle));
    ScriptedHolder other = whole("other");

    assertThat(find(NEVER, dying.holder(), other.holder()))
        .isEqualTo("held from spiffe://team/other");
    assertThat(other.requests()).singleElement().asString().endsWith(" bytes=" + half + "-");
    assertThat(said)
        .hasSize(2)
        .contains("going on with spiffe://team/other at byte " + half + " of the bundle");
    assertThat(reported).containsExactly("spiffe://team/dying UNREACHABLE");
  }

  @Test
  void goesOnAtAnotherHolderWhereOneStalls() throws Exception {
    ScriptedHolder stalling = giving("stalling", (out, _) -> stallAtHalf(out, bundle));
    ScriptedHolder other = whole("other");

    assertThat(find(NEVER, stalling.holder(), other.holder()))
        .isEqualTo("held from spiffe://team/other");
    assertThat(other.requests()).singleElement().asString().endsWith(" bytes=" + half + "-");
    assertThat(said).anyMatch(line -> line.contains("stalled after " + half + " bytes"));
  }

  @Test
  void takesAResultInOneAnswer() throws Exception {
    ScriptedHolder one = atOnce("one", bundle, bundle.length);

    assertThat(find(NEVER, one.holder())).isEqualTo("held from spiffe://team/one");
    assertThat(one.requests()).hasSize(1);
    assertThat(said).isEmpty();
  }

  @Test
  void goesOnAtAnotherHolderWhereOneAnswerDiesInTheMiddle() throws Exception {
    ScriptedHolder dying = atOnce("dying", bundle, half);
    ScriptedHolder other = whole("other");

    assertThat(find(NEVER, dying.holder(), other.holder()))
        .isEqualTo("held from spiffe://team/other");
    assertThat(other.requests()).singleElement().asString().endsWith(" bytes=" + half + "-");
    assertThat(reported).containsExactly("spiffe://team/dying UNREACHABLE");
  }

  @Test
  void namesALiarThatGivesItsBundleAtOnce() throws Exception {
    ScriptedHolder liar = atOnce("liar", changedLast(bundle), bundle.length);

    assertThat(find(NEVER, liar.holder(), whole("honest").holder()))
        .isEqualTo("held from spiffe://team/honest");
    assertThat(reported).containsExactly("spiffe://team/liar WRONG");
  }

  @Test
  void goesOnAtAHolderThatGivesOnlyAllOfIt() throws Exception {
    ScriptedHolder dying = giving("dying", (out, _) -> dieAtHalf(out, bundle));
    ScriptedHolder other = giving("other", (out, _) -> ScriptedHolder.give(out, bundle, 0));

    assertThat(find(NEVER, dying.holder(), other.holder()))
        .isEqualTo("held from spiffe://team/other");
  }

  @Test
  void namesAHolderThatGivesMoreThanTheBundleAndTakesTheNext() throws Exception {
    byte[] longer = Arrays.copyOf(bundle, bundle.length + 1);
    ScriptedHolder liar = giving("liar", (out, from) -> ScriptedHolder.give(out, longer, from));

    assertThat(find(NEVER, liar.holder(), whole("honest").holder()))
        .isEqualTo("held from spiffe://team/honest");
    assertThat(said)
        .singleElement()
        .asString()
        .startsWith("the result of spiffe://team/liar is refused: ")
        .contains("more bytes than the bundle");
    assertThat(reported).containsExactly("spiffe://team/liar WRONG");
  }

  @Test
  void goesOnAtTheSameHolderWhereThereIsNoOther() throws Exception {
    CountDownLatch died = new CountDownLatch(1);
    ScriptedHolder faint =
        giving(
            "faint",
            (out, from) -> {
              if (died.getCount() > 0) {
                died.countDown();
                dieAtHalf(out, bundle);
              } else {
                ScriptedHolder.give(out, bundle, from);
              }
            });

    assertThat(find(NEVER, faint.holder())).isEqualTo("held from spiffe://team/faint");
    assertThat(faint.requests()).hasSize(3).last().asString().endsWith(" bytes=" + half + "-");
  }

  /** It shows only with the whole that bytes were wrong, and then each of them gives all. */
  @Test
  void blamesNobodyForWhatSeveralGaveTogether() throws Exception {
    byte[] wrong = changed(bundle);
    ScriptedHolder liar = giving("liar", (out, _) -> dieAtHalf(out, wrong));
    ScriptedHolder honest = whole("honest");

    assertThat(find(NEVER, liar.holder(), honest.holder()))
        .isEqualTo("held from spiffe://team/honest");
    assertThat(honest.requests()).hasSize(2).last().asString().doesNotContain("bytes=");
    assertThat(said)
        .anyMatch(
            line ->
                line.startsWith(
                    "what spiffe://team/honest, spiffe://team/liar gave together is refused: "))
        .noneMatch(line -> line.startsWith("the result of "));
    assertThat(reported).containsExactly("spiffe://team/liar UNREACHABLE");
  }

  @Test
  void namesTheLiarOnceItHasGivenAll() throws Exception {
    byte[] wrong = changed(bundle);
    ScriptedHolder dying = giving("dying", (out, _) -> dieAtHalf(out, bundle));
    ScriptedHolder liar =
        giving("liar", (out, from) -> ScriptedHolder.give(out, changedLast(wrong), from));
    ScriptedHolder honest = whole("honest");

    assertThat(find(NEVER, dying.holder(), liar.holder(), honest.holder()))
        .isEqualTo("held from spiffe://team/honest");
    assertThat(said).anyMatch(line -> line.startsWith("the result of spiffe://team/liar is refu"));
    assertThat(reported).contains("spiffe://team/liar WRONG");
  }

  @Test
  void isNoneVerifiedWhenAllOfThemLie() throws Exception {
    byte[] wrong = changed(bundle);
    Giving lie = (out, from) -> ScriptedHolder.give(out, wrong, from);
    ScriptedHolder one = giving("one", lie);
    ScriptedHolder two = giving("two", lie);

    assertThat(finder(NEVER, PATIENT, one.holder(), two.holder()).find(INPUTS.repo(), INPUTS.key()))
        .isInstanceOf(FindResult.NoneVerified.class);
    assertThat(reported).containsExactly("spiffe://team/one WRONG", "spiffe://team/two WRONG");
  }

  /**
   * Two peers may have run the same: then what one has is of no use for going on with the other.
   */
  @Test
  void takesAnotherResultOfTheRunWhereNobodyElseHasTheFirst() throws Exception {
    Credentials second = team.issue("spiffe://team/second");
    SignedRuns.Result own = SignedRuns.make(INPUTS, "again", second, directory.resolve("own"));
    byte[] ownBundle = Files.readAllBytes(own.bundle());
    ScriptedHolder dying = giving("dying", (out, _) -> dieAtHalf(out, bundle));
    ScriptedHolder other =
        closing(
            new ScriptedHolder(
                second,
                (path, from, out) -> {
                  if (path.startsWith("/v1/results/")) {
                    ScriptedHolder.give(out, own.attestation().bytes(), 0);
                  } else if (path.endsWith(Digest.of(ownBundle).hex())) {
                    ScriptedHolder.give(out, ownBundle, from);
                  } else {
                    ScriptedHolder.refuse(out);
                  }
                }));

    assertThat(find(NEVER, dying.holder(), other.holder()))
        .isEqualTo("again from spiffe://team/second");
    assertThat(said).allMatch(line -> line.contains("spiffe://team/dying"));
    assertThat(reported).containsExactly("spiffe://team/dying UNREACHABLE");
  }

  @Test
  void doesNotWaitForHoldersThatSayNothing() throws Exception {
    Holder accepting = named("accepting", accepting());
    Holder dropping = named("dropping", dropping());

    assertThat(find(SOON, accepting, dropping, whole("living").holder()))
        .isEqualTo("held from spiffe://team/living");
    assertThat(said).allMatch(line -> line.contains("spiffe://team/dropping"));
    assertThat(reported).allMatch("spiffe://team/dropping UNREACHABLE"::equals);
  }

  /** With patience for days, which is for those who are there. */
  @Test
  void givesUpTheOnlyHolderWhereNoMachineLetsConnectionsIn() throws Exception {
    Timeouts endless = new Timeouts(NEVER, NEVER, NEVER, 1 << 10, Duration.ofSeconds(5), SOON);

    assertThat(
            finder(SOON, endless, named("dropping", dropping())).find(INPUTS.repo(), INPUTS.key()))
        .isInstanceOf(FindResult.Miss.class);
    assertThat(said)
        .singleElement()
        .asString()
        .contains("the holder spiffe://team/dropping cannot be reached", "no connection in time");
    assertThat(reported).containsExactly("spiffe://team/dropping UNREACHABLE");
  }

  @Test
  void waitsForTheOnlyHolderWhereItIsThereAndBusy() throws Exception {
    ScriptedHolder busy =
        giving(
            "busy",
            (out, from) -> {
              Thread.sleep(600);
              ScriptedHolder.give(out, bundle, from);
            });

    assertThat(find(NEVER, busy.holder())).isEqualTo("held from spiffe://team/busy");
    assertThat(said).isEmpty();
  }

  @Test
  void doesNotWaitForAnAddressThatSaysNothing() throws Exception {
    Holder living = whole("living").holder();
    List<URI> addresses = new ArrayList<>(List.of(dropping(), closed(), accepting()));
    addresses.addAll(living.addresses());

    assertThat(find(NEVER, new Holder(living.id(), addresses)))
        .isEqualTo("held from spiffe://team/living");
    assertThat(said).isEmpty();
  }

  @Test
  void takesTheOneThatLivesOfManyDead() throws Exception {
    List<Holder> holders = new ArrayList<>();
    URI accepting = accepting();
    URI dropping = dropping();
    for (int i = 0; i < 20; i++) {
      holders.add(named("dead" + i, List.of(accepting, dropping, closed()).get(i % 3)));
    }
    holders.add(whole("living").holder());

    assertThat(find(SOON, holders.toArray(Holder[]::new)))
        .isEqualTo("held from spiffe://team/living");
  }

  @Test
  void namesAndReportsEachWhenAllAreDead() throws Exception {
    Holder[] dead = {
      named("accepting", accepting()), named("dropping", dropping()), named("closed", closed())
    };

    assertThat(finder(SOON, HASTY, dead).find(INPUTS.repo(), INPUTS.key()))
        .isInstanceOf(FindResult.Miss.class);
    assertThat(said).hasSize(3).allMatch(line -> line.contains(" cannot be reached: "));
    assertThat(reported)
        .containsExactlyInAnyOrder(
            "spiffe://team/accepting UNREACHABLE",
            "spiffe://team/dropping UNREACHABLE",
            "spiffe://team/closed UNREACHABLE");
  }

  @Test
  void leavesNothingUnderWayWhereItHasTheResult() throws Exception {
    ScriptedHolder slow =
        closing(
            new ScriptedHolder(
                team.issue("spiffe://team/slow"), (_, _, _) -> new CountDownLatch(1).await()));
    ScriptedHolder living =
        closing(
            new ScriptedHolder(
                team.issue("spiffe://team/living"),
                (path, from, out) -> {
                  while (slow.requests().isEmpty()) {
                    Thread.sleep(10);
                  }
                  byte[] attestation = result.attestation().bytes();
                  boolean whole = path.startsWith("/v1/blobs/");
                  ScriptedHolder.give(out, whole ? bundle : attestation, from);
                }));

    assertThat(find(SOON, slow.holder(), living.holder()))
        .isEqualTo("held from spiffe://team/living");
    assertThat(slow.awaitTurnedAway()).startsWith("/v1/results/");
  }

  @Test
  void takesTheNextWhereAHoldersClockIsWrong() throws Exception {
    PeerServer late =
        closing(
            PeerServer.start(
                team.peer(team.issue("spiffe://team/late"), aheadBy(Duration.ofDays(3))),
                AccessRules::open,
                HeldFiles.NONE,
                Https.LOOPBACK,
                ServerLimits.PEER));

    assertThat(find(NEVER, named("late", PeerAddress.of(late.address())), whole("one").holder()))
        .isEqualTo("held from spiffe://team/one");
    assertThat(said).singleElement().asString().contains("our certificate");
    assertThat(said).noneMatch(line -> line.startsWith("hint: "));
  }

  @Test
  void saysThatTheClockHereMayBeWrongAndReportsNobody() throws Exception {
    for (Duration off : List.of(Duration.ofDays(3), Duration.ofDays(-3))) {
      said.clear();
      TlsIdentity wrong = team.peer(team.issue("spiffe://team/ci"), aheadBy(off));
      HolderFetch fetch = closing(new HolderFetch(wrong, PATIENT));

      assertThat(
              finder(NEVER, fetch, whole("one").holder(), whole("two").holder())
                  .find(INPUTS.repo(), INPUTS.key()))
          .isInstanceOf(FindResult.NoneVerified.class);
      assertThat(said).hasSize(3).last().asString().startsWith("hint: by the clock here, ");
    }
    assertThat(reported).isEmpty();
  }

  /** What was found, and from whom. */
  private String find(Duration hedge, Holder... holders) throws Exception {
    FindResult found = finder(hedge, PATIENT, holders).find(INPUTS.repo(), INPUTS.key());
    assertThat(found).isInstanceOf(FindResult.Hit.class);
    try (Replayable replayable = ((FindResult.Hit) found).result()) {
      ByteArrayOutputStream output = new ByteArrayOutputStream();
      replayable
          .verified()
          .files()
          .replay((_, bytes, from, length) -> output.write(bytes, from, length));
      return output.toString(UTF_8) + " from " + replayable.holder().orElseThrow();
    }
  }

  private Finder finder(Duration hedge, Timeouts patience, Holder... holders) {
    return finder(
        hedge, closing(new HolderFetch(team.peer("spiffe://team/ci"), patience)), holders);
  }

  private Finder finder(Duration hedge, HolderFetch fetch, Holder... holders) {
    RecordVerifier verifier =
        new RecordVerifier(team.validator(), AccessRule.anyone(), InstantSource.system());
    return new Finder(
        store,
        new Holders(new Named(List.of(holders)), fetch, hedge),
        new ResultRules(verifier, Acceptance.EVERYTHING),
        said::add);
  }

  /** Names these, and remembers what is reported of them. */
  private final class Named implements Lookup {

    private final List<Holder> holders;

    Named(List<Holder> holders) {
      this.holders = holders;
    }

    @Override
    public LookupResult find(RepoId repo, RunKey key) {
      return new LookupResult.Found(holders);
    }

    @Override
    public void report(RepoId repo, RunKey key, PeerId holder, Fault fault) {
      reported.add(holder + " " + fault);
    }
  }

  private interface Giving {

    void give(OutputStream out, long from) throws IOException, InterruptedException;
  }

  private ScriptedHolder whole(String name) throws Exception {
    return giving(name, (out, from) -> ScriptedHolder.give(out, bundle, from));
  }

  /** Has the attestation, and gives the bundle in its own way. */
  private ScriptedHolder giving(String name, Giving giving) throws Exception {
    return closing(
        new ScriptedHolder(
            team.issue("spiffe://team/" + name),
            (path, from, out) -> {
              if (path.startsWith("/v1/results/")) {
                ScriptedHolder.give(out, result.attestation().bytes(), 0);
              } else {
                giving.give(out, from);
              }
            }));
  }

  /** Gives the attestation and this much of a bundle in one answer, and is gone. */
  private ScriptedHolder atOnce(String name, byte[] content, int given) throws Exception {
    byte[] before = WholeResult.beforeBundle(result.attestation().bytes());
    String head =
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: "
            + MediaTypes.RESULT
            + "\r\nContent-Length: "
            + (before.length + content.length)
            + "\r\n\r\n";
    return closing(
        new ScriptedHolder(
            team.issue("spiffe://team/" + name),
            (path, _, out) -> {
              if (!path.startsWith("/v1/results/")) {
                ScriptedHolder.refuse(out);
                return;
              }
              out.write(head.getBytes(UTF_8));
              out.write(before);
              out.write(content, 0, given);
              out.flush();
              while (given < content.length && arrived() < given) {
                Thread.sleep(10);
              }
            }));
  }

  /** Breaks off when what was sent has arrived: a client may drop what it had not read by then. */
  private void dieAtHalf(OutputStream out, byte[] content)
      throws IOException, InterruptedException {
    sendHalf(out, content);
    while (arrived() < half) {
      Thread.sleep(10);
    }
  }

  private void stallAtHalf(OutputStream out, byte[] content)
      throws IOException, InterruptedException {
    sendHalf(out, content);
    new CountDownLatch(1).await();
  }

  private void sendHalf(OutputStream out, byte[] content) throws IOException {
    ScriptedHolder.begin(out, content.length, 0);
    out.write(content, 0, half);
    out.flush();
  }

  private long arrived() throws IOException {
    try (Stream<Path> files = Files.walk(staging)) {
      for (Path file : files.filter(path -> path.endsWith("bundle")).toList()) {
        return Files.size(file);
      }
    } catch (NoSuchFileException | UncheckedIOException e) {
      // It has just gone.
    }
    return 0;
  }

  private static byte[] changed(byte[] content) {
    byte[] changed = content.clone();
    changed[7] ^= 1;
    return changed;
  }

  private static byte[] changedLast(byte[] content) {
    byte[] changed = content.clone();
    changed[changed.length - 1] ^= 1;
    return changed;
  }

  private static InstantSource aheadBy(Duration off) {
    return () -> Instant.now().plus(off);
  }

  private static Holder named(String name, URI address) {
    return new Holder(new PeerId("spiffe://team/" + name), List.of(address));
  }

  private static URI closed() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return PeerAddress.parse("https://127.0.0.1:" + socket.getLocalPort());
    }
  }

  /** Connections are made, and nobody ever reads from them. */
  private URI accepting() throws IOException {
    ServerSocket socket = closing(new ServerSocket(0, 100, InetAddress.getLoopbackAddress()));
    return PeerAddress.of((InetSocketAddress) socket.getLocalSocketAddress());
  }

  /** Whose queue is full: the kernel drops who else wants to connect. */
  private URI dropping() throws IOException {
    ServerSocket full = closing(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
    while (true) {
      Socket socket = closing(new Socket());
      try {
        socket.connect(full.getLocalSocketAddress(), 300);
      } catch (SocketTimeoutException e) {
        return PeerAddress.of((InetSocketAddress) full.getLocalSocketAddress());
      }
    }
  }

  private <T extends AutoCloseable> T closing(T closeable) {
    open.add(closeable);
    return closeable;
  }
}
