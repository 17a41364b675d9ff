package dev.peer.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.access.AccessRules;
import dev.peer.core.find.Holder;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.sign.Attestation;
import dev.peer.core.sign.RuntimeVerifier;
import dev.peer.core.trust.Credentials;
import dev.peer.http.AnsweredRequest;
import dev.peer.http.HttpCall;
import dev.peer.http.Https;
import dev.peer.http.Operations;
import dev.peer.http.ServerLimits;
import dev.peer.http.ServerSettings;
import dev.peer.metrics.Metrics;
import dev.peer.network.RuntimeSource.Offer;
import dev.peer.server.HeldFiles;
import dev.peer.server.HeldImages;
import dev.peer.server.HeldLargeFiles;
import dev.peer.server.HeldRuntimes;
import dev.peer.server.PeerServer;
import dev.peer.tls.TestAuthority;
import dev.peer.vm.snapshot.HeldRuntime;
import dev.peer.vm.snapshot.ServedRuntimes;
import dev.peer.wire.ByteRange;
import dev.peer.wire.MediaTypes;
import dev.peer.wire.PeerAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A runtime that several peers hold, over real sockets. Each of them waits with its first part
 * until every other one was asked for one, so none is too slow to take part.
 */
@Timeout(300)
class RuntimeHoldersTest {

  private static final RepoId REPO = new RepoId("example.org/team/project");

  private static TestAuthority team;
  private static Credentials maker;

  @TempDir private Path directory;
  private final List<String> said = new CopyOnWriteArrayList<>();
  private final Map<AnsweredRequest, String> requests = new ConcurrentHashMap<>();
  private final List<PeerServer> servers = new ArrayList<>();
  private final List<Holder> holders = new ArrayList<>();
  private final List<CountDownLatch> asked = new ArrayList<>();
  private final CountDownLatch over = new CountDownLatch(1);
  private TestNetwork network;
  private RuntimeSource source;
  private RuntimeHome home;
  private HeldRuntime runtime;

  @BeforeAll
  static void issue() throws Exception {
    team = new TestAuthority("team");
    maker = team.issue("spiffe://team/maker");
  }

  @BeforeEach
  void start() throws Exception {
    network = new TestNetwork(team);
    source =
        new RuntimeSource(
            Optional.empty(),
            network.fetch(team.peer("spiffe://team/ci")),
            new LocalRuntimes(new ServedRuntimes(directory.resolve("ci")), AccessRules::open),
            this::verifier,
            said::add);
    home = new RuntimeHome(directory.resolve("team"), maker);
    Map<Integer, byte[]> clusters = new TreeMap<>();
    RuntimeHome.fill(clusters, 0, 320);
    runtime = home.keep(REPO, clusters, 1);
  }

  @AfterEach
  void close() throws Exception {
    over.countDown();
    servers.forEach(PeerServer::close);
    network.close();
  }

  @Test
  void getsPartsFromBothOfTwo() throws Exception {
    holder("one", honest());
    holder("two", honest());

    assertThat(fetched()).isTrue();

    assertThat(given().values()).hasSize(2).allMatch(bytes -> bytes >= 1 << 20);
    assertThat(said)
        .anyMatch(
            line ->
                line.matches(
                    "(\\d+) of \\1 MiB came from spiffe://team/[onetw]+, spiffe://team/[onetw]+"));
  }

  @Test
  void getsAllFromTheOnlyOneInOnePart() throws Exception {
    holder("one", honest());

    assertThat(fetched()).isTrue();

    assertThat(given()).containsExactly(Map.entry("one", Files.size(runtime.content())));
    assertThat(said).isEmpty();
  }

  /** It knows nothing of lists, or cannot keep one. */
  @Test
  void getsPartsFromOneThatHasNoList() throws Exception {
    holder("older", withoutList());
    holder("newer", honest(), 1);

    assertThat(fetched()).isTrue();
    assertThat(given()).containsOnlyKeys("older", "newer");
  }

  @Test
  void getsAllFromOneAfterTheOtherWhereNobodyHasAList() throws Exception {
    for (String name : List.of("one", "two")) {
      holder(name, withoutList());
    }
    asked.forEach(CountDownLatch::countDown);

    assertThat(fetched()).isTrue();
    assertThat(given()).containsExactly(Map.entry("one", Files.size(runtime.content())));
  }

  @Test
  void hasOthersGiveWhatOneDoesNotThatBreaksOff() throws Exception {
    holder("honest", honest());
    answer(
        "breaking",
        (bytes, sink) -> {
          sink.write(bytes.limit(bytes.remaining() / 2));
          throw new IOException("the cable is cut");
        });

    assertThat(fetched()).isTrue();
    assertThat(said)
        .anyMatch(line -> line.startsWith("no more of the runtime comes from spiffe://team/break"));
  }

  @Test
  void hasOthersGiveWhatOneDoesNotThatStalls() throws Exception {
    holder("honest", honest());
    answer(
        "stalling",
        (bytes, sink) -> {
          sink.write(bytes.limit(1000));
          await(over);
        });

    assertThat(fetched()).isTrue();
    assertThat(given()).containsOnlyKeys("honest");
  }

  @Test
  void namesOneWhoseChunksAreWrong() throws Exception {
    holder("honest", honest());
    holder("liar", lying("liar"));

    assertThat(fetched()).isTrue();
    assertThat(said)
        .contains(
            "no more of the runtime comes from spiffe://team/liar: its bytes are not those that"
                + " spiffe://team/honest lists",
            "the runtime of spiffe://team/liar is refused: its bytes are not those that were"
                + " signed");
  }

  /** By its list, the honest one is wrong; that shows only in the end. */
  @Test
  void namesOneWhoseListIsWrongAndNobodyElse() throws Exception {
    holder("liar", lying("liar"));
    holder("honest", honest());

    assertThat(fetched()).isTrue();
    assertThat(said)
        .filteredOn(line -> line.contains("is refused"))
        .contains(
            "the list of chunks of spiffe://team/liar is refused: its bytes are not those that were"
                + " signed")
        .noneMatch(line -> line.contains("team/honest is refused"));
  }

  @Test
  void givesNothingWhereAllLie() throws Exception {
    holder("one", lying("one"));
    holder("two", lying("two"));

    assertThat(fetched()).isFalse();
    assertThat(file()).doesNotExist();
    assertThat(said)
        .anyMatch(line -> line.startsWith("the runtime of spiffe://team/one is refused"))
        .anyMatch(line -> line.startsWith("the runtime of spiffe://team/two is refused"));
  }

  private boolean fetched() throws Exception {
    Offer offer = new Offer(verifier().verify(runtime.attestation(), REPO, List.of()), holders);
    boolean fetched = source.fetch(offer, file());
    if (fetched) {
      assertThat(file()).hasSameBinaryContentAs(runtime.content());
    }
    return fetched;
  }

  private Path file() {
    return directory.resolve("fetched");
  }

  private RuntimeVerifier verifier() {
    return new RuntimeVerifier(team.validator(), AccessRules.open(), InstantSource.system());
  }

  /** Other bytes in the place of the runtime, in each mebibyte of it. */
  private Shown lying(String name) throws IOException {
    byte[] bytes = Files.readAllBytes(runtime.content());
    for (int at = bytes.length - 1000; at > 0; at -= 1 << 20) {
      bytes[at] ^= 1;
    }
    return new Shown(
        Files.write(directory.resolve(name), bytes), directory.resolve(name + ".chunks"));
  }

  private Shown honest() {
    return new Shown(runtime.content(), runtime.content().resolveSibling("chunks"));
  }

  /** A list cannot be kept there. */
  private Shown withoutList() {
    return new Shown(runtime.content(), directory.resolve("nowhere/chunks"));
  }

  /** What a holder has as the content of the runtime, and as the list of its chunks. */
  private record Shown(Path content, Path chunks) {}

  /** A peer that holds the runtime; the first one is asked for its list. */
  private void holder(String name, Shown shown) throws Exception {
    holder(name, shown, holders.isEmpty() ? 1 : 0);
  }

  /**
   * A peer that holds the runtime.
   *
   * @param lists how often it is asked for the list before it is asked for a part
   */
  private void holder(String name, Shown shown, int lists) throws Exception {
    Turn turn = turn();
    AtomicInteger questions = new AtomicInteger();
    PeerServer server =
        PeerServer.start(
            team.peer("spiffe://team/" + name),
            AccessRules::open,
            new HeldFiles(
                HeldImages.NONE,
                HeldLargeFiles.NONE,
                new HeldRuntimes() {
                  @Override
                  public List<Name> names() {
                    return List.of();
                  }

                  @Override
                  public List<Attestation> attestations(Name asked) {
                    return List.of();
                  }

                  @Override
                  public Optional<Claim> hold(Name asked, Digest digest) {
                    if (questions.incrementAndGet() > lists) {
                      turn.await();
                    }
                    return Optional.of(
                        new Claim(
                            shown.content(),
                            shown.chunks(),
                            _ -> shown.chunks().resolveSibling("delta"),
                            () -> {}));
                  }
                }),
            Optional.empty(),
            new ServerSettings(
                Https.LOOPBACK,
                ServerLimits.PEER,
                new Operations(new Metrics(), List.of(), request -> requests.put(request, name))));
    servers.add(server);
    add(name, server.address());
  }

  /** Gives some bytes of a part. */
  @FunctionalInterface
  private interface Giver {

    void give(ByteBuffer part, HttpCall.Sink sink) throws IOException;
  }

  /** A peer that answers as it likes where it is asked for a part. */
  private void answer(String name, Giver giver) throws Exception {
    Turn turn = turn();
    byte[] content = Files.readAllBytes(runtime.content());
    add(
        name,
        network.answer(
            name,
            call -> {
              turn.await();
              ByteRange part =
                  switch (ByteRange.parse(call.header("Range").orElseThrow(), content.length)) {
                    case ByteRange.Selection.Part(ByteRange range) -> range;
                    default -> throw new IllegalStateException(call.path());
                  };
              call.set("Content-Range", part.contentRange(content.length));
              call.answer(
                  206,
                  MediaTypes.BYTES,
                  sink ->
                      giver.give(
                          ByteBuffer.wrap(content, (int) part.first(), (int) part.length()), sink));
            }));
  }

  private void add(String name, InetSocketAddress address) throws Exception {
    holders.add(
        new Holder(team.peer("spiffe://team/" + name).id(), List.of(PeerAddress.of(address))));
  }

  private Turn turn() {
    CountDownLatch own = new CountDownLatch(1);
    asked.add(own);
    return () -> {
      own.countDown();
      for (CountDownLatch other : List.copyOf(asked)) {
        await(other);
      }
    };
  }

  /** Says that one peer was asked for a part, and waits until all were. */
  @FunctionalInterface
  private interface Turn {

    void await();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** How many bytes of the content each of the peers gave. */
  private Map<String, Long> given() {
    servers.forEach(PeerServer::close);
    return requests.entrySet().stream()
        .filter(request -> !request.getKey().target().path().endsWith("/chunks"))
        .collect(
            Collectors.groupingBy(
                Map.Entry::getValue,
                Collectors.summingLong(request -> request.getKey().outcome().bytes())));
  }
}
