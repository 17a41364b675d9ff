package dev.peer.core.find;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.chunk.Chunk;
import dev.peer.core.chunk.ChunkList;
import dev.peer.core.find.FetchException.Fault;
import dev.peer.core.flow.DownloadBytes;
import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.record.BundleFrames;
import dev.peer.core.record.Content;
import dev.peer.core.record.Records;
import dev.peer.core.sign.Attestation;
import dev.peer.core.sign.Signing;
import dev.peer.core.store.HeldChunks;
import dev.peer.core.store.Store;
import dev.peer.core.store.StoredRecord;
import java.io.ByteArrayOutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedChunksTest {

  private static final RepoId REPO = Records.inputs().repo();
  private static final RunKey KEY = Records.inputs().key();
  private static final Duration PATIENT = Duration.ofMinutes(1);
  private static final int SIZE = 6 << 20;
  private static final Holder HOLDER = new Holder(new PeerId("holder"), List.of());

  @TempDir private static Path results;
  private static Signing signing;
  private static Signing.Result before;
  private static Signing.Result wanted;

  @TempDir private Path directory;

  private final List<String> said = new ArrayList<>();
  private final PartialHolder holder = new PartialHolder();
  private Store store;
  private StoredRecord kept;

  /** Two results with a little difference. */
  @BeforeAll
  static void makeResults() throws Exception {
    signing = new Signing();
    String content = text(1);
    before = signing.result(results.resolve("before"), content);
    wanted =
        signing.result(
            results.resolve("wanted"),
            content.substring(0, SIZE / 2) + "new" + content.substring(SIZE / 2));
  }

  /** The store has one, and a holder the other. */
  @BeforeEach
  void keepResult() throws Exception {
    store = Store.open(directory.resolve("store"), 3);
    kept = store.keep(signing.verified(before, Files.createDirectory(directory.resolve("made"))));
    holder.bundle = Files.readAllBytes(wanted.bundle());
    holder.list = listOf(wanted.bundle());
  }

  @AfterEach
  void closeResult() {
    kept.close();
  }

  @Test
  void asksForWhatIsNotHereAlone() throws Exception {
    assertThat(got(0)).isEqualTo(holder.bundle);

    assertThat(holder.asked).hasSizeBetween(2, 4).first().isEqualTo("list");
    assertThat(holder.asked).noneMatch(request -> request.startsWith("all"));
    assertThat(holder.moved).isLessThan(holder.bundle.length / 2);
    assertThat(said)
        .singleElement()
        .asString()
        .matches("[1-3] of [456] MiB came from holder, the rest from results that are here");
  }

  @Test
  void goesOnInTheMiddle() throws Exception {
    int there = holder.bundle.length / 3;

    byte[] rest = got(there);

    assertThat(rest)
        .isEqualTo(
            Arrays.copyOfRange(
                holder.bundle, holder.bundle.length - rest.length, holder.bundle.length));
    assertThat(rest.length).isBetween(holder.bundle.length - there, holder.bundle.length);
    assertThat(holder.moved).isLessThan(holder.bundle.length / 2);
  }

  @Test
  void getsAChunkFromTheHolderThatIsDamagedHere() throws Exception {
    got(0);
    long usually = holder.moved;
    holder.moved = 0;
    byte[] damaged = Files.readAllBytes(kept.bundleFile());
    Chunk shared = listOf(kept.bundleFile()).chunks().get(1);
    damaged[(int) shared.offset() + 1000] ^= 1;
    Files.write(kept.bundleFile(), damaged);

    assertThat(got(0)).isEqualTo(holder.bundle);
    assertThat(holder.moved).isEqualTo(usually + shared.length());
  }

  @Test
  void getsFromTheHolderWhatCannotBeReadHere() throws Exception {
    HeldChunks held = HeldChunks.open(store, REPO);
    Content content = new Content(holder.bundle.length, Digest.of(holder.bundle));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (Fetch.Download download =
        new SharedChunks(holder, held, said::add).bundle(HOLDER, content, 0)) {
      held.close();

      download.into(out, PATIENT);
    }

    assertThat(out.toByteArray()).isEqualTo(holder.bundle);
    assertThat(holder.moved).isEqualTo(holder.bundle.length);
  }

  @Test
  void getsAllFromAHolderWithoutAList() throws Exception {
    holder.list = null;

    assertThat(got(0)).isEqualTo(holder.bundle);
    assertThat(holder.asked).containsExactly("list", "all from 0");
    assertThat(said).isEmpty();
  }

  @Test
  void getsAllWhereTheListIsNone() throws Exception {
    holder.listFault = Optional.of(new FetchException(Fault.WRONG, "the list is refused"));

    assertThat(got(0)).isEqualTo(holder.bundle);
    assertThat(holder.asked).containsExactly("list", "all from 0");
    assertThat(said).containsExactly("the list is refused; all of the bundle is moved");
  }

  /** The list of a large bundle takes a while, the bundle itself does not. */
  @Test
  void getsAllWhereTheListDoesNotCome() throws Exception {
    holder.listFault = Optional.of(new FetchException(Fault.UNREACHABLE, "no answer in time"));

    assertThat(got(0)).isEqualTo(holder.bundle);
    assertThat(holder.asked).containsExactly("list", "all from 0");
  }

  @Test
  void getsTheRestFromAHolderThatGivesNoParts() throws Exception {
    holder.parts = false;

    assertThat(got(0)).isEqualTo(holder.bundle);
    assertThat(holder.asked.getLast()).startsWith("all from ");
  }

  @Test
  void skipsWhatIsHereIfAHolderGivesNeitherPartsNorTheRest() throws Exception {
    holder.parts = false;
    holder.rest = false;

    assertThat(got(holder.bundle.length / 3))
        .endsWith(Arrays.copyOfRange(holder.bundle, SIZE / 2, holder.bundle.length));
  }

  @Test
  void asksForNoListWhereNothingIsHereOrTheBundleIsSmall() throws Exception {
    Store empty = Store.open(directory.resolve("empty"), 1);
    try (HeldChunks held = HeldChunks.open(empty, REPO)) {
      assertThat(got(held, 0)).isEqualTo(holder.bundle);
    }
    got(holder.bundle.length - 1000);

    assertThat(holder.asked).noneMatch(request -> request.equals("list"));
  }

  @Test
  void getsAllWhereTooLittleIsShared() throws Exception {
    Signing.Result other = signing.result(directory.resolve("other"), text(2));
    holder.bundle = Files.readAllBytes(other.bundle());
    holder.list = listOf(other.bundle());

    assertThat(got(0)).isEqualTo(holder.bundle);
    assertThat(holder.asked).containsExactly("list", "all from 0");
  }

  @Test
  void findsAResultByItsChunks() throws Exception {
    try (Replayable found = find()) {
      assertThat(found.stored().bundleFile()).hasBinaryContent(holder.bundle);
      assertThat(found.delivery())
          .contains(new Delivery(HOLDER.id(), holder.moved, holder.bundle.length - holder.moved));
    }
    assertThat(holder.asked).contains("list").noneMatch(request -> request.startsWith("all"));
  }

  @Test
  void expectsWhatIsMovedThen() throws Exception {
    Delivery expected;
    try (SharedChunks chunks = chunks()) {
      expected = chunks.expected(HOLDER, content());
    }
    assertThat(holder.asked).containsExactly("list");

    got(0);

    assertThat(expected)
        .isEqualTo(new Delivery(HOLDER.id(), holder.moved, holder.bundle.length - holder.moved));
  }

  @Test
  void expectsAllOfABundleThatComesWithItsAttestation() throws Exception {
    holder.atOnce = holder.bundle.length;

    try (SharedChunks chunks = chunks()) {
      assertThat(chunks.expected(HOLDER, content()))
          .isEqualTo(new Delivery(HOLDER.id(), holder.bundle.length, 0));
    }
    assertThat(holder.asked).isEmpty();
  }

  /** The rest of a chunk counts as taken from here, and its beginning as moved. */
  @Test
  void countsNoByteTwiceThatGoesOnInTheMiddleOfAChunk() throws Exception {
    got(0);
    long usually = holder.bundle.length - holder.moved;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Chunk second = holder.list.chunks().get(1);

    try (SharedChunks chunks = chunks();
        Fetch.Download rest = chunks.bundle(HOLDER, content(), second.offset() + 1000)) {
      rest.into(out, PATIENT);
      assertThat(chunks.here()).isEqualTo(usually - 1000);
    }
  }

  /** Chunks that are here, and were asked for by a list that is wrong. */
  @Test
  void getsAllOfAResultWhoseListLied() throws Exception {
    List<Chunk> chunks = new ArrayList<>(holder.list.chunks());
    Chunk last = chunks.removeLast();
    Chunk second = chunks.removeLast();
    Chunk first = chunks.removeLast();
    chunks.add(new Chunk(first.offset(), second.length(), second.digest()));
    chunks.add(new Chunk(first.offset() + second.length(), first.length(), first.digest()));
    chunks.add(last);
    holder.list = new ChunkList(chunks);

    try (Replayable found = find()) {
      assertThat(found.stored().bundleFile()).hasBinaryContent(holder.bundle);
    }

    assertThat(said)
        .anyMatch(
            line ->
                line.startsWith("what holder gave in parts is refused: the bundle's digest is "));
    assertThat(holder.asked.getLast()).isEqualTo("all from 0");
    assertThat(directory.resolve("store/staging")).isEmptyDirectory();
  }

  @Test
  void namesAHolderThatGivesWrongPartsAndAWrongWhole() throws Exception {
    holder.bundle[holder.bundle.length / 2] ^= 1;

    assertThat(pull().take(List.of(HOLDER))).isEmpty();

    assertThat(said)
        .anyMatch(line -> line.startsWith("what holder gave in parts is refused: "))
        .anyMatch(line -> line.startsWith("the result of holder is refused: "));
    assertThat(holder.reported).containsExactly("holder");
  }

  private Replayable find() throws Exception {
    return pull().take(List.of(HOLDER)).orElseThrow();
  }

  private ResultPull pull() {
    return new ResultPull(
        REPO,
        KEY,
        store,
        new Holders(holder, holder),
        new ResultRules(signing.verifier(), Acceptance.EVERYTHING),
        said::add);
  }

  private byte[] got(long there) throws Exception {
    try (HeldChunks held = HeldChunks.open(store, REPO)) {
      return got(held, there);
    }
  }

  private SharedChunks chunks() {
    return SharedChunks.of(holder, content(), store, REPO, said::add);
  }

  private Content content() {
    return new Content(holder.bundle.length, Digest.of(holder.bundle));
  }

  private byte[] got(HeldChunks held, long there) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (Fetch.Download download =
        new SharedChunks(holder, held, said::add).bundle(HOLDER, content(), there)) {
      assertThat(download.from()).isLessThanOrEqualTo(there);
      download.into(out, PATIENT);
    }
    return out.toByteArray();
  }

  private static ChunkList listOf(Path bundle) throws Exception {
    try (FileChannel file = FileChannel.open(bundle)) {
      return BundleFrames.chunks(file);
    }
  }

  /** Text of an artifact that can be compressed a little. */
  private static String text(int seed) {
    byte[] bytes = new byte[SIZE];
    new Random(seed).nextBytes(bytes);
    for (int i = 0; i < SIZE; i++) {
      bytes[i] = (byte) ('0' + (bytes[i] & 0x3f));
    }
    return new String(bytes, ISO_8859_1);
  }

  /** Holds the wanted result, and counts what it gives. */
  private final class PartialHolder implements Fetch, Lookup {

    private final List<String> asked = new ArrayList<>();
    private final List<String> reported = new ArrayList<>();
    private byte[] bundle;
    private ChunkList list;
    private Optional<FetchException> listFault = Optional.empty();
    private boolean parts = true;
    private boolean rest = true;
    private long moved;
    private long atOnce;

    @Override
    public long largestAtOnce() {
      return atOnce;
    }

    @Override
    public Attestation attestation(Holder from, RunKey key) {
      return wanted.attestation();
    }

    @Override
    public Download bundle(Holder from, Content content, long there) {
      asked.add("all from " + there);
      moved += bundle.length - there;
      return new DownloadBytes(bundle, rest ? there : 0);
    }

    @Override
    public Optional<Parts> parts(Holder from, Content content) throws FetchException {
      asked.add("list");
      if (listFault.isPresent()) {
        throw listFault.get();
      }
      return Optional.ofNullable(list).map(ListedParts::new);
    }

    @Override
    public LookupResult find(RepoId repo, RunKey key) {
      return new LookupResult.Found(List.of(HOLDER));
    }

    @Override
    public void report(RepoId repo, RunKey key, PeerId id, Fault fault) {
      reported.add(id.text());
    }

    private final class ListedParts implements Parts {

      private final ChunkList chunks;

      ListedParts(ChunkList chunks) {
        this.chunks = chunks;
      }

      @Override
      public ChunkList list() {
        return chunks;
      }

      @Override
      public Download part(long from, long length) throws FetchException {
        if (!parts) {
          throw new FetchException(Fault.REFUSED, "no parts");
        }
        asked.add("part");
        moved += length;
        return new DownloadBytes(Arrays.copyOf(bundle, (int) (from + length)), from);
      }
    }
  }
}
