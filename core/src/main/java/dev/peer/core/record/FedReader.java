package dev.peer.core.record;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;

/** Reads what is given meanwhile, in a thread of its own. */
final class FedReader implements AutoCloseable {

  private final FedStream bytes;
  private final Reading reading;
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
   * @param bytes closed when they are read
   */
  FedReader(String name, FedStream bytes, Reading reading) {
    this.bytes = bytes;
    this.reading = reading;
    thread = Thread.ofPlatform().daemon().name(name).start(this::read);
  }

  private void read() {
    try (bytes) {
      reading.read(bytes);
    } catch (UncheckedIOException e) {
      fault = e.getCause();
    } catch (MalformedException | IOException | RuntimeException | Error e) {
      fault = e;
    }
  }

  /**
   * All bytes were given: waits until they are read.
   *
   * @throws MalformedException if they are refused
   * @throws IOException if a file could not be read or written here
   */
  void end() throws MalformedException, IOException {
    bytes.end();
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

  /** Ends the reading, whatever has come, and waits for its end. */
  @Override
  public void close() {
    bytes.breakOff();
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
