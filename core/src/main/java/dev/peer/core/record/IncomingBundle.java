package dev.peer.core.record;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A bundle on its way here: takes its bytes in their order, and goes over them once. While they
 * come, they are hashed, written to a file, and unpacked by a thread of its own, where each entry
 * is compared with the signed record.
 *
 * <p>Until {@link #finish} returns, what was unpacked means nothing: the caller drops it otherwise.
 */
public final class IncomingBundle extends OutputStream {

  private static final int BUFFER = 1 << 16;

  private final Content expected;
  private final ExpectedEntries entries;
  private final BundlePass pass;
  private long size;

  private IncomingBundle(Content expected, ExpectedEntries entries, BundlePass pass) {
    this.expected = expected;
    this.entries = entries;
    this.pass = pass;
  }

  /**
   * Waits for the first byte.
   *
   * @param expected the signed size and digest
   * @param record the signed record
   * @param file does not exist; receives the bundle as it is
   * @param into an empty directory
   * @throws MalformedException if what is signed is more than is taken
   * @throws IOException if the disk has no room, or the file cannot be made
   */
  public static IncomingBundle of(Content expected, RunRecord record, Path file, Path into)
      throws MalformedException, IOException {
    ExpectedEntries entries = ExpectedEntries.unpacking(expected, record, into);
    long both = entries.contentBytes() + expected.size();
    // A sum beyond the largest number is below 0.
    DiskRoom.require(into, Math.max(both, expected.size()));
    return new IncomingBundle(
        expected, entries, BundlePass.creating(file, threadName(into), entries));
  }

  /**
   * Unpacks a bundle that is a file here.
   *
   * @param into an empty directory
   * @throws MalformedException if anything about the bundle is not as signed; the directory then
   *     holds leftovers that mean nothing
   * @throws IOException if a file cannot be read or written here, or the disk has no room for the
   *     bundle
   */
  public static RunFiles unpack(Path bundle, Content expected, RunRecord record, Path into)
      throws MalformedException, IOException {
    requireSize(Files.size(bundle), expected);
    ExpectedEntries entries = ExpectedEntries.unpacking(expected, record, into);
    DiskRoom.require(into, entries.contentBytes());
    try (InputStream in = Files.newInputStream(bundle);
        IncomingBundle incoming =
            new IncomingBundle(
                expected, entries, BundlePass.over(bundle, threadName(into), entries))) {
      byte[] buffer = new byte[BUFFER];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        incoming.write(buffer, 0, n);
      }
      return incoming.finish();
    }
  }

  private static String threadName(Path into) {
    return "unpack " + into;
  }

  /** How many bytes have come. */
  public long size() {
    return size;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  /**
   * Takes the next bytes. Those beyond the signed size are counted, and go nowhere.
   *
   * @throws IOException if the file cannot be written
   */
  @Override
  public void write(byte[] buffer, int offset, int length) throws IOException {
    if (size <= expected.size() - length) {
      pass.write(buffer, offset, length);
    }
    size += length;
  }

  /**
   * All bytes have come: returns the files, of which everything is as signed.
   *
   * @throws MalformedException if anything about the bundle is not
   * @throws IOException if a file could not be written here
   */
  public RunFiles finish() throws MalformedException, IOException {
    Content actual = pass.content();
    requireSize(size, expected);
    if (!actual.digest().equals(expected.digest())) {
      throw new MalformedException(
          "the bundle's digest is " + actual.digest() + ", signed is " + expected.digest());
    }
    pass.end();
    return entries.files();
  }

  private static void requireSize(long actual, Content expected) throws MalformedException {
    if (actual != expected.size()) {
      throw new MalformedException(
          "the bundle has " + actual + " bytes, signed are " + expected.size());
    }
  }

  /** Ends the unpacking, whatever has come. When this returns, no more files appear. */
  @Override
  public void close() throws IOException {
    pass.close();
  }
}
