package dev.peer.core.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStream;
import dev.peer.core.chunk.Chunk;
import dev.peer.core.chunk.ChunkList;
import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.record.Content;
import dev.peer.core.record.Records;
import dev.peer.core.sign.Signing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChunksTest {

  private static final RepoId REPO = Records.inputs().repo();

  @TempDir private Path directory;

  private final ChunkLists lists = new ChunkLists();

  @Test
  void makesTheListOnceAndKeepsItBesideTheBundle() throws Exception {
    byte[] bundle = frames(300_000, 200_000);
    StoredRecord record = stored(bundle);

    Path list = lists.of(record).orElseThrow();

    assertThat(list).isEqualTo(directory.resolve("chunks"));
    ChunkList read = ChunkList.parse(Files.readAllBytes(list), bundle.length);
    assertThat(read.chunks()).hasSize(2);
    assertThat(read.chunks().getLast().digest())
        .isEqualTo(
            Digest.of(
                Arrays.copyOfRange(bundle, read.chunks().getFirst().length(), bundle.length)));
    Files.write(record.bundleFile(), new byte[bundle.length]);
    assertThat(lists.of(record)).contains(list);
    assertThat(list).hasBinaryContent(read.bytes());
  }

  @Test
  void leavesTheTimeWhenTheResultWasKept() throws Exception {
    Store store = Store.open(directory.resolve("store"), 1);
    Instant kept = Instant.parse("2020-01-31T12:00:00Z");
    try (StoredRecord record = kept(store, new Signing(), "a")) {
      store.date(record, kept);

      assertThat(lists.of(record)).isPresent();

      assertThat(store.entries().locationOf(record).kept()).isEqualTo(kept);
    }
  }

  @Test
  void makesAListAgainThatIsNotWhole() throws Exception {
    StoredRecord record = stored(frames(300_000, 200_000));
    byte[] whole = Files.readAllBytes(lists.of(record).orElseThrow());
    Path list = directory.resolve("chunks");

    for (int length : new int[] {0, 35, 36}) {
      Files.write(list, Arrays.copyOf(whole, length));

      assertThat(lists.of(record)).contains(list);
      assertThat(list).hasBinaryContent(whole);
    }
    try (var all = Files.list(directory)) {
      assertThat(all).containsExactlyInAnyOrder(list, record.bundleFile());
    }
  }

  /** As on a disk that is full, or is only read. */
  @Test
  void thereIsNoListWhereItCannotBeKept() throws Exception {
    StoredRecord record = stored(frames(300_000, 200_000));
    Path inTheWay = Files.createDirectory(directory.resolve("chunks"));
    Files.createFile(inTheWay.resolve("file"));

    assertThat(lists.of(record)).isEmpty();

    try (var all = Files.list(directory)) {
      assertThat(all).containsExactlyInAnyOrder(inTheWay, record.bundleFile());
    }
  }

  @Test
  void aBundleOfOneLargeFrameHasNoList() throws Exception {
    ByteArrayOutputStream made = new ByteArrayOutputStream();
    try (OutputStream out = new ZstdOutputStream(made)) {
      out.write(random(5 << 20));
    }

    assertThat(lists.of(stored(made.toByteArray()))).isEmpty();
    assertThat(directory.resolve("chunks")).doesNotExist();
  }

  @Test
  void saysThatABundleIsGone() throws Exception {
    StoredRecord record = stored(frames(300_000));
    Files.delete(record.bundleFile());

    assertThatThrownBy(() -> lists.of(record)).isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void holdsTheChunksOfARepositorysResults() throws Exception {
    Signing signing = new Signing();
    Store store = Store.open(directory.resolve("store"), 2);
    Chunk chunk;
    try (StoredRecord kept = kept(store, signing, "a")) {
      chunk = onlyChunk(kept);
      kept(store, signing, "b").close();
      try (HeldChunks held = HeldChunks.open(store, REPO)) {
        assertThat(held.isEmpty()).isFalse();
        assertThat(held.lengths()).contains(chunk.length());
        assertThat(held.bytesOf(chunk).orElseThrow().array())
            .isEqualTo(Files.readAllBytes(kept.bundleFile()));
        Chunk another = new Chunk(0, chunk.length(), Digest.of(new byte[] {1}));
        assertThat(held.bytesOf(another)).isEmpty();
        assertThat(held.lengths()).doesNotContain(1);
      }
    }
    try (HeldChunks other = HeldChunks.open(store, new RepoId("other"))) {
      assertThat(other.isEmpty()).isTrue();
      assertThat(other.bytesOf(chunk)).isEmpty();
    }
  }

  @Test
  void givesNoChunkWhoseBytesHaveChanged() throws Exception {
    Store store = Store.open(directory.resolve("store"), 2);
    try (StoredRecord kept = kept(store, new Signing(), "a")) {
      Chunk chunk = onlyChunk(kept);
      byte[] changed = Files.readAllBytes(kept.bundleFile());
      changed[chunk.length() - 20] ^= 1;
      Files.write(kept.bundleFile(), changed);

      try (HeldChunks held = HeldChunks.open(store, REPO)) {
        assertThat(held.bytesOf(chunk)).isEqualTo(Optional.empty());
      }
    }
  }

  @Test
  void findsTheChunksThatAreInOtherContents() throws Exception {
    ListedChunks.Listed one = listed("one", frames(300_000, 200_000));
    ListedChunks.Listed two = listed("two", frames(100_000, 200_000));
    List<Chunk> wanted = chunksOf(listed("wanted", frames(150_000, 200_000, 100_000)));

    try (ListedChunks found =
        ListedChunks.find(
            new ChunkList(wanted),
            List.of(one, listed("text", "no frames".getBytes(UTF_8)), two))) {
      Files.delete(one.content());
      Files.delete(two.content());

      assertThat(wanted).map(found::has).containsExactly(false, true, true);
      for (Chunk chunk : wanted.subList(1, 3)) {
        assertThat(Digest.of(found.bytesOf(chunk).orElseThrow())).isEqualTo(chunk.digest());
      }
      assertThat(found.bytesOf(wanted.getFirst())).isEmpty();
    }
  }

  @Test
  void givesNoListedChunkWhoseBytesHaveChanged() throws Exception {
    ListedChunks.Listed one = listed("one", frames(300_000, 200_000));
    List<Chunk> chunks = chunksOf(one);
    byte[] changed = Files.readAllBytes(one.content());
    changed[300] ^= 1;
    Files.write(one.content(), changed);

    try (ListedChunks found = ListedChunks.find(new ChunkList(chunks), List.of(one))) {
      assertThat(found.bytesOf(chunks.getFirst())).isEmpty();
      assertThat(found.bytesOf(chunks.getLast())).isPresent();
    }
  }

  @Test
  void passesOverContentThatIsGoneAndAListThatIsAnothers() throws Exception {
    ListedChunks.Listed gone = listed("gone", frames(300_000));
    ChunkList wanted = new ChunkList(chunksOf(gone));
    Files.delete(gone.content());
    ListedChunks.Listed other = listed("other", frames(300_000, 100_000));
    Files.write(other.list(), wanted.bytes());

    try (ListedChunks found = ListedChunks.find(wanted, List.of(gone))) {
      assertThat(found.has(wanted.chunks().getFirst())).isFalse();
    }
    try (ListedChunks found = ListedChunks.find(wanted, List.of(other))) {
      assertThat(found.bytesOf(wanted.chunks().getFirst())).isPresent();
    }
  }

  private ListedChunks.Listed listed(String name, byte[] content) throws IOException {
    return new ListedChunks.Listed(
        Files.write(directory.resolve(name), content), directory.resolve(name + ".chunks"));
  }

  private List<Chunk> chunksOf(ListedChunks.Listed content) throws IOException {
    return ChunkList.parse(
            Files.readAllBytes(lists.of(content.content(), content.list()).orElseThrow()),
            Files.size(content.content()))
        .chunks();
  }

  private StoredRecord kept(Store store, Signing signing, String name) throws Exception {
    return store.keep(
        signing.verified(
            signing.result(directory.resolve(name), name),
            Files.createTempDirectory(directory, "unpacked")));
  }

  private Chunk onlyChunk(StoredRecord record) throws IOException {
    byte[] list = Files.readAllBytes(lists.of(record).orElseThrow());
    ChunkList chunks = ChunkList.parse(list, record.bundle().size());
    assertThat(chunks.chunks()).hasSize(1);
    return chunks.chunks().getFirst();
  }

  private StoredRecord stored(byte[] bundle) throws IOException {
    Path file = Files.write(directory.resolve("bundle.tar.zst"), bundle);
    Content content = new Content(bundle.length, Digest.of(bundle));
    return new StoredRecord(
        new RunSummary(
            Records.inputs().key(),
            new RunSummary.Subject(REPO, Records.inputs().tree(), "test"),
            new PeerId("spiffe://team/signer"),
            Instant.EPOCH,
            Instant.EPOCH,
            Optional.empty()),
        null,
        content,
        file,
        () -> {});
  }

  private static byte[] frames(int... sizes) {
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    for (int size : sizes) {
      frames.writeBytes(Zstd.compress(random(size)));
    }
    return frames.toByteArray();
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }
}
