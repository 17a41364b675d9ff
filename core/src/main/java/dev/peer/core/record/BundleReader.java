package dev.peer.core.record;

import com.github.luben.zstd.ZstdInputStream;
import dev.peer.core.id.Digest;
import dev.peer.core.id.Printable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;

/**
 * Reads the entries of a bundle, whether it comes from outside or is being written here. Each must
 * be a regular file; what else it must be is for {@link BundleEntries} to say.
 *
 * <p>Whether the bundle's own bytes are the signed ones is for {@link IncomingBundle} to tell, at
 * the same time.
 */
final class BundleReader implements FedReader.Reading {

  static final String RECORD = "record.json";
  static final String TIMING = "timing";
  static final String STDOUT = "stdout";
  static final String STDERR = "stderr";
  static final String MANIFEST = "manifest";
  static final String ARTIFACTS = "artifacts/";

  private static final int LARGEST_RECORD = 4 << 20;
  private static final int TAR_OVERHEAD = 4_096;

  private final BundleEntries entries;

  /** Reads for this taker of entries. */
  BundleReader(BundleEntries entries) {
    this.entries = entries;
  }

  /**
   * Reads all entries.
   *
   * @param bundle the bytes, of which those after the last entry are not read
   * @throws MalformedException if anything about the entries is not as it must be
   * @throws IOException if a file cannot be written here
   */
  @Override
  public void read(InputStream bundle) throws MalformedException, IOException {
    try (ZstdInputStream zstd = new ZstdInputStream(bundle);
        BoundedStream bounded = new BoundedStream(zstd, entries.mostBytes());
        TarReader tar = new TarReader(bounded)) {
      for (TarArchiveEntry entry = tar.next(); entry != null; entry = tar.next()) {
        readEntry(tar.content(), entry);
      }
    } catch (TargetException e) {
      throw e.cause;
    } catch (IOException e) {
      throw new MalformedException("the bundle cannot be read: " + e.getMessage(), e);
    }
    entries.end();
  }

  /** The most bytes of a tar whose entries, so many, have so many bytes besides the record. */
  static long mostBytes(long content, long count) {
    return Math.addExact(content, LARGEST_RECORD + count * TAR_OVERHEAD);
  }

  private void readEntry(InputStream content, TarArchiveEntry entry)
      throws IOException, MalformedException {
    String name = entry.getName();
    if (!TarReader.isPlainFile(entry)) {
      throw new MalformedException(
          "the bundle's entry " + Printable.of(name) + " is not a plain file");
    }
    if (name.equals(RECORD)) {
      byte[] json = content.readNBytes(LARGEST_RECORD + 1);
      if (json.length > LARGEST_RECORD) {
        throw new MalformedException("the bundle's record is too large");
      }
      entries.takeRecord(json);
      return;
    }
    MessageDigest sha256 = Digest.sha256();
    byte[] buffer = new byte[1 << 16];
    try (OutputStream out = opened(name, entry.getSize())) {
      for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
        sha256.update(buffer, 0, n);
        try {
          out.write(buffer, 0, n);
        } catch (IOException e) {
          throw new TargetException(e);
        }
      }
    }
    entries.take(name, new Content(entry.getSize(), Digest.ofFinished(sha256)));
  }

  private OutputStream opened(String name, long size) throws MalformedException, TargetException {
    try {
      return entries.open(name, size);
    } catch (IOException e) {
      throw new TargetException(e);
    }
  }

  /** A file could not be written: no fault of the bundle's. */
  private static final class TargetException extends IOException {

    private static final long serialVersionUID = 1L;

    private final IOException cause;

    TargetException(IOException cause) {
      super(cause);
      this.cause = cause;
    }
  }

  /** Fails if the content is longer than it may be. */
  private static final class BoundedStream extends BlockStream {

    private final InputStream in;
    private long left;

    BoundedStream(InputStream in, long most) {
      this.in = in;
      this.left = most;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int n = in.read(buffer, offset, length);
      left -= Math.max(n, 0);
      if (left < 0) {
        throw new IOException("the bundle holds more than the record says");
      }
      return n;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
