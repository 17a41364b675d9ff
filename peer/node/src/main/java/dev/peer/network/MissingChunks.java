package dev.peer.network;

import dev.peer.core.chunk.Chunk;
import dev.peer.core.chunk.ChunkList;
import dev.peer.core.id.Digest;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * The chunks that a file lacks, handed out to several threads that get them. A chunk is written
 * only if it has the listed digest. So when none is missing, the file is what the list says,
 * whoever gave which part of it.
 */
final class MissingChunks implements AutoCloseable {

  /** How long a thread without work waits before it gets what another one is getting as well. */
  private static final Duration PATIENCE = Duration.ofMillis(500);

  /** Not a channel, which is closed when one of the threads that write to it is interrupted. */
  private final RandomAccessFile file;

  private final LongConsumer progress;
  private final Set<Chunk> missing;
  private final Deque<Span> waiting = new ArrayDeque<>();

  /** Those that one thread is getting, the first to begin first. */
  private final Deque<Span> begun = new ArrayDeque<>();

  private int threads;
  private Optional<Throwable> fault = Optional.empty();
  private boolean closed;

  /**
   * Chunks that follow each other.
   *
   * @param chunks at least one
   */
  record Span(List<Chunk> chunks) {

    /** Copies the chunks. */
    Span {
      chunks = List.copyOf(chunks);
    }

    long offset() {
      return chunks.getFirst().offset();
    }

    long length() {
      return chunks.getLast().end() - offset();
    }
  }

  /** A chunk that somebody gave has another digest than the list says. */
  static final class OtherChunkException extends IOException {

    private static final long serialVersionUID = 1L;

    private OtherChunkException() {
      super("a chunk has another digest than the list says");
    }
  }

  /**
   * Opens a file.
   *
   * @param file made if it does not exist; what it has already counts
   * @param progress told how many bytes more are there; never by two threads at once
   */
  MissingChunks(Path file, ChunkList list, LongConsumer progress) throws IOException {
    this.progress = progress;
    this.missing = new HashSet<>(list.chunks());
    this.file = new RandomAccessFile(file.toFile(), "rw");
    boolean done = false;
    try {
      this.file.setLength(Math.min(this.file.length(), list.size()));
      for (Chunk chunk : list.chunks()) {
        if (isThere(chunk)) {
          missing.remove(chunk);
          progress.accept(chunk.length());
        }
      }
      done = true;
    } finally {
      if (!done) {
        this.file.close();
      }
    }
  }

  private boolean isThere(Chunk chunk) throws IOException {
    if (chunk.end() > file.length()) {
      return false;
    }
    byte[] bytes = new byte[chunk.length()];
    file.seek(chunk.offset());
    file.readFully(bytes);
    return Digest.of(bytes).equals(chunk.digest());
  }

  /** Whether the file lacks a chunk. */
  synchronized boolean has(Chunk chunk) {
    return missing.contains(chunk);
  }

  /**
   * Writes a chunk.
   *
   * @return whether it was missing
   * @throws OtherChunkException if these are not its bytes
   */
  boolean put(Chunk chunk, byte[] bytes) throws IOException {
    if (!Digest.of(bytes).equals(chunk.digest())) {
      throw new OtherChunkException();
    }
    synchronized (this) {
      if (closed || !missing.contains(chunk)) {
        return false;
      }
      file.seek(chunk.offset());
      file.write(bytes);
      missing.remove(chunk);
      progress.accept(bytes.length);
      if (missing.isEmpty()) {
        notifyAll();
      }
      return true;
    }
  }

  /** Hands these out to so many threads from now on, each of which must {@link #leave}. */
  synchronized void begin(Collection<Span> spans, int threads) {
    waiting.addAll(spans);
    this.threads = threads;
  }

  /**
   * The next thing to get. Waits while others are getting all of the rest, but not for long: then
   * it is what another thread began first. Empty as soon as nothing is missing.
   */
  synchronized Optional<Span> take() throws InterruptedException {
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (!missing.isEmpty() && !closed) {
      Optional<Span> next = next(waiting);
      if (next.isPresent()) {
        begun.add(next.get());
        return next;
      }
      long left = until - System.nanoTime();
      if (left <= 0) {
        next = next(begun);
        if (next.isPresent()) {
          return next;
        }
      }
      wait(left > 0 ? left / 1_000_000 + 1 : 0);
    }
    return Optional.empty();
  }

  /** The rest of the first one that lacks something. */
  private Optional<Span> next(Deque<Span> spans) {
    Optional<Span> rest = Optional.empty();
    while (rest.isEmpty() && !spans.isEmpty()) {
      rest = restOf(spans.remove());
    }
    return rest;
  }

  private Optional<Span> restOf(Span span) {
    List<Chunk> rest = span.chunks().stream().dropWhile(chunk -> !missing.contains(chunk)).toList();
    return rest.isEmpty() ? Optional.empty() : Optional.of(new Span(rest));
  }

  /** Has others get what is left of a span, if anything is. */
  synchronized void giveBack(Span span) {
    begun.remove(span);
    restOf(span).ifPresent(waiting::addFirst);
    notifyAll();
  }

  /**
   * A thread gets nothing more.
   *
   * @param why a fault that is to be thrown where the file is awaited
   */
  synchronized void leave(Optional<Throwable> why) {
    threads--;
    fault = fault.or(() -> why);
    notifyAll();
  }

  /** Waits until nothing is missing, or no thread is left. Returns whether all is there. */
  synchronized boolean await() throws IOException, InterruptedException {
    while (!missing.isEmpty() && threads > 0 && fault.isEmpty()) {
      wait();
    }
    switch (fault.orElse(null)) {
      case null -> {}
      case IOException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(fault.get());
    }
    return missing.isEmpty();
  }

  @Override
  public synchronized void close() throws IOException {
    closed = true;
    file.close();
    notifyAll();
  }
}
