package dev.peer.core.find;

import dev.peer.core.chunk.Chunk;
import dev.peer.core.chunk.ChunkPlan;
import dev.peer.core.find.FetchException.Fault;
import dev.peer.core.id.RepoId;
import dev.peer.core.progress.Notices;
import dev.peer.core.record.Content;
import dev.peer.core.store.HeldChunks;
import dev.peer.core.store.Store;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Gets bundles of which the store has some chunks already: asks a holder for the list, and then
 * only for the ranges that are not here. Where that does not pay or does not work, it gets all.
 *
 * <p>A chunk from the store is taken only if it has the digest that the list says. So if a bundle
 * that was put together is not the signed one, its holder gave wrong bytes or a wrong list.
 */
final class SharedChunks implements AutoCloseable {

  private final Fetch fetch;
  private final HeldChunks held;
  private final Notices notices;
  private boolean used;
  private long here;

  SharedChunks(Fetch fetch, HeldChunks held, Notices notices) {
    this.fetch = fetch;
    this.held = held;
    this.notices = notices;
  }

  /**
   * Looks for chunks among the latest results of a repository, for a bundle that is large enough to
   * share some.
   */
  static SharedChunks of(Fetch fetch, Content bundle, Store store, RepoId repo, Notices notices) {
    if (bundle.size() >= ChunkPlan.LEAST) {
      try {
        return new SharedChunks(fetch, HeldChunks.open(store, repo), notices);
      } catch (IOException e) {
        sayUnread(notices, e);
      }
    }
    return none(fetch, notices);
  }

  /** Has no chunks, and gets all of each bundle. */
  static SharedChunks none(Fetch fetch, Notices notices) {
    return new SharedChunks(fetch, HeldChunks.none(), notices);
  }

  private static void sayUnread(Notices notices, IOException e) {
    notices.say("the results that are here are not looked at for chunks: " + e.getMessage());
  }

  /** Whether a holder's list of chunks decided what was asked for. */
  boolean used() {
    return used;
  }

  /** How many bytes of the bundle were taken from results that are here. */
  long here() {
    return here;
  }

  /** How the holder would give a bundle, if what it says of its chunks is true. */
  Delivery expected(Holder holder, Content bundle) throws InterruptedException {
    long planned =
        bundle.size() <= fetch.largestAtOnce()
            ? 0
            : shared(holder, bundle, 0)
                .map(way -> way.plan().size() - way.plan().moved())
                .orElse(0L);
    return Delivery.of(holder.id(), bundle, planned);
  }

  /**
   * Asks the holder for a bundle, as {@link Fetch#bundle} does.
   *
   * @param there how many of the first bytes are here already
   */
  Fetch.Download bundle(Holder holder, Content bundle, long there)
      throws FetchException, InterruptedException {
    Optional<Way> way = shared(holder, bundle, there);
    return way.isPresent()
        ? new Together(holder, bundle, way.get(), there)
        : fetch.bundle(holder, bundle, there);
  }

  /**
   * How a bundle that shares chunks is put together.
   *
   * @param parts give what must be moved
   * @param plan says what that is
   */
  private record Way(Fetch.Parts parts, ChunkPlan plan) {}

  private Optional<Way> shared(Holder holder, Content bundle, long there)
      throws InterruptedException {
    return bundle.size() - there >= ChunkPlan.LEAST && !held.isEmpty()
        ? parts(holder, bundle)
            .flatMap(parts -> plan(parts, bundle, there).map(plan -> new Way(parts, plan)))
        : Optional.empty();
  }

  /** Empty where all of it is hardly more than what must be moved. */
  private Optional<ChunkPlan> plan(Fetch.Parts parts, Content bundle, long there) {
    try {
      List<Chunk> left =
          parts.list().chunks().stream().filter(chunk -> chunk.end() > there).toList();
      Set<Integer> lengths = held.lengths();
      // The holder gives the last one in any case, and so knows when it is no longer needed.
      ChunkPlan plan =
          ChunkPlan.of(
              left,
              chunk -> chunk.end() < bundle.size() && lengths.contains(chunk.length()),
              ChunkPlan.mostMoves(bundle.size()));
      return Optional.of(plan).filter(ChunkPlan::pays);
    } catch (ClosedChannelException e) {
      // A thread was interrupted there, because another holder answered first.
      return Optional.empty();
    } catch (IOException e) {
      sayUnread(notices, e);
      return Optional.empty();
    }
  }

  /** A holder may be slow to make the list of a large bundle, and give the bundle at once. */
  private Optional<Fetch.Parts> parts(Holder holder, Content bundle) throws InterruptedException {
    try {
      return fetch.parts(holder, bundle);
    } catch (FetchException e) {
      if (e.fault() != Fault.REFUSED) {
        notices.say(e.getMessage() + "; all of the bundle is moved");
      }
      return Optional.empty();
    }
  }

  /** A bundle of chunks from the store and of a holder's parts. */
  private final class Together implements Fetch.Download {

    private final Holder holder;
    private final Content bundle;
    private final Way way;
    private final long there;
    private int asked;
    private long moved;

    Together(Holder holder, Content bundle, Way way, long there) {
      this.holder = holder;
      this.bundle = bundle;
      this.way = way;
      this.there = there;
    }

    @Override
    public long from() {
      return way.plan().runs().getFirst().offset();
    }

    @Override
    public void into(OutputStream out, Duration pause)
        throws FetchException, IOException, InterruptedException {
      used = true;
      for (ChunkPlan.Run run : way.plan().runs()) {
        boolean done =
            run.here() ? copy(run, out, pause) : part(run.offset(), run.length(), out, pause);
        if (!done) {
          return;
        }
      }
      notices.say(
          "%d of %d MiB came from %s, the rest from results that are here"
              .formatted(mebibytes(moved), mebibytes(bundle.size()), holder.id()));
    }

    /** Returns whether the next run is still needed. */
    private boolean copy(ChunkPlan.Run run, OutputStream out, Duration pause)
        throws FetchException, IOException, InterruptedException {
      for (Chunk chunk : run.chunks()) {
        Optional<ByteBuffer> bytes = held.bytesOf(chunk);
        if (bytes.isPresent()) {
          out.write(bytes.get().array());
          here += Math.min(chunk.length(), chunk.end() - there);
        } else if (!part(chunk.offset(), chunk.length(), out, pause)) {
          return false;
        }
      }
      return true;
    }

    /** Returns false if all of the rest was got instead. */
    private boolean part(long from, long length, OutputStream out, Duration pause)
        throws FetchException, IOException, InterruptedException {
      // As many as planned, and as many again for chunks that are not found.
      Optional<Fetch.Download> part =
          asked < 2 * ChunkPlan.mostMoves(bundle.size()) ? ask(from, length) : Optional.empty();
      asked++;
      if (part.isPresent()) {
        try (Fetch.Download download = part.get()) {
          download.into(out, pause);
        }
        moved += length;
        return true;
      }
      try (Fetch.Download rest = fetch.bundle(holder, bundle, from)) {
        rest.into(new Tail(out, from - rest.from()), pause);
      }
      return false;
    }

    private Optional<Fetch.Download> ask(long from, long length)
        throws FetchException, InterruptedException {
      try {
        return Optional.of(way.parts().part(from, length));
      } catch (FetchException e) {
        if (e.fault() != Fault.REFUSED) {
          throw e;
        }
        return Optional.empty();
      }
    }

    @Override
    public void close() {
      // No part is open between two of them.
    }
  }

  @Override
  public void close() throws IOException {
    held.close();
  }

  private static long mebibytes(long bytes) {
    return (bytes + (1 << 20) - 1) >> 20;
  }

  /** Passes on what comes after some bytes. */
  private static final class Tail extends OutputStream {

    private final OutputStream out;
    private long skipped;

    Tail(OutputStream out, long skipped) {
      this.out = out;
      this.skipped = skipped;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
      int less = (int) Math.min(length, skipped);
      skipped -= less;
      out.write(buffer, offset + less, length - less);
    }
  }
}
