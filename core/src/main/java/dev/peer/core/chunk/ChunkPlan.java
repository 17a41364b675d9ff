package dev.peer.core.chunk;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;

/**
 * How content is put together from chunks that are here and from others that must be moved.
 *
 * @param runs cover all chunks in order
 */
public record ChunkPlan(List<Run> runs) {

  /** Less content is moved whole: to ask once more takes as long. */
  public static final long LEAST = 1 << 20;

  private static final int FEWEST_MOVES = 32;
  private static final int MOST_MOVES = 1024;

  /**
   * Chunks that follow each other and come from one side.
   *
   * @param here whether they are here, or must be moved
   * @param chunks at least one
   */
  public record Run(boolean here, List<Chunk> chunks) {

    /** Copies the chunks. */
    public Run {
      chunks = List.copyOf(chunks);
    }

    /** Where the first one begins. */
    public long offset() {
      return chunks.getFirst().offset();
    }

    /** How many bytes they have together. */
    public long length() {
      return chunks.getLast().end() - offset();
    }
  }

  /** Copies the runs. */
  public ChunkPlan {
    runs = List.copyOf(runs);
  }

  /**
   * Joins what must be moved to few requests, by moving the shortest runs between them as well.
   *
   * @param chunks follow each other
   * @param here which of them are here
   * @param mostMoves how many runs may be moved at most; at least 1
   */
  public static ChunkPlan of(List<Chunk> chunks, Predicate<Chunk> here, int mostMoves) {
    List<Run> runs = runs(chunks, here);
    List<Long> between = new ArrayList<>();
    for (int i = 1; i < runs.size() - 1; i++) {
      if (runs.get(i).here()) {
        between.add(runs.get(i).length());
      }
    }
    int tooMany = between.size() + 1 - mostMoves;
    if (tooMany <= 0) {
      return new ChunkPlan(runs);
    }
    Collections.sort(between);
    return new ChunkPlan(joined(runs, between.get(tooMany - 1)));
  }

  /** How many runs of so much content may be moved: one for each mebibyte, within bounds. */
  public static int mostMoves(long bytes) {
    return Math.clamp(bytes / LEAST, FEWEST_MOVES, MOST_MOVES);
  }

  private static List<Run> runs(List<Chunk> chunks, Predicate<Chunk> here) {
    List<Run> runs = new ArrayList<>();
    List<Chunk> run = new ArrayList<>();
    boolean side = false;
    for (Chunk chunk : chunks) {
      boolean next = here.test(chunk);
      if (next != side && !run.isEmpty()) {
        runs.add(new Run(side, run));
        run.clear();
      }
      side = next;
      run.add(chunk);
    }
    if (!run.isEmpty()) {
      runs.add(new Run(side, run));
    }
    return runs;
  }

  /** Moves all runs between others that are no longer than this. */
  private static List<Run> joined(List<Run> runs, long shortest) {
    List<Run> joined = new ArrayList<>();
    List<Chunk> open = new ArrayList<>();
    boolean side = false;
    for (int i = 0; i < runs.size(); i++) {
      Run run = runs.get(i);
      boolean inner = i > 0 && i < runs.size() - 1;
      boolean here = run.here() && !(inner && run.length() <= shortest);
      if (here != side && !open.isEmpty()) {
        joined.add(new Run(side, open));
        open.clear();
      }
      side = here;
      open.addAll(run.chunks());
    }
    joined.add(new Run(side, open));
    return joined;
  }

  /** How many bytes all runs have together. */
  public long size() {
    return runs.stream().mapToLong(Run::length).sum();
  }

  /** Whether what must be moved is much less than all. */
  public boolean pays() {
    return moved() <= size() / 6 * 5;
  }

  /** How many bytes must be moved. */
  public long moved() {
    return runs.stream().filter(run -> !run.here()).mapToLong(Run::length).sum();
  }
}
