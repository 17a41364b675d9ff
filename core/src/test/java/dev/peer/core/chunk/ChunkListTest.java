package dev.peer.core.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.core.id.Digest;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChunkListTest {

  private static final Digest DIGEST = Digest.of(new byte[] {1});
  private static final ChunkList TWO =
      new ChunkList(List.of(new Chunk(0, 7, DIGEST), new Chunk(7, 300, DIGEST)));

  @Test
  void readsWhatItWrites() {
    assertThat(ChunkList.parse(TWO.bytes(), 307)).isEqualTo(TWO);
    assertThat(ChunkList.parse(new byte[0], 0).chunks()).isEmpty();
  }

  @Test
  void hasTheLengthAndThenTheDigestOfEachChunk() {
    byte[] bytes = TWO.bytes();

    assertThat(bytes).hasSize(72).startsWith(0, 0, 0, 7);
    assertThat(Arrays.copyOfRange(bytes, 36, 40)).containsExactly(0, 0, 1, 44);
  }

  @Test
  void refusesAListOfContentOfAnotherSize() {
    assertThatThrownBy(() -> ChunkList.parse(TWO.bytes(), 308))
        .hasMessage("the chunks have 307 bytes together, not 308");
  }

  @Test
  void refusesBytesThatAreNoList() {
    assertThatThrownBy(() -> ChunkList.parse(Arrays.copyOf(TWO.bytes(), 71), 307))
        .hasMessage("not a list of chunks: 71 bytes");
    assertThatThrownBy(() -> ChunkList.parse(new byte[36], 0))
        .hasMessageContaining("a chunk has 0 bytes");
    byte[] huge = TWO.bytes();
    huge[0] = (byte) 0xff;
    assertThatThrownBy(() -> ChunkList.parse(huge, 307)).hasMessageContaining("a chunk has -");
  }

  @Test
  void refusesGapsAndTooManyChunks() {
    assertThatThrownBy(() -> new ChunkList(List.of(new Chunk(1, 7, DIGEST))))
        .hasMessageContaining("does not begin where");
    assertThatThrownBy(
            () -> new ChunkList(Collections.nCopies(ChunkList.MOST + 1, new Chunk(0, 1, DIGEST))))
        .hasMessageContaining("more than");
  }
}
