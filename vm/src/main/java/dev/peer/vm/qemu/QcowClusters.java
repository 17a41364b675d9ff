package dev.peer.vm.qemu;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** The clusters of a disk that its file has, found by the file's tables. */
final class QcowClusters implements AutoCloseable {

  private static final int CLUSTER = DiskLayer.CLUSTER;
  private static final long OFFSET = 0x00fffffffffffe00L;
  private static final long COMPRESSED = 1L << 62;
  private static final long ZEROS = 1;

  private final FileChannel file;
  private final SortedMap<Integer, Long> places = new TreeMap<>();
  private long bytes;

  private QcowClusters(FileChannel file) {
    this.file = file;
  }

  /**
   * Opens a disk.
   *
   * @param path made by {@link DiskLayer} and written by QEMU, with nothing below it
   * @throws IOException also if it is anything else
   */
  static QcowClusters open(Path path) throws IOException {
    QcowClusters clusters = new QcowClusters(FileChannel.open(path, StandardOpenOption.READ));
    boolean done = false;
    try {
      clusters.find();
      done = true;
      return clusters;
    } finally {
      if (!done) {
        clusters.close();
      }
    }
  }

  private void find() throws IOException {
    ByteBuffer header = bytes(0, DiskLayer.HEADER_BYTES);
    require(header.getInt(0) == DiskLayer.MAGIC && header.getInt(4) == 3, "no such file");
    require(header.getLong(8) == 0, "it names a file below");
    require(header.getInt(20) == DiskLayer.CLUSTER_BITS, "its clusters have another size");
    require(header.getInt(32) == 0, "it is encrypted");
    require(header.getInt(60) == 0, "it has snapshots");
    require(header.getLong(72) == 0, "it has features that are not known");
    bytes = header.getLong(24);
    ByteBuffer tables = bytes(header.getLong(40), header.getInt(36) * Long.BYTES);
    int perTable = CLUSTER / Long.BYTES;
    for (int table = 0; tables.hasRemaining(); table++) {
      long at = tables.getLong() & OFFSET;
      if (at != 0) {
        ByteBuffer entries = bytes(at, CLUSTER);
        for (int i = 0; i < perTable; i++) {
          add(table * perTable + i, entries.getLong());
        }
      }
    }
  }

  private void add(int cluster, long entry) throws IOException {
    require((entry & COMPRESSED) == 0, "it has compressed clusters");
    long at = entry & OFFSET;
    if (at != 0 && (entry & ZEROS) == 0) {
      places.put(cluster, at);
    }
  }

  static void require(boolean holds, String otherwise) throws IOException {
    if (!holds) {
      throw new IOException("the disk is malformed: " + otherwise);
    }
  }

  /** The size of the disk. */
  long bytes() {
    return bytes;
  }

  /** The numbers of those that the file has, in order. */
  Set<Integer> numbers() {
    return Collections.unmodifiableSet(places.keySet());
  }

  /** The bytes of any cluster of the disk: zeros if the file does not have it. */
  byte[] read(int cluster) throws IOException {
    Long at = places.get(cluster);
    return at == null ? new byte[CLUSTER] : bytes(at, CLUSTER).array();
  }

  private ByteBuffer bytes(long at, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      // The last cluster of a file may be cut off.
      if (file.read(bytes, at + bytes.position()) < 0) {
        break;
      }
    }
    return bytes.rewind();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
