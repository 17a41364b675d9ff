package dev.peer.core.record;

import dev.peer.core.id.Digest;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;

/**
 * The one pass over a bundle's bytes, in their order: while they come, they are hashed, written to
 * a file, and read from there by a {@link BundleReader} in a thread of its own.
 */
final class BundlePass extends OutputStream {

  private final GrowingFile bytes;
  private final FedReader reader;
  private final OutputStream file;
  private final MessageDigest sha256 = Digest.sha256();
  private long size;

  private BundlePass(Path path, OutputStream file, String name, BundleEntries entries)
      throws IOException {
    this.file = file;
    bytes = new GrowingFile(path);
    reader = new FedReader(name, bytes, new BundleReader(entries));
  }

  /**
   * Makes the file, and waits for the first byte.
   *
   * @param name the thread's
   * @param entries takes what is read
   */
  static BundlePass creating(Path file, String name, BundleEntries entries) throws IOException {
    OutputStream made =
        Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    return new BundlePass(file, made, name, entries);
  }

  /** Likewise, for a file that is there: its bytes will be given to be hashed alone. */
  static BundlePass over(Path file, String name, BundleEntries entries) throws IOException {
    return new BundlePass(file, OutputStream.nullOutputStream(), name, entries);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] buffer, int offset, int length) throws IOException {
    file.write(buffer, offset, length);
    bytes.grow(length);
    sha256.update(buffer, offset, length);
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
    reader.end();
  }

  /** Ends the reading, whatever has come. When this returns, no more files appear. */
  @Override
  public void close() throws IOException {
    reader.close();
    file.close();
  }
}
