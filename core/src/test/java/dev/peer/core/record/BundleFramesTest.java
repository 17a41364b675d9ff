package dev.peer.core.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStream;
import dev.peer.core.chunk.Chunk;
import dev.peer.core.chunk.ChunkList;
import dev.peer.core.id.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleFramesTest {

  @TempDir private Path directory;

  @Test
  void aBundleIsMadeOfFramesThatAreItsChunks() throws Exception {
    Path bundle = bundle("run", Map.of("data", random(5 << 20, 1)));
    byte[] bytes = Files.readAllBytes(bundle);

    ChunkList list = chunks(bundle);

    assertThat(list.size()).isEqualTo(bytes.length);
    assertThat(list.chunks()).hasSizeGreaterThan(3);
    for (Chunk chunk : list.chunks()) {
      byte[] frame = Arrays.copyOfRange(bytes, (int) chunk.offset(), (int) chunk.end());
      assertThat(chunk.digest()).isEqualTo(Digest.of(frame));
      assertThat(Zstd.decompress(frame)).isNotEmpty();
    }
  }

  @Test
  void bundlesShareTheChunksOfWhatIsTheSame() throws Exception {
    Map<String, byte[]> artifacts = new HashMap<>();
    for (int i = 0; i < 40; i++) {
      artifacts.put("file-" + i, random(1 << 20, i));
    }
    ChunkList before = chunks(bundle("before", artifacts));
    artifacts.put("file-20", random(100_000, 100));

    ChunkList after = chunks(bundle("after", artifacts));

    Set<Digest> there = new HashSet<>();
    before.chunks().forEach(chunk -> there.add(chunk.digest()));
    long moved = 0;
    for (Chunk chunk : after.chunks()) {
      moved += there.contains(chunk.digest()) ? 0 : chunk.length();
    }
    assertThat(moved).isLessThan(5 << 20);
  }

  @Test
  void paddingIsAChunkToo() throws Exception {
    Path bundle = bundle("zeros", Map.of("zeros", new byte[64 << 20]));

    assertThat(chunks(bundle).size()).isEqualTo(Files.size(bundle));
  }

  @Test
  void readsTheHeadsThatOtherWritersOfZstdMake() throws Exception {
    byte[] content = random(300_000, 1);
    ByteArrayOutputStream made = new ByteArrayOutputStream();
    try (ZstdOutputStream out = new ZstdOutputStream(made).setChecksum(true)) {
      out.write(content);
    }
    int first = made.size();
    made.writeBytes(Zstd.compress(new byte[100_000], 19));
    made.writeBytes(Zstd.compress(new byte[0]));
    made.writeBytes(Zstd.compress(new byte[] {1}));
    Path file = Files.write(directory.resolve("made"), made.toByteArray());

    ChunkList list = chunks(file);

    assertThat(list.chunks()).hasSize(4);
    assertThat(list.chunks().getFirst().length()).isEqualTo(first);
    assertThat(list.size()).isEqualTo(made.size());
  }

  @Test
  void refusesAFrameThatIsTooLargeToBeAChunk() throws Exception {
    Path file = directory.resolve("made");
    try (ZstdOutputStream out = new ZstdOutputStream(Files.newOutputStream(file))) {
      out.write(random(5 << 20, 1));
    }

    assertRefused(file, "too large or too many frames");
  }

  /** Each is a read of the disk. */
  @Test
  void refusesMillionsOfBlocksWithoutContent() throws Exception {
    int head = 6;
    byte[] frame = new byte[head + 3 * 1_000_000];
    ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN).putInt(0xFD2FB528).put(5, (byte) 0x58);
    frame[frame.length - 3] = 1;
    Path one = Files.write(directory.resolve("one"), frame);
    Path two = Files.write(directory.resolve("two"), frame);
    Files.write(two, frame, StandardOpenOption.APPEND);

    assertThat(chunks(one).size()).isEqualTo(frame.length);
    assertRefused(two, "the bundle has more than 1048576 blocks");
  }

  @Test
  void refusesWhatIsCutOffOrIsNoZstd() throws Exception {
    byte[] frame = Zstd.compress(random(300_000, 1));
    for (int length : new int[] {1, 4, 5, 8, 100, frame.length - 1}) {
      Path file = Files.write(directory.resolve("cut"), Arrays.copyOf(frame, length));
      assertThatThrownBy(() -> chunks(file)).isInstanceOf(MalformedException.class);
    }
    assertRefused(Files.writeString(directory.resolve("text"), "no zstd"), "else than frames");
  }

  private void assertRefused(Path file, String why) {
    assertThatThrownBy(() -> chunks(file))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining(why);
  }

  private Path bundle(String name, Map<String, byte[]> artifacts) throws Exception {
    RunFiles files = new RunFiles(Files.createDirectory(directory.resolve(name)));
    RunRecord record = Records.make(files, artifacts);
    Path bundle = directory.resolve(name + ".bundle");
    BundleWriter.write(record, files, bundle);
    return bundle;
  }

  private static ChunkList chunks(Path bundle) throws IOException, MalformedException {
    try (FileChannel file = FileChannel.open(bundle)) {
      return BundleFrames.chunks(file);
    }
  }

  private static byte[] random(int size, int seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
