package dev.peer.daemon.socket;

import dev.peer.core.progress.RunEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Sends frames from a thread of its own: an interrupt would close the connection, and a run can be
 * interrupted at any time and must still report. A slow reader delays the run, as a pipe would;
 * once the run is interrupted, not for long.
 */
final class FrameWriter implements Consumer<RunEvent.Message>, AutoCloseable {

  private static final int FRAMES = 64;
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** No frame is empty. */
  private static final byte[] LAST = new byte[0];

  private final SocketChannel channel;
  private final BlockingQueue<byte[]> frames = new ArrayBlockingQueue<>(FRAMES);
  private final Thread thread = Thread.ofVirtual().name("reply").unstarted(this::send);
  private final RunEventCodec codec = new RunEventCodec();
  private volatile boolean gone;

  FrameWriter(SocketChannel channel) {
    this.channel = channel;
    thread.start();
  }

  @Override
  public void accept(RunEvent.Message event) {
    codec.encode(event, this::put);
  }

  /**
   * Nothing is sent any more when the other side is gone.
   *
   * @return whether it is still sent
   */
  boolean put(byte[] frame) {
    boolean interrupted = false;
    try {
      while (!gone) {
        try {
          if (frames.offer(frame, PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            return true;
          }
          gone = interrupted || Thread.currentThread().isInterrupted();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      return false;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void send() {
    try {
      for (byte[] frame = frames.take(); frame.length > LAST.length; frame = frames.take()) {
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      }
    } catch (IOException | InterruptedException e) {
      gone = true;
      frames.clear();
    }
  }

  /** Drops all later frames. */
  void stop() {
    gone = true;
  }

  /** Waits until all frames are sent, or nobody reads them any more. */
  @Override
  public void close() {
    put(LAST);
    if (gone) {
      thread.interrupt();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }
}
