package dev.peer.core.record;

import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Reads the entries of an untrusted tar, one after another. An entry's headers are read into
 * memory, so they have at most 64 KiB: a tar can hold a name of any length.
 */
public final class TarReader implements AutoCloseable {

  private static final int LONGEST_DESCRIPTION = 1 << 16;

  private final MeteredStream metered;
  private final TarArchiveInputStream tar;

  /** Reads the stream, which is closed with this. */
  public TarReader(InputStream in) {
    metered = new MeteredStream(in);
    tar = new TarArchiveInputStream(metered, "UTF-8");
  }

  /**
   * The next entry, or null after the last. Unread content of the entry before counts towards the
   * headers.
   *
   * @throws MalformedException if it cannot be read, or the headers of an entry are too long
   */
  public TarArchiveEntry next() throws MalformedException {
    metered.left = LONGEST_DESCRIPTION;
    try {
      TarArchiveEntry entry = tar.getNextEntry();
      metered.left = Long.MAX_VALUE;
      return entry;
    } catch (IOException | IllegalArgumentException e) {
      throw new MalformedException("the archive cannot be read: " + e.getMessage(), e);
    }
  }

  /** The content of the entry that {@link #next} gave. */
  public InputStream content() {
    return tar;
  }

  /**
   * Whether the entry is a regular file and nothing else. The library counts devices as files, and
   * fills the holes of a sparse file, so that a few bytes of it are gigabytes.
   */
  public static boolean isPlainFile(TarArchiveEntry entry) {
    boolean regular =
        entry.getLinkFlag() == TarConstants.LF_NORMAL
            || (entry.getLinkFlag() == TarConstants.LF_OLDNORM && !entry.isDirectory());
    return regular && !entry.isSparse();
  }

  @Override
  public void close() throws IOException {
    tar.close();
  }

  /** Fails where more is read than was allowed. */
  private static final class MeteredStream extends BlockStream {

    private final InputStream in;
    private long left = Long.MAX_VALUE;

    MeteredStream(InputStream in) {
      this.in = in;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      return (int) count(in.read(buffer, offset, length));
    }

    @Override
    public long skip(long bytes) throws IOException {
      return count(in.skip(bytes));
    }

    @Override
    public void close() throws IOException {
      in.close();
    }

    private long count(long read) throws IOException {
      left -= Math.max(read, 0);
      if (left < 0) {
        throw new IOException(
            "an entry is described in more than " + LONGEST_DESCRIPTION + " bytes");
      }
      return read;
    }
  }
}
