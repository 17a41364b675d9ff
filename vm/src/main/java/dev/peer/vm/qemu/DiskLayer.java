package dev.peer.vm.qemu;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Empty disks in the format qcow2, version 3: unwritten parts are read from the file below, or as
 * zeros.
 *
 * <p>The file does not name the file below it: QEMU's arguments do.
 */
public final class DiskLayer {

  static final int MAGIC = 0x514649fb;
  private static final int VERSION = 3;
  static final int HEADER_BYTES = 104;
  static final int CLUSTER_BITS = 16;
  static final int CLUSTER = 1 << CLUSTER_BITS;
  private static final int REFCOUNT_ORDER = 4;
  private static final int FEATURES = 72;

  /** A feature without which a file cannot be read: its data is in another one, which it names. */
  private static final long DATA_ELSEWHERE = 1 << 2;

  /** Each entry of the first table stands for a table of 8192 clusters. */
  private static final long BYTES_PER_ENTRY = (long) CLUSTER * (CLUSTER / Long.BYTES);

  private static final int REFCOUNT_TABLE = 1;
  private static final int REFCOUNT_BLOCK = 2;
  private static final int FIRST_TABLE = 3;

  private DiskLayer() {}

  /**
   * Refuses a file that is no such disk, or would make QEMU open another file for its data. QEMU's
   * arguments name the file below it.
   */
  static void requireWhole(Path file) throws IOException, QemuException {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      while (header.hasRemaining() && channel.read(header) >= 0) {}
    }
    if (header.hasRemaining()
        || header.getInt(0) != MAGIC
        || header.getInt(Integer.BYTES) != VERSION
        || (header.getLong(FEATURES) & DATA_ELSEWHERE) != 0) {
      throw new QemuException(
          "the disk " + file + " is not one that peer made", "`peer cache drop` removes it");
    }
  }

  /**
   * Makes the file.
   *
   * @param file which does not exist yet
   * @param bytes the size of the disk
   */
  public static void create(Path file, long bytes) throws IOException {
    int entries = Math.toIntExact((bytes + BYTES_PER_ENTRY - 1) / BYTES_PER_ENTRY);
    int tableClusters = (entries * Long.BYTES + CLUSTER - 1) / CLUSTER;
    int clusters = FIRST_TABLE + tableClusters;
    ByteBuffer content = ByteBuffer.allocate(clusters * CLUSTER);
    putHeader(
        content,
        bytes,
        new Tables(entries, (long) FIRST_TABLE * CLUSTER, (long) REFCOUNT_TABLE * CLUSTER, 1));
    content.putLong(REFCOUNT_TABLE * CLUSTER, (long) REFCOUNT_BLOCK * CLUSTER);
    for (int cluster = 0; cluster < clusters; cluster++) {
      content.putShort(REFCOUNT_BLOCK * CLUSTER + cluster * Short.BYTES, (short) 1);
    }
    content.rewind();
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      while (content.hasRemaining()) {
        channel.write(content);
      }
    }
  }

  /**
   * Where a file has its tables.
   *
   * @param entries how many the first table has
   * @param first where the first table begins
   * @param counts where the table of the reference counts begins
   * @param countClusters how many clusters that one has
   */
  record Tables(int entries, long first, long counts, int countClusters) {}

  /** Puts the header of a file with nothing below it. */
  static void putHeader(ByteBuffer content, long bytes, Tables tables) {
    content.putInt(MAGIC).putInt(VERSION);
    content.putLong(0).putInt(0); // the name of what is below: none
    content.putInt(CLUSTER_BITS).putLong(bytes);
    content.putInt(0); // encryption: none
    content.putInt(tables.entries()).putLong(tables.first());
    content.putLong(tables.counts()).putInt(tables.countClusters());
    content.putInt(0).putLong(0); // snapshots inside the file: none
    content.putLong(0).putLong(0).putLong(0); // features: none
    content.putInt(REFCOUNT_ORDER).putInt(HEADER_BYTES);
  }
}
