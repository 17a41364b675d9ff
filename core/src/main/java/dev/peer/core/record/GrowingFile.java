package dev.peer.core.record;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file that is read while it is written, as far as it is said to be there. That it cannot be read
 * is thrown unchecked: the bytes of a bundle are to blame for every other exception.
 */
final class GrowingFile extends FedStream {

  private final InputStream file;
  private long there;
  private long read;

  /** Opens the file. */
  GrowingFile(Path path) throws IOException {
    file = Files.newInputStream(path);
  }

  /** So many bytes more are there. */
  synchronized void grow(int length) {
    there += length;
    notifyAll();
  }

  @Override
  boolean hasMore() {
    return read < there;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    int most = awaitAtMost(length);
    if (most == 0) {
      return -1;
    }
    int n = readFile(buffer, offset, most);
    synchronized (this) {
      read += n;
    }
    return n;
  }

  private int readFile(byte[] buffer, int offset, int length) {
    try {
      int n = file.read(buffer, offset, length);
      if (n < 0) {
        throw new EOFException("the file has become shorter");
      }
      return n;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized int awaitAtMost(int length) throws IOException {
    return awaitMore() ? (int) Math.min(length, there - read) : 0;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
