package dev.peer.core.record;

import dev.peer.core.id.Digest;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;

/**
 * The one pass over a bundle's bytes, in their order: while they come, they are hashed, written to
 * a file, and read by a {@link BundleReader} in a thread of its own.
 */
final class BundlePass extends OutputStream {

  private static final int CHUNK = 1 << 16;

  private final BundleReader reader;
  private final OutputStream file;
  private final MessageDigest sha256 = Digest.sha256();
  private final BytePipe pipe = new BytePipe();
  private final Thread thread;
  private long size;
  private Throwable fault;

  /**
   * Waits for the first byte.
   *
   * @param name the thread's
   * @param file receives the bytes; closed with this
   */
  BundlePass(String name, BundleReader reader, OutputStream file) {
    this.reader = reader;
    this.file = file;
    thread = Thread.ofPlatform().daemon().name(name).start(this::read);
  }

  /** A new file for a bundle. */
  static OutputStream create(Path file) throws IOException {
    return Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] buffer, int offset, int length) throws IOException {
    for (int at = 0; at < length; at += CHUNK) {
      pipe.put(buffer, offset + at, Math.min(CHUNK, length - at));
    }
    sha256.update(buffer, offset, length);
    file.write(buffer, offset, length);
    size += length;
  }

  /** How many bytes have come. */
  long size() {
    return size;
  }

  /** All bytes have come: closes the file, and returns its size and digest. */
  Content content() throws IOException {
    file.close();
    return new Content(size, Digest.ofFinished(sha256));
  }

  /**
   * Waits until the reader has read all of them.
   *
   * @throws MalformedException if it refuses the bundle
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
      reader.read(pipe);
    } catch (MalformedException | IOException | RuntimeException | Error e) {
      fault = e;
    }
  }

  /** Ends the reading, whatever has come. When this returns, no more files appear. */
  @Override
  public void close() throws IOException {
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
    file.close();
  }
}
