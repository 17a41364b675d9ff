package dev.peer.core.chunk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.id.Digest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Chunks by their lengths: those of a negative one are not here. */
class ChunkPlanTest {

  private static final Digest HERE = Digest.of(new byte[] {1});
  private static final Digest ELSEWHERE = Digest.of(new byte[] {2});

  @Test
  void joinsChunksThatFollowEachOther() {
    assertThat(text(plan(9, 3, 4, -5, -6, 7))).isEqualTo("here 7, move 11, here 7");
    assertThat(plan(9, 3, 4, -5, -6, 7).moved()).isEqualTo(11);
  }

  @Test
  void movesAllIfNothingIsHereAndNothingIfAllIs() {
    assertThat(text(plan(1, -5, -6))).isEqualTo("move 11");
    assertThat(text(plan(1, 5, 6))).isEqualTo("here 11");
    assertThat(text(plan(1))).isEmpty();
  }

  @Test
  void movesTheShortestRunsBetweenOthersToKeepRequestsFew() {
    assertThat(text(plan(3, -1, 10, -1, 2, -1, 30, -1)))
        .isEqualTo("move 1, here 10, move 4, here 30, move 1");
    assertThat(text(plan(2, -1, 10, -1, 2, -1, 30, -1))).isEqualTo("move 15, here 30, move 1");
    assertThat(text(plan(1, -1, 10, -1, 2, -1, 30, -1))).isEqualTo("move 46");
  }

  @Test
  void keepsShortRunsAtTheEnds() {
    assertThat(text(plan(1, 1, -5, 9, -5, 1))).isEqualTo("here 1, move 19, here 1");
  }

  private static ChunkPlan plan(int mostMoves, int... lengths) {
    List<Chunk> chunks = new ArrayList<>();
    long offset = 0;
    for (int length : lengths) {
      chunks.add(new Chunk(offset, Math.abs(length), length > 0 ? HERE : ELSEWHERE));
      offset = chunks.getLast().end();
    }
    return ChunkPlan.of(chunks, chunk -> chunk.digest().equals(HERE), mostMoves);
  }

  private static String text(ChunkPlan plan) {
    return String.join(
        ", ",
        plan.runs().stream().map(run -> (run.here() ? "here " : "move ") + run.length()).toList());
  }
}
