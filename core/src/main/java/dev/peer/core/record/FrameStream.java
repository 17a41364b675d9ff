package dev.peer.core.record;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.util.ZstdVersion;
import dev.peer.core.chunk.Cuts;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Compresses content into zstd frames, one for each chunk of {@link Cuts}, so that equal content of
 * two bundles is equal bytes. Frames are made side by side and written in order: the same content
 * has the same bytes on any machine.
 */
public final class FrameStream extends OutputStream {

  /** Measured with text, object code and random bytes; higher levels gain little. */
  private static final int COMPRESSION_LEVEL = 3;

  /** With 1 MiB a bundle is 3% smaller; a change then moves twice the bytes. */
  private static final Cuts BUNDLE = Cuts.around(512 << 10);

  private static final int WORKERS = Math.min(4, Runtime.getRuntime().availableProcessors());
  private static final int MOST_PENDING = 2 * WORKERS;

  /**
   * The binary logarithm of the most bytes that a frame may have its reader remember: 8 MiB, as RFC
   * 9659 has it. No frame of ours needs more than the most bytes of a chunk.
   */
  private static final int LONGEST_WINDOW = 23;

  /** What makes equal frames of equal chunks: another version of zstd may make others. */
  static final String ENCODER = "zstd-jni " + ZstdVersion.VERSION + " at " + COMPRESSION_LEVEL;

  private final OutputStream out;
  private final Cuts cuts;
  private final byte[] buffer;
  private int buffered;
  private final Deque<Future<byte[]>> pending = new ArrayDeque<>();
  private ExecutorService workers;
  private boolean closed;

  /** Writes the frames of a bundle to a stream, which stays open. */
  public FrameStream(OutputStream out) {
    this(out, BUNDLE);
  }

  /** Writes frames that are cut so to a stream, which stays open. */
  public FrameStream(OutputStream out, Cuts cuts) {
    this.out = out;
    this.cuts = cuts;
    buffer = new byte[cuts.most()];
  }

  /** The most bytes that the frames of so many bytes have. */
  public static long most(long content) {
    return Zstd.compressBound(content);
  }

  /** Reads the content of frames again, whoever made them, in bounded memory. */
  public static InputStream read(InputStream frames) throws IOException {
    return new ZstdInputStream(frames).setLongMax(LONGEST_WINDOW);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    int done = 0;
    while (done < length) {
      int n = Math.min(length - done, buffer.length - buffered);
      System.arraycopy(bytes, offset + done, buffer, buffered, n);
      buffered += n;
      done += n;
      if (buffered == buffer.length) {
        begin(cut());
      }
    }
  }

  /** Makes a frame of a chunk. */
  static byte[] frame(byte[] chunk) {
    return Zstd.compress(chunk, COMPRESSION_LEVEL);
  }

  private byte[] cut() {
    int length = cuts.first(buffer, buffered);
    byte[] chunk = Arrays.copyOf(buffer, length);
    buffered -= length;
    System.arraycopy(buffer, length, buffer, 0, buffered);
    return chunk;
  }

  private void begin(byte[] chunk) throws IOException {
    if (workers == null) {
      workers =
          Executors.newFixedThreadPool(
              WORKERS, Thread.ofPlatform().daemon().name("bundle-", 0).factory());
    }
    pending.add(workers.submit(() -> frame(chunk)));
    if (pending.size() > MOST_PENDING) {
      finishFirst();
    }
  }

  private void finishFirst() throws IOException {
    try {
      out.write(pending.remove().get());
    } catch (ExecutionException e) {
      throw new IOException(e.getCause().getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted").initCause(e);
    }
  }

  /** Writes the rest. A small bundle has one frame and needs no other thread. */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try {
      while (buffered > 0) {
        byte[] chunk = cut();
        if (workers == null && buffered == 0) {
          out.write(frame(chunk));
        } else {
          begin(chunk);
        }
      }
      while (!pending.isEmpty()) {
        finishFirst();
      }
    } finally {
      if (workers != null) {
        workers.shutdownNow();
      }
    }
  }
}
