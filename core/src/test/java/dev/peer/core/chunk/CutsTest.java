package dev.peer.core.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.core.id.Digest;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CutsTest {

  private static final int AVERAGE = 1 << 14;
  private static final Cuts CUTS = Cuts.around(AVERAGE);

  @ParameterizedTest
  @ValueSource(ints = {0, 1, AVERAGE / 4, AVERAGE, 4 * AVERAGE, 4 * AVERAGE + 1, 1 << 20})
  void chunksAreTheContentAndWithinTheirBounds(int size) {
    byte[] content = random(size, 1);

    List<byte[]> chunks = cut(content);

    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    chunks.forEach(joined::writeBytes);
    assertThat(joined.toByteArray()).isEqualTo(content);
    assertThat(chunks).allSatisfy(chunk -> assertThat(chunk).hasSizeBetween(1, CUTS.most()));
    assertThat(chunks.stream().limit(Math.max(0, chunks.size() - 1)))
        .allSatisfy(chunk -> assertThat(chunk).hasSizeGreaterThanOrEqualTo(AVERAGE / 4));
  }

  @Test
  void chunksOfRandomContentHaveTheAverageSize() {
    int size = 16 << 20;

    assertThat(size / cut(random(size, 2)).size()).isBetween(AVERAGE * 3 / 4, AVERAGE * 3 / 2);
  }

  @Test
  void contentOfOneByteIsCutIntoTheLongestChunks() {
    assertThat(cut(new byte[10 * CUTS.most()])).hasSize(10);
  }

  @Test
  void afterAnInsertionTheSameContentIsCutAtTheSamePlaces() {
    byte[] content = random(8 << 20, 3);
    ByteArrayOutputStream changed = new ByteArrayOutputStream();
    changed.write(content, 0, 3 << 20);
    changed.writeBytes(new byte[] {1, 2, 3, 4, 5});
    changed.write(content, 3 << 20, 5 << 20);

    List<Digest> before = digests(cut(content));
    List<Digest> after = digests(cut(changed.toByteArray()));

    Set<Digest> added = new HashSet<>(after);
    before.forEach(added::remove);
    assertThat(added).hasSizeBetween(1, 3);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1 << 11, 5000, 1 << 29})
  void refusesAnAverageThatIsNoPowerOfTwoOrNoSize(int average) {
    assertThatThrownBy(() -> Cuts.around(average)).isInstanceOf(IllegalArgumentException.class);
  }

  private static byte[] random(int size, int seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static List<byte[]> cut(byte[] content) {
    List<byte[]> chunks = new ArrayList<>();
    byte[] left = content;
    while (left.length > 0) {
      int first = CUTS.first(left, left.length);
      chunks.add(Arrays.copyOf(left, first));
      left = Arrays.copyOfRange(left, first, left.length);
    }
    return chunks;
  }

  private static List<Digest> digests(List<byte[]> chunks) {
    return chunks.stream().map(Digest::of).toList();
  }
}
