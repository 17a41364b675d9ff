package dev.peer.http;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.xnio.ChannelListener;
import org.xnio.channels.CloseableChannel;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.channels.StreamSourceChannel;

/**
 * Reads and writes Undertow's channels as a virtual thread wants to: blocking, and not for ever.
 *
 * <p>XNIO's own way to wait opens a selector for each thread and sleeps on when the channel is
 * closed; here the I/O thread that watches the connection anyway wakes the one that waits. For this
 * to work the exchange must have been dispatched as a Runnable.
 */
final class BlockingChannels {

  private final long until;

  /** Sets the maximum time to wait for the other side: from now on, regardless of progress. */
  BlockingChannels(Duration patience) {
    this.until = System.nanoTime() + patience.toNanos();
  }

  /** Reads until the end or until the buffer is full. */
  void read(StreamSourceChannel channel, ByteBuffer buffer) throws IOException {
    int read = 0;
    while (read >= 0 && buffer.hasRemaining()) {
      read = channel.read(buffer);
      if (read == 0) {
        awaitReadable(channel);
      }
    }
  }

  /** Writes all of the buffer. */
  void write(StreamSinkChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      requireNotInterrupted();
      if (channel.write(buffer) == 0) {
        awaitWritable(channel);
      }
    }
  }

  /** Says that nothing more comes, and sees all of it off. */
  void end(StreamSinkChannel channel) throws IOException {
    channel.shutdownWrites();
    flush(channel);
  }

  /** Waits until the written bytes are sent. */
  void flush(StreamSinkChannel channel) throws IOException {
    while (!channel.flush()) {
      awaitWritable(channel);
    }
  }

  private void awaitReadable(StreamSourceChannel channel) throws IOException {
    CountDownLatch ready = new CountDownLatch(1);
    ChannelListener<StreamSourceChannel> listener =
        source -> {
          source.suspendReads();
          afterwards(channel, ready::countDown);
        };
    channel.getReadSetter().set(listener);
    afterwards(channel, channel::resumeReads);
    await(ready);
  }

  private void awaitWritable(StreamSinkChannel channel) throws IOException {
    CountDownLatch ready = new CountDownLatch(1);
    ChannelListener<StreamSinkChannel> listener =
        sink -> {
          sink.suspendWrites();
          afterwards(channel, ready::countDown);
        };
    channel.getWriteSetter().set(listener);
    afterwards(channel, channel::resumeWrites);
    await(ready);
  }

  /**
   * Has the I/O thread do this when it has returned from the listeners that it is calling now. The
   * TLS layer suspends a channel after its listener returned, if nobody has resumed it by then: to
   * resume it from another thread in that moment would have no effect.
   */
  private static void afterwards(CloseableChannel channel, Runnable action) {
    try {
      channel.getIoThread().execute(action);
    } catch (RejectedExecutionException _) {
      // It is ending, and closes the channel: nothing will be suspended.
      action.run();
    }
  }

  private void await(CountDownLatch ready) throws IOException {
    try {
      if (!ready.await(until - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        throw new IOException("the other side is too slow");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      requireNotInterrupted();
    }
  }

  private static void requireNotInterrupted() throws InterruptedIOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("the server is stopping, or the caller is refused");
    }
  }
}
