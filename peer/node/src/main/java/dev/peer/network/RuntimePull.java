package dev.peer.network;

import dev.peer.client.fetch.HolderFetch;
import dev.peer.core.chunk.Chunk;
import dev.peer.core.chunk.ChunkList;
import dev.peer.core.chunk.ChunkPlan;
import dev.peer.core.find.FetchException;
import dev.peer.core.find.Holder;
import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.core.progress.Notices;
import dev.peer.core.record.Content;
import dev.peer.core.record.PreparedRuntime;
import dev.peer.core.store.ListedChunks;
import dev.peer.vm.snapshot.ServedRuntimes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The content of one runtime on its way here: made of a former one, as a holder says; or by the
 * list of its chunks, from several holders at once; or whole, from one holder after the other.
 *
 * <p>A list is its holder's word. What was put together by it has its chunks, whoever gave them: so
 * if that is not the content that the maker signed, the list is wrong, and if it is, those who gave
 * other chunks are.
 */
final class RuntimePull {

  private final HolderFetch.RuntimeFetch fetch;
  private final PreparedRuntime runtime;
  private final Content content;
  private final LocalRuntimes.Held here;
  private final Notices notices;

  /** The holders that can still give it, the best first. */
  private final List<Holder> left;

  /**
   * Asks no holder yet.
   *
   * @param here whose chunks need not be moved
   * @param holders the best first
   */
  RuntimePull(
      HolderFetch fetch,
      PreparedRuntime runtime,
      LocalRuntimes.Held here,
      List<Holder> holders,
      Notices notices) {
    this.fetch = fetch.runtimes(runtime.disk().repo(), runtime.disk().image());
    this.runtime = runtime;
    this.content = runtime.content();
    this.here = here;
    this.left = new ArrayList<>(holders);
    this.notices = notices;
  }

  /** How many bytes must be moved at least, if what the best holders say is true. */
  long toMove() throws IOException, InterruptedException {
    if (here.isEmpty() || content.size() < ChunkPlan.LEAST) {
      return content.size();
    }
    Optional<Long> delta = delta().size();
    if (delta.isPresent()) {
      return delta.get();
    }
    Optional<ChunkList> list = list(left.getFirst());
    if (list.isEmpty()) {
      return content.size();
    }
    try (ListedChunks known = here.find(list.get())) {
      ChunkPlan plan = plan(list.get(), known::has);
      return pays(plan) ? plan.moved() : content.size();
    }
  }

  /**
   * Gets it.
   *
   * @param file what it has of the content already counts
   * @return whether the file is the content that the maker signed, every byte of it
   */
  boolean pull(Path file) throws IOException, InterruptedException {
    boolean isShared = left.size() > 1 || !here.isEmpty();
    return (isShared && content.size() >= ChunkPlan.LEAST && (byDelta(file) || byChunks(file)))
        || new WholePull(fetch, content, left, notices).pull(file);
  }

  /** What was begun is gone on with instead. */
  private boolean byDelta(Path file) throws IOException, InterruptedException {
    return !Files.exists(file) && delta().pull(file);
  }

  private DeltaPull delta() {
    return new DeltaPull(
        fetch,
        content,
        here.of(new ServedRuntimes.Name(runtime.disk().repo(), runtime.disk().image())),
        left,
        notices);
  }

  /**
   * Tries one list after the other. What is right by one of them need not be moved for the next.
   */
  private boolean byChunks(Path file) throws IOException, InterruptedException {
    boolean hasGaps = false;
    for (Holder lister : List.copyOf(left)) {
      Optional<ChunkList> list = left.contains(lister) ? list(lister) : Optional.empty();
      if (list.isPresent()) {
        if (byChunks(list.get(), lister, file)) {
          return true;
        }
        hasGaps = true;
      }
    }
    if (hasGaps) {
      Files.deleteIfExists(file);
    }
    return false;
  }

  /** What a holder lists; empty, and said if it should not be, if it gives no list. */
  private Optional<ChunkList> list(Holder holder) throws InterruptedException {
    try {
      return fetch.chunks(holder, content);
    } catch (FetchException e) {
      notices.say(e.getMessage());
      return Optional.empty();
    }
  }

  private ChunkPlan plan(ChunkList list, Predicate<Chunk> isHere) {
    return ChunkPlan.of(list.chunks(), isHere, ChunkPlan.mostMoves(content.size()));
  }

  /** Whether it is better than to get all from the only holder. */
  private boolean pays(ChunkPlan plan) {
    return left.size() > 1 || plan.pays();
  }

  private boolean byChunks(ChunkList list, Holder lister, Path file)
      throws IOException, InterruptedException {
    ChunkPull pull;
    PullProgress progress = new PullProgress(content.size(), notices);
    try (ListedChunks known = here.find(list);
        MissingChunks missing = new MissingChunks(file, list, progress)) {
      ChunkPlan plan = plan(list, chunk -> known.has(chunk) || !missing.has(chunk));
      if (!pays(plan)) {
        return false;
      }
      pull = new ChunkPull(fetch, content, lister, missing, notices);
      if (!pull.pull(left, toMove(plan, known, missing))) {
        left.removeAll(pull.failed());
        return false;
      }
    }
    if (!Digest.of(file).equals(content.digest())) {
      sayRefused("the list of chunks of " + lister.id(), notices);
      return false;
    }
    pull.differing().forEach(holder -> sayRefused("the runtime of " + holder.id(), notices));
    sayMoved(pull.moved(), content, pull.givers(), notices);
    return true;
  }

  /** Says how much of some content was moved, and by whom. */
  static void sayMoved(long moved, Content content, Collection<PeerId> givers, Notices notices) {
    notices.say(
        "%d of %d MiB came from %s%s"
            .formatted(
                mebibytes(moved),
                mebibytes(content.size()),
                names(givers),
                moved < content.size() ? ", the rest from runtimes that are here" : ""));
  }

  /** The runs that must be moved. Writes what is here. */
  private static List<List<Chunk>> toMove(ChunkPlan plan, ListedChunks known, MissingChunks missing)
      throws IOException {
    List<List<Chunk>> runs = new ArrayList<>();
    for (ChunkPlan.Run run : plan.runs()) {
      if (!run.here()) {
        runs.add(run.chunks());
        continue;
      }
      for (Chunk chunk : run.chunks()) {
        Optional<byte[]> bytes = missing.has(chunk) ? known.bytesOf(chunk) : Optional.empty();
        if (bytes.isPresent()) {
          missing.put(chunk, bytes.get());
        } else if (missing.has(chunk)) {
          runs.add(List.of(chunk));
        }
      }
    }
    return runs;
  }

  static void sayRefused(String what, Notices notices) {
    notices.say(what + " is refused: its bytes are not those that were signed");
  }

  static String names(Collection<PeerId> peers) {
    return peers.stream().map(PeerId::text).collect(Collectors.joining(", "));
  }

  private static long mebibytes(long bytes) {
    return (bytes + (1 << 20) - 1) >> 20;
  }
}
