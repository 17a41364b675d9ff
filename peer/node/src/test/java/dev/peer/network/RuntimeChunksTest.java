package dev.peer.network;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import dev.peer.client.Timeouts;
import dev.peer.client.fetch.HolderFetch;
import dev.peer.core.access.AccessRules;
import dev.peer.core.access.NamespaceRules;
import dev.peer.core.chunk.Chunk;
import dev.peer.core.chunk.ChunkList;
import dev.peer.core.find.Holder;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.record.Content;
import dev.peer.core.record.DeltaWriter;
import dev.peer.core.sign.RuntimeVerifier;
import dev.peer.core.store.ChunkLists;
import dev.peer.core.trust.Credentials;
import dev.peer.http.AnsweredRequest;
import dev.peer.http.HttpCall;
import dev.peer.http.Https;
import dev.peer.http.HttpsServer;
import dev.peer.http.Operations;
import dev.peer.http.ServerLimits;
import dev.peer.http.ServerSettings;
import dev.peer.metrics.Metrics;
import dev.peer.network.RuntimeSource.Offer;
import dev.peer.server.HeldFiles;
import dev.peer.server.HeldImages;
import dev.peer.server.HeldLargeFiles;
import dev.peer.server.PeerServer;
import dev.peer.tls.TestAuthority;
import dev.peer.tls.TlsIdentity;
import dev.peer.tls.TlsListener;
import dev.peer.vm.snapshot.HeldRuntime;
import dev.peer.vm.snapshot.ServedRuntimes;
import dev.peer.wire.MediaTypes;
import dev.peer.wire.PeerAddress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is moved of a runtime of which most is here, by the real server. */
@Timeout(300)
class RuntimeChunksTest {

  private static final RepoId REPO = new RepoId("example.org/team/project");
  private static final RepoId ANOTHER = new RepoId("example.org/another");

  private static TestAuthority team;
  private static Credentials maker;

  @TempDir private Path directory;
  private final List<String> said = new CopyOnWriteArrayList<>();
  private final List<AnsweredRequest> requests = new CopyOnWriteArrayList<>();
  private AccessRules rules = AccessRules.open();
  private AccessRules serverRules = AccessRules.open();
  private PeerServer server;
  private HolderFetch fetch;
  private RuntimeSource source;

  /** The clusters of the disks, by their numbers. */
  private Map<Integer, byte[]> before;

  private Map<Integer, byte[]> after;

  @BeforeAll
  static void issue() throws Exception {
    team = new TestAuthority("team");
    maker = team.issue("spiffe://team/maker");
  }

  /** As where a package is added: metadata, a place between old files, and a new place. */
  @BeforeEach
  void start() throws Exception {
    before = new TreeMap<>();
    RuntimeHome.fill(before, 0, 4);
    RuntimeHome.fill(before, 100, 400);
    RuntimeHome.fill(before, 501, 300);
    after = new TreeMap<>(before);
    RuntimeHome.fill(after, 0, 2);
    RuntimeHome.fill(after, 500, 1);
    RuntimeHome.fill(after, 2000, 300);
    server =
        PeerServer.start(
            team.peer("spiffe://team/laptop"),
            () -> serverRules,
            new HeldFiles(
                HeldImages.NONE, HeldLargeFiles.NONE, new KeptRuntimes(home("laptop").served())),
            Optional.empty(),
            new ServerSettings(
                Https.LOOPBACK,
                ServerLimits.PEER,
                new Operations(new Metrics(), List.of(), requests::add)));
    TlsIdentity ci = team.peer("spiffe://team/ci");
    fetch = new HolderFetch(ci, Timeouts.DEFAULT);
    source =
        new RuntimeSource(
            Optional.empty(),
            fetch,
            new LocalRuntimes(home("ci").served(), () -> rules),
            this::verifier,
            said::add);
  }

  @AfterEach
  void close() {
    fetch.close();
    server.close();
  }

  @Test
  void movesWhatChanged() throws Exception {
    home("ci").keep(REPO, before, 1);
    Offer offer = offer(home("laptop").keep(REPO, after, 2));
    long expected = source.toMove(offer);

    assertThat(fetched(offer)).isTrue();

    server.close();
    assertThat(moved()).isBetween(expected, changed() * 12 / 10);
    assertThat(said)
        .anyMatch(
            line ->
                line.matches(
                    "\\d+ of \\d+ MiB came from spiffe://team/laptop, the rest from runtimes"
                        + " that are here"));
  }

  @Test
  void movesWhatAnotherRepositoryHasNot() throws Exception {
    home("ci").keep(ANOTHER, before, 1);
    Offer offer = offer(home("laptop").keep(REPO, after, 2));
    long expected = source.toMove(offer);

    assertThat(fetched(offer)).isTrue();

    server.close();
    assertThat(moved()).isBetween(expected, changed() * 12 / 10);
  }

  /** It would learn what is in there from what it is not asked for. */
  @Test
  void movesAllWhereItsHolderMayNotFetchTheOtherRepositorys() throws Exception {
    home("ci").keep(ANOTHER, after, 1);
    NamespaceRules fetch =
        NamespaceRules.parse("example.org/team/* => anyone; * => uri:spiffe://team/ci");
    rules = new AccessRules(fetch, rules.announce(), rules.sign());
    Offer offer = offer(home("laptop").keep(REPO, after, 2));
    long expected = source.toMove(offer);

    assertThat(fetched(offer)).isTrue();

    server.close();
    assertThat(moved()).isEqualTo(expected).isEqualTo(offer.verified().runtime().content().size());
  }

  /** A list that lies costs the way by chunks; what counts is the signed digest. */
  @Test
  void getsAllWhereTheListLies() throws Exception {
    HeldRuntime here = home("ci").keep(REPO, before, 1);
    HeldRuntime there = home("laptop").keep(REPO, after, 2);
    Files.write(there.content().resolveSibling("chunks"), lie(here, there));

    assertThat(fetched(offer(there))).isTrue();

    assertThat(said)
        .containsOnlyOnce(
            "no more of the runtime comes from spiffe://team/laptop: its bytes are not those that"
                + " it lists");
  }

  @Test
  void refusesWrongBytesWhateverTheyAreMadeOf() throws Exception {
    home("ci").keep(REPO, before, 1);
    HeldRuntime there = home("laptop").keep(REPO, after, 2);
    Offer offer = offer(there);
    byte[] bytes = Files.readAllBytes(there.content());
    bytes[bytes.length - 1000] ^= 1;
    Files.write(there.content(), bytes);

    assertThat(fetched(offer)).isFalse();

    assertThat(said)
        .anyMatch(line -> line.startsWith("the list of chunks of spiffe://team/laptop is refused"))
        .anyMatch(line -> line.startsWith("the runtime of spiffe://team/laptop is refused"));
    assertThat(file()).doesNotExist();
  }

  /** The rest of a file that was begun is put together too. */
  @Test
  void goesOnWithinAChunk() throws Exception {
    home("ci").keep(REPO, before, 1);
    HeldRuntime there = home("laptop").keep(REPO, after, 2);
    byte[] bytes = Files.readAllBytes(there.content());
    Files.write(file(), Arrays.copyOf(bytes, bytes.length / 3));

    assertThat(fetched(offer(there))).isTrue();

    assertThat(file()).hasBinaryContent(bytes);
    server.close();
    assertThat(moved()).isLessThan(changed() * 12 / 10);
  }

  @Test
  void dropsNoRuntimeThatIsSent() throws Exception {
    HeldRuntime there = home("laptop").keep(REPO, after, 2);
    ServedRuntimes.Name name = new ServedRuntimes.Name(REPO, RuntimeHome.IMAGE);
    ServedRuntimes.Claim held = home("laptop").served().hold(name, there.digest()).orElseThrow();

    assertThat(home("laptop").disks().drop(REPO, "a test")).isZero();
    assertThat(held.content()).exists();
    held.hold().close();

    assertThat(home("laptop").disks().drop(REPO, "a test")).isEqualTo(1);
    assertThat(home("laptop").served().hold(name, there.digest())).isEmpty();
  }

  @Test
  void countsTheListOfChunks() throws Exception {
    home("ci").keep(REPO, before, 1);
    HeldRuntime there = home("laptop").keep(REPO, after, 2);
    long bytes = home("laptop").disks().list().getFirst().runtimeBytes();

    assertThat(fetched(offer(there))).isTrue();

    assertThat(home("laptop").disks().list().getFirst().runtimeBytes())
        .isEqualTo(bytes + Files.size(there.content().resolveSibling("chunks")));
  }

  @Test
  void movesTheDeltaAloneWhereTheHolderHasOne() throws Exception {
    HeldRuntime here = home("ci").keep(REPO, before, 1);
    HeldRuntime there = home("laptop").keep(REPO, little(), 2);
    byte[] delta = putDelta(here, there);
    Offer offer = offer(there);
    long expected = source.toMove(offer);

    assertThat(fetched(offer)).isTrue();

    server.close();
    assertThat(expected).isEqualTo(delta.length);
    assertThat(moved()).as("with one byte to learn that").isEqualTo(delta.length + 1);
    assertThat(file()).hasSameBinaryContentAs(there.content());
    assertThat(HeldRuntime.delta(file(), here.digest()))
        .as("to be served on")
        .hasBinaryContent(delta);
    assertThat(said).anyMatch(line -> line.endsWith("the rest from runtimes that are here"));
  }

  /** The next one has it. */
  @Test
  void asksTheNextHolderWhereADeltaBreaksOff() throws Exception {
    HeldRuntime here = home("ci").keep(REPO, before, 1);
    HeldRuntime there = home("laptop").keep(REPO, little(), 2);
    byte[] delta = putDelta(here, there);
    Offer offer = offer(there);
    try (HttpsServer cut =
        HttpsServer.start(
            new TlsListener(team.peer("spiffe://team/cut")),
            Https.LOOPBACK,
            ServerLimits.PEER,
            call -> call.answer(200, MediaTypes.DELTA, sink -> breakOff(delta, sink)))) {
      Holder other =
          new Holder(team.peer("spiffe://team/cut").id(), List.of(PeerAddress.of(cut.address())));
      List<Holder> holders = List.of(other, offer.holders().getFirst());

      assertThat(fetched(new Offer(offer.verified(), holders))).isTrue();
    }

    server.close();
    assertThat(said).anyMatch(line -> line.startsWith("spiffe://team/cut: the transfer broke off"));
    assertThat(moved()).isEqualTo(delta.length);
  }

  private static void breakOff(byte[] bytes, HttpCall.Sink sink) throws IOException {
    sink.write(ByteBuffer.wrap(bytes, 0, bytes.length / 2));
    throw new IOException("the end");
  }

  @Test
  void movesChunksWhereADeltaMakesSomethingElseOrIsNone() throws Exception {
    HeldRuntime here = home("ci").keep(REPO, before, 1);
    HeldRuntime there = home("laptop").keep(REPO, little(), 2);
    Map<Integer, byte[]> third = little();
    RuntimeHome.fill(third, 3000, 1);
    byte[] other = putDelta(here, home("third").keep(REPO, third, 3));
    for (byte[] lie :
        List.of(other, Arrays.copyOf(other, other.length / 2), Arrays.copyOf(other, 40))) {
      Files.write(delta(here, there), lie);
      said.clear();

      assertThat(fetched(offer(there))).isTrue();

      assertThat(file()).hasSameBinaryContentAs(there.content());
      assertThat(said)
          .containsOnlyOnce(
              "the delta of spiffe://team/laptop is refused: its bytes are not those that were"
                  + " signed");
      Files.delete(file());
    }
  }

  @Test
  void accusesNobodyWhereAnotherVersionOfPeerMadeTheDelta() throws Exception {
    HeldRuntime here = home("ci").keep(REPO, before, 1);
    HeldRuntime there = home("laptop").keep(REPO, little(), 2);
    byte[] delta = putDelta(here, there);
    delta[5] ^= 1;
    Files.write(delta(here, there), delta);

    assertThat(fetched(offer(there))).isTrue();

    assertThat(said).noneMatch(line -> line.contains("refused"));
  }

  @Test
  void accusesNobodyWhereTheRuntimeThatIsHereIsDamaged() throws Exception {
    HeldRuntime here = home("ci").keep(REPO, before, 1);
    HeldRuntime there = home("laptop").keep(REPO, little(), 2);
    putDelta(here, there);
    byte[] bytes = Files.readAllBytes(here.content());
    bytes[bytes.length / 2] ^= 1;
    Files.write(here.content(), bytes);

    assertThat(fetched(offer(there))).isTrue();

    assertThat(said)
        .contains("the runtime " + here.digest() + " that is here is damaged")
        .noneMatch(line -> line.contains("refused"));
  }

  /** A holder need not learn which runtimes of others are here. */
  @Test
  void asksForNoDeltaOfAnotherRepositorys() throws Exception {
    HeldRuntime here = home("ci").keep(ANOTHER, before, 1);
    HeldRuntime there = home("laptop").keep(REPO, little(), 2);
    putDelta(here, there);

    assertThat(fetched(offer(there))).isTrue();

    server.close();
    assertThat(requests).noneMatch(request -> request.target().path().contains("/delta/"));
  }

  @Test
  void givesADeltaOnlyToThoseWhoMayFetchTheRepositorys() throws Exception {
    HeldRuntime here = home("ci").keep(REPO, before, 1);
    HeldRuntime there = home("laptop").keep(REPO, little(), 2);
    byte[] delta = putDelta(here, there);
    Offer offer = offer(there);
    Content content = offer.verified().runtime().content();
    Holder laptop = offer.holders().getFirst();
    HolderFetch.RuntimeFetch runtimes = fetch.runtimes(REPO, RuntimeHome.IMAGE);

    assertThat(runtimes.delta(laptop, content, here.digest())).contains(delta);
    assertThat(runtimes.delta(laptop, content, there.digest())).as("of itself").isEmpty();
    serverRules =
        new AccessRules(
            NamespaceRules.parse("example.org/another => anyone"), rules.announce(), rules.sign());
    assertThat(runtimes.delta(laptop, content, here.digest())).isEmpty();
    assertThat(runtimes.deltaSize(laptop, content, here.digest())).isEmpty();
  }

  /** Of what is new so much that there is a delta. */
  private Map<Integer, byte[]> little() {
    Map<Integer, byte[]> little = new TreeMap<>(after);
    little.keySet().removeIf(number -> number > 2050);
    return little;
  }

  private static byte[] putDelta(HeldRuntime here, HeldRuntime there) throws Exception {
    byte[] delta = DeltaWriter.write(here.content(), there.content()).orElseThrow();
    Files.write(delta(here, there), delta);
    return delta;
  }

  private static Path delta(HeldRuntime here, HeldRuntime there) {
    return HeldRuntime.delta(there.content(), here.digest());
  }

  /** Two chunks that are here, in the place of two others of the same lengths together. */
  private static byte[] lie(HeldRuntime here, HeldRuntime there) throws IOException {
    List<Chunk> chunks = new ArrayList<>();
    long size = Files.size(there.content());
    Chunk known = chunks(here).get(1);
    for (long at = 0; at < size; ) {
      int length = (int) Math.min(known.length(), size - at);
      chunks.add(
          new Chunk(
              at, length, length == known.length() ? known.digest() : Digest.of(new byte[] {1})));
      at += length;
    }
    return new ChunkList(chunks).bytes();
  }

  private static List<Chunk> chunks(HeldRuntime runtime) throws IOException {
    Path list =
        new ChunkLists()
            .of(runtime.content(), runtime.content().resolveSibling("chunks"))
            .orElseThrow();
    return ChunkList.parse(Files.readAllBytes(list), Files.size(runtime.content())).chunks();
  }

  /** The bytes of the answers' bodies, except of those that list runtimes. */
  private long moved() {
    return requests.stream()
        .filter(request -> !request.target().path().endsWith(RuntimeHome.IMAGE.hex()))
        .mapToLong(request -> request.outcome().bytes())
        .sum();
  }

  /** The bytes of the clusters that are new or others, compressed together. */
  private long changed() {
    ByteArrayOutputStream changed = new ByteArrayOutputStream();
    after.forEach(
        (number, bytes) -> {
          if (!Arrays.equals(before.get(number), bytes)) {
            changed.writeBytes(bytes);
          }
        });
    return Zstd.compress(changed.toByteArray(), 3).length;
  }

  private boolean fetched(Offer offer) throws Exception {
    return source.fetch(offer, file());
  }

  private Path file() {
    return directory.resolve("fetched");
  }

  private Offer offer(HeldRuntime runtime) throws Exception {
    Holder laptop =
        new Holder(
            team.peer("spiffe://team/laptop").id(), List.of(PeerAddress.of(server.address())));
    return source.offers(laptop, RuntimeHome.disk(REPO)).stream()
        .filter(offer -> offer.verified().runtime().content().digest().equals(runtime.digest()))
        .findFirst()
        .orElseThrow();
  }

  private RuntimeVerifier verifier() {
    return new RuntimeVerifier(team.validator(), AccessRules.open(), InstantSource.system());
  }

  private RuntimeHome home(String name) {
    return new RuntimeHome(directory.resolve(name), maker);
  }
}
