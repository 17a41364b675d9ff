package dev.peer.terminal;

import dev.peer.core.platform.Platform;
import dev.peer.core.platform.StreamKind;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * This process's stdout or stderr. A write returns when all bytes are written, or throws.
 *
 * <p>The starter of the process may have made the stream non-blocking, as Node does: a write waits
 * for its reader all the same. An interrupt of the caller neither ends a write nor closes the
 * stream. If the reader goes away, the stream drops all later output, because nobody can receive
 * it.
 */
public final class StandardStream extends OutputStream {

  /** A full pipe of 64 KiB that is looked at so often still moves 10 MiB a second. */
  private static final long PAUSE_MILLIS = 5;

  /** The process's stdout. */
  public static final StandardStream STDOUT = new StandardStream(1, FileDescriptor.out);

  /** The process's stderr. */
  public static final StandardStream STDERR = new StandardStream(2, FileDescriptor.err);

  private final int descriptor;
  private final FileChannel channel;

  /** An interrupt of a thread that uses a channel closes it; nobody interrupts this one's. */
  private final ExecutorService writer;

  private boolean readerGone;

  private StandardStream(int descriptor, FileDescriptor file) {
    this.descriptor = descriptor;
    this.channel = new FileOutputStream(file).getChannel();
    this.writer =
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("descriptor-" + descriptor).factory());
  }

  /** Whether stdin is a terminal. */
  public static boolean stdinIsTerminal() {
    return Platform.current().streamKind(0) == StreamKind.TERMINAL;
  }

  /** Whether it leads to a terminal, or did until that hung up. */
  public boolean leadsToTerminal() {
    return kind() == StreamKind.TERMINAL;
  }

  /**
   * Whether a person may be looking. A character device is a terminal, or one such as {@code
   * /dev/null}, which does not mind. The JDK only says whether stdin and stdout are terminals both.
   */
  public boolean isTerminal() {
    StreamKind kind = kind();
    return kind == StreamKind.TERMINAL || kind == StreamKind.DEVICE;
  }

  private StreamKind kind() {
    return Platform.current().streamKind(descriptor);
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one});
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (readerGone || length == 0) {
      return;
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
    Optional<IOException> failure =
        CompletableFuture.supplyAsync(() -> writeAll(buffer), writer).join();
    if (failure.isPresent()) {
      readerGone = failsOnlyWithoutReader();
      if (!readerGone) {
        throw failure.get();
      }
    }
  }

  private Optional<IOException> writeAll(ByteBuffer buffer) {
    try {
      while (buffer.hasRemaining()) {
        if (channel.write(buffer) == 0) {
          Thread.sleep(PAUSE_MILLIS);
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException("the writer of a standard stream was interrupted", e);
    }
  }

  /** A write to a pipe, a socket or a terminal fails only as its reader has gone. */
  private boolean failsOnlyWithoutReader() {
    StreamKind kind = kind();
    return kind == StreamKind.PIPE || kind == StreamKind.TERMINAL;
  }
}
