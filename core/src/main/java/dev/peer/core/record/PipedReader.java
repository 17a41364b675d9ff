package dev.peer.core.record;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;

/** Has bytes read by a thread of its own while they are written. */
final class PipedReader extends OutputStream {

  private static final int CHUNK = 1 << 16;

  private final Reading reading;
  private final BytePipe pipe = new BytePipe();
  private final Thread thread;
  private Throwable fault;

  /** What is done with the bytes. */
  @FunctionalInterface
  interface Reading {

    /** Reads as many of them as it needs. */
    void read(InputStream in) throws MalformedException, IOException;
  }

  /**
   * Waits for the first byte.
   *
   * @param name the thread's
   */
  PipedReader(String name, Reading reading) {
    this.reading = reading;
    thread = Thread.ofPlatform().daemon().name(name).start(this::read);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  /** Those that the reader no longer wants go nowhere. */
  @Override
  public void write(byte[] buffer, int offset, int length) throws IOException {
    for (int at = 0; at < length; at += CHUNK) {
      pipe.put(buffer, offset + at, Math.min(CHUNK, length - at));
    }
  }

  /**
   * All bytes have come: waits until the reader has read them.
   *
   * @throws MalformedException if it refuses them
   * @throws IOException if a file could not be read or written here
   */
  void end() throws MalformedException, IOException {
    pipe.end();
    try {
      if (Thread.interrupted()) {
        // A join with a thread that has ended already does not look.
        throw new InterruptedException();
      }
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException)
          new InterruptedIOException("interrupted in the middle of a bundle").initCause(e);
    }
    switch (fault) {
      case null -> {}
      case MalformedException e -> throw e;
      case IOException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(fault);
    }
  }

  private void read() {
    try (pipe) {
      reading.read(pipe);
    } catch (MalformedException | IOException | RuntimeException | Error e) {
      fault = e;
    }
  }

  /** Ends the reading, whatever has come, and waits for its end. */
  @Override
  public void close() {
    pipe.breakOff();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
