package dev.peer.daemon.socket;

import dev.peer.core.record.OutputStreamName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Sends frames from a thread of its own: an interrupt would close the connection, and a run can be
 * interrupted at any time and must still report. A slow reader delays the run, as a pipe would;
 * once the run is interrupted, not for long.
 */
final class FrameWriter implements SubmitterOutput, AutoCloseable {

  private static final int FRAMES = 64;
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final byte[] LAST = new byte[0];

  private final SocketChannel channel;
  private final BlockingQueue<byte[]> frames = new ArrayBlockingQueue<>(FRAMES);
  private final Thread thread = Thread.ofVirtual().name("reply").unstarted(this::send);
  private String stage = "";
  private volatile boolean gone;

  FrameWriter(SocketChannel channel) {
    this.channel = channel;
    thread.start();
  }

  @Override
  public void step(String name) {
    put(FrameType.STEP.frame(name));
  }

  @Override
  public void awaiting(String what) {
    put(FrameType.AWAITING.frame(what));
  }

  @Override
  public boolean moved(long done, long total) {
    put(FrameType.MOVED.frame(done + " " + total));
    return true;
  }

  @Override
  public void say(String line) {
    put(FrameType.SAY.frame(line));
  }

  @Override
  public void print(String line) {
    put(FrameType.PRINT.frame(line));
  }

  @Override
  public synchronized void stageOutput(String name, byte[] buffer, int offset, int length) {
    if (!name.equals(stage)) {
      stage = name;
      put(FrameType.STAGE.frame(name));
    }
    put(FrameType.STAGE_OUTPUT, buffer, offset, length);
  }

  @Override
  public void write(OutputStreamName stream, byte[] buffer, int offset, int length) {
    put(
        stream == OutputStreamName.STDOUT ? FrameType.STDOUT : FrameType.STDERR,
        buffer,
        offset,
        length);
  }

  private void put(FrameType kind, byte[] buffer, int offset, int length) {
    for (int done = 0; done < length; done += FrameType.LARGEST) {
      put(kind.frame(buffer, offset + done, Math.min(FrameType.LARGEST, length - done)));
    }
  }

  /** Nothing is sent any more when the other side is gone. */
  void put(byte[] frame) {
    boolean interrupted = false;
    try {
      while (!gone) {
        try {
          if (frames.offer(frame, PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            return;
          }
          gone = interrupted || Thread.currentThread().isInterrupted();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void send() {
    try {
      for (byte[] frame = frames.take(); frame != LAST; frame = frames.take()) {
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
