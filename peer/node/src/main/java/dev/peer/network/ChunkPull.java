package dev.peer.network;

import dev.peer.client.Timeouts;
import dev.peer.client.fetch.HolderFetch;
import dev.peer.core.chunk.Chunk;
import dev.peer.core.find.Fetch;
import dev.peer.core.find.FetchException;
import dev.peer.core.find.Holder;
import dev.peer.core.id.PeerId;
import dev.peer.core.progress.Notices;
import dev.peer.core.record.Content;
import dev.peer.network.MissingChunks.OtherChunkException;
import dev.peer.network.MissingChunks.Span;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Gets the chunks of one list that are missing, from several holders at once: each gives one span
 * after the other. What a slow or failing one does not give, the others do.
 */
final class ChunkPull {

  /** How many holders give at once. */
  private static final int AT_ONCE = 4;

  /** How often a holder whose transfers break off is asked. */
  private static final int TRIES = 3;

  /** The most bytes that one of several holders is asked for at once, if a chunk has no more. */
  private static final long LONGEST_SPAN = 4 << 20;

  private final HolderFetch.RuntimeFetch fetch;
  private final Content content;
  private final Holder lister;
  private final MissingChunks missing;
  private final Notices notices;

  /** Those that nobody is asking now, the next one to ask first. */
  private final Deque<Holder> free = new ArrayDeque<>();

  private final Map<Holder, Integer> tries = new HashMap<>();
  private final Set<Holder> failed = new LinkedHashSet<>();
  private final Set<Holder> differing = new LinkedHashSet<>();
  private final Set<PeerId> givers = new LinkedHashSet<>();
  private long moved;

  /**
   * Asks no holder yet.
   *
   * @param lister the holder whose list says which chunks there are
   */
  ChunkPull(
      HolderFetch.RuntimeFetch fetch,
      Content content,
      Holder lister,
      MissingChunks missing,
      Notices notices) {
    this.fetch = fetch;
    this.content = content;
    this.lister = lister;
    this.missing = missing;
    this.notices = notices;
  }

  /**
   * Gets them.
   *
   * @param holders the best first
   * @param runs of chunks that follow each other
   * @return whether none is missing now
   */
  boolean pull(List<Holder> holders, List<List<Chunk>> runs)
      throws IOException, InterruptedException {
    free.addAll(holders);
    List<Span> spans = new ArrayList<>();
    for (List<Chunk> run : runs) {
      spans.addAll(holders.size() == 1 ? List.of(new Span(run)) : spans(run));
    }
    int number = Math.min(AT_ONCE, holders.size());
    missing.begin(spans, number);
    List<Thread> threads = new ArrayList<>();
    try {
      for (int i = 0; i < number; i++) {
        threads.add(Thread.ofVirtual().name("runtime-" + i).start(this::work));
      }
      return missing.await();
    } finally {
      // They are not waited for: one may be resolving a name.
      threads.forEach(Thread::interrupt);
    }
  }

  private static List<Span> spans(List<Chunk> run) {
    List<Span> spans = new ArrayList<>();
    List<Chunk> open = new ArrayList<>();
    for (Chunk chunk : run) {
      if (!open.isEmpty() && chunk.end() - open.getFirst().offset() > LONGEST_SPAN) {
        spans.add(new Span(open));
        open.clear();
      }
      open.add(chunk);
    }
    spans.add(new Span(open));
    return spans;
  }

  /** Those that need not be asked again, because they cannot be reached or gave wrong bytes. */
  synchronized Set<Holder> failed() {
    return Set.copyOf(failed);
  }

  /** Those whose bytes are not what the list says: they or the list are wrong. */
  synchronized List<Holder> differing() {
    return List.copyOf(differing);
  }

  /** Those that gave bytes. */
  synchronized List<PeerId> givers() {
    return List.copyOf(givers);
  }

  /** How many bytes they gave. */
  synchronized long moved() {
    return moved;
  }

  private void work() {
    Optional<Throwable> fault = Optional.empty();
    try {
      for (Optional<Holder> one = next(); one.isPresent(); one = next()) {
        from(one.get());
      }
    } catch (InterruptedException e) {
      // Nobody waits for it any more.
    } catch (IOException | RuntimeException | Error e) {
      fault = Optional.of(e);
    } finally {
      missing.leave(fault);
    }
  }

  private synchronized Optional<Holder> next() {
    return Optional.ofNullable(free.poll());
  }

  private void from(Holder holder) throws IOException, InterruptedException {
    try {
      for (Optional<Span> span = missing.take(); span.isPresent(); span = missing.take()) {
        get(span.get(), holder);
      }
    } catch (OtherChunkException e) {
      notices.say(
          "no more of the runtime comes from %s: its bytes are not those that %s lists"
              .formatted(holder.id(), holder.equals(lister) ? "it" : lister.id()));
      note(holder, differing);
    } catch (FetchException e) {
      notices.say("no more of the runtime comes from " + holder.id() + ": " + e.getMessage());
      switch (e.fault()) {
        case UNREACHABLE -> again(holder);
        case WRONG -> note(holder, failed);
        case REFUSED -> {}
      }
    }
  }

  private void get(Span span, Holder holder)
      throws FetchException, IOException, InterruptedException {
    notices.awaiting("from " + holder.id());
    try (Fetch.Download part = fetch.part(holder, content, span.offset(), span.length())) {
      part.into(new Chunks(span.chunks().iterator(), holder), Timeouts.DEFAULT.stall());
    } finally {
      missing.giveBack(span);
    }
  }

  private synchronized void note(Holder holder, Set<Holder> where) {
    where.add(holder);
  }

  private synchronized void again(Holder holder) {
    if (tries.merge(holder, 1, Integer::sum) < TRIES) {
      free.add(holder);
    } else {
      failed.add(holder);
    }
  }

  private synchronized void gave(Holder holder, int bytes) {
    givers.add(holder.id());
    moved += bytes;
  }

  /** Takes the bytes of a span, of which each chunk counts as soon as it is whole. */
  private final class Chunks extends OutputStream {

    private final Iterator<Chunk> next;
    private final Holder holder;
    private Chunk chunk;
    private byte[] bytes;
    private int filled;

    Chunks(Iterator<Chunk> chunks, Holder holder) {
      this.next = chunks;
      this.holder = holder;
      begin();
    }

    private void begin() {
      chunk = next.next();
      bytes = new byte[chunk.length()];
      filled = 0;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
      int done = 0;
      while (done < length) {
        if (filled == bytes.length) {
          begin();
        }
        int n = Math.min(length - done, bytes.length - filled);
        System.arraycopy(buffer, offset + done, bytes, filled, n);
        filled += n;
        done += n;
        if (filled == bytes.length && missing.put(chunk, bytes)) {
          gave(holder, bytes.length);
        }
      }
    }
  }
}
