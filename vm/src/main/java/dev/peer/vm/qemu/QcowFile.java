package dev.peer.vm.qemu;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A disk in the form of {@link DiskLayer}, written once from its first cluster to its last. The
 * tables are written behind the clusters, and the header last: until then it is no disk.
 */
final class QcowFile implements AutoCloseable {

  private static final int CLUSTER = DiskLayer.CLUSTER;
  private static final int PER_TABLE = CLUSTER / Long.BYTES;
  private static final int PER_COUNTS = CLUSTER / Short.BYTES;

  /** An entry's mark that nothing else refers to what it points at. */
  private static final long ALONE = 1L << 63;

  private final FileChannel channel;
  private final long bytes;
  private final long[][] tables;
  private int used = 1; // the header

  private QcowFile(FileChannel channel, long bytes) {
    this.channel = channel;
    this.bytes = bytes;
    this.tables = new long[divided(clusters(), PER_TABLE)][];
  }

  /**
   * Begins a file.
   *
   * @param file which does not exist yet
   * @param bytes the size of the disk
   */
  static QcowFile create(Path file, long bytes) throws IOException {
    return new QcowFile(
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), bytes);
  }

  /** How many clusters the disk has. */
  long clusters() {
    return (bytes + CLUSTER - 1) / CLUSTER;
  }

  /** Writes a cluster of the disk, which was not written yet. */
  void write(int cluster, byte[] content) throws IOException {
    int table = cluster / PER_TABLE;
    if (tables[table] == null) {
      tables[table] = new long[PER_TABLE];
    }
    tables[table][cluster % PER_TABLE] = append(ByteBuffer.wrap(content)) | ALONE;
  }

  /** Makes the file a disk. */
  void finish() throws IOException {
    ByteBuffer first = ByteBuffer.allocate(divided(tables.length, PER_TABLE) * CLUSTER);
    for (int i = 0; i < tables.length; i++) {
      if (tables[i] != null) {
        ByteBuffer table = ByteBuffer.allocate(CLUSTER);
        table.asLongBuffer().put(tables[i]);
        first.putLong(i * Long.BYTES, append(table) | ALONE);
      }
    }
    long firstAt = append(first);
    // The counts count themselves, and the table that leads to them.
    int blocks = divided(used, PER_COUNTS);
    int leading = divided(blocks, PER_TABLE);
    while ((long) blocks * PER_COUNTS < (long) used + blocks + leading) {
      blocks++;
      leading = divided(blocks, PER_TABLE);
    }
    int all = used + blocks + leading;
    List<Long> places = new ArrayList<>();
    for (int block = 0; block < blocks; block++) {
      ByteBuffer counts = ByteBuffer.allocate(CLUSTER);
      for (int i = 0; i < PER_COUNTS && block * PER_COUNTS + i < all; i++) {
        counts.putShort(i * Short.BYTES, (short) 1);
      }
      places.add(append(counts));
    }
    ByteBuffer lead = ByteBuffer.allocate(leading * CLUSTER);
    places.forEach(lead::putLong);
    long leadAt = append(lead.clear());
    ByteBuffer header = ByteBuffer.allocate(CLUSTER);
    DiskLayer.putHeader(
        header, bytes, new DiskLayer.Tables(tables.length, firstAt, leadAt, leading));
    put(header.clear(), 0);
  }

  private long append(ByteBuffer content) throws IOException {
    long at = (long) used * CLUSTER;
    used += content.remaining() / CLUSTER;
    put(content, at);
    return at;
  }

  private void put(ByteBuffer content, long at) throws IOException {
    long next = at;
    while (content.hasRemaining()) {
      next += channel.write(content, next);
    }
  }

  private static int divided(long dividend, int divisor) {
    return Math.toIntExact((dividend + divisor - 1) / divisor);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
