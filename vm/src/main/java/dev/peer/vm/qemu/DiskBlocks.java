package dev.peer.vm.qemu;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * The bytes in use of a disk, in the order of the disk: the form in which a disk moves to another
 * machine. Equal disks have equal forms, however QEMU has laid out their files.
 *
 * <p>First the magic and the size of the disk in eight bytes each, highest first. Then runs of
 * clusters: in four bytes each the number of the first cluster and how many there are, then their
 * bytes. A run begins after a gap or at a multiple of {@link #LONGEST_RUN}, so that a cluster more
 * moves no run behind it, and a last one of no clusters ends the form. All clusters that are not
 * there are zeros.
 *
 * <p>A file that comes from elsewhere is never given to QEMU: it can name other files. Reading this
 * form makes a new one, which names none.
 */
public final class DiskBlocks {

  private static final long MAGIC = 0x706565722d64736bL;
  private static final int CLUSTER = DiskLayer.CLUSTER;
  private static final int LONGEST_RUN = 64;

  private DiskBlocks() {}

  /**
   * Writes what is in use of a disk.
   *
   * @param file made by {@link DiskLayer} and written by QEMU, with nothing below it
   */
  public static void write(Path file, OutputStream out) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      new Writer(channel, new DataOutputStream(out)).write();
    }
  }

  /**
   * Makes a disk.
   *
   * @param in the form, to its end
   * @param file which does not exist yet
   * @param bytes the size that the disk must have
   * @param most how many bytes of it may be in use
   * @throws IOException if it is malformed or has more, or if the file cannot be written
   */
  public static void read(InputStream in, Path file, long bytes, long most) throws IOException {
    DataInputStream data = new DataInputStream(in);
    try (QcowFile made = QcowFile.create(file, bytes)) {
      require(data.readLong() == MAGIC, "it is not a disk");
      require(data.readLong() == bytes, "it is a disk of another size");
      byte[] cluster = new byte[CLUSTER];
      long left = most / CLUSTER;
      long end = 0;
      int first = data.readInt();
      int count = data.readInt();
      while (count > 0) {
        require(first >= end, "its clusters are not in order");
        require((long) first + count <= made.clusters(), "it has clusters beyond its end");
        left -= count;
        require(left >= 0, "more than " + most + " bytes of it are in use");
        for (int i = 0; i < count; i++) {
          data.readFully(cluster);
          made.write(first + i, cluster);
        }
        end = (long) first + count;
        first = data.readInt();
        count = data.readInt();
      }
      require(count == 0 && first == 0, "its end is malformed");
      require(data.read() < 0, "something follows its end");
      made.finish();
    } catch (EOFException e) {
      throw new IOException("the disk is cut off", e);
    }
  }

  private static void require(boolean holds, String otherwise) throws IOException {
    if (!holds) {
      throw new IOException("the disk is malformed: " + otherwise);
    }
  }

  /** Finds the clusters of a file by its tables, and writes those that are in use. */
  private static final class Writer {

    private static final long OFFSET = 0x00fffffffffffe00L;
    private static final long COMPRESSED = 1L << 62;
    private static final long ZEROS = 1;

    private final FileChannel file;
    private final DataOutputStream out;
    private final byte[] zeros = new byte[CLUSTER];

    private final byte[] run = new byte[LONGEST_RUN * CLUSTER];

    private int first;
    private int inRun;

    Writer(FileChannel file, DataOutputStream out) {
      this.file = file;
      this.out = out;
    }

    void write() throws IOException {
      ByteBuffer header = read(0, DiskLayer.HEADER_BYTES);
      require(header.getInt(0) == DiskLayer.MAGIC && header.getInt(4) == 3, "no such file");
      require(header.getLong(8) == 0, "it names a file below");
      require(header.getInt(20) == DiskLayer.CLUSTER_BITS, "its clusters have another size");
      require(header.getInt(32) == 0, "it is encrypted");
      require(header.getInt(60) == 0, "it has snapshots");
      require(header.getLong(72) == 0, "it has features that are not known");
      long bytes = header.getLong(24);
      out.writeLong(MAGIC);
      out.writeLong(bytes);
      ByteBuffer tables = read(header.getLong(40), header.getInt(36) * Long.BYTES);
      int perTable = CLUSTER / Long.BYTES;
      for (int table = 0; tables.hasRemaining(); table++) {
        long at = tables.getLong() & OFFSET;
        if (at != 0) {
          ByteBuffer entries = read(at, CLUSTER);
          for (int i = 0; i < perTable; i++) {
            add(table * perTable + i, entries.getLong());
          }
        }
      }
      endRun();
      out.writeLong(0);
      out.flush();
    }

    private void add(int cluster, long entry) throws IOException {
      require((entry & COMPRESSED) == 0, "it has compressed clusters");
      long at = entry & OFFSET;
      if (at == 0 || (entry & ZEROS) != 0) {
        return;
      }
      byte[] bytes = read(at, CLUSTER).array();
      if (Arrays.equals(bytes, zeros)) {
        return;
      }
      if (cluster != first + inRun || cluster % LONGEST_RUN == 0) {
        endRun();
        first = cluster;
      }
      System.arraycopy(bytes, 0, run, inRun * CLUSTER, CLUSTER);
      inRun++;
    }

    private void endRun() throws IOException {
      if (inRun > 0) {
        out.writeInt(first);
        out.writeInt(inRun);
        out.write(run, 0, inRun * CLUSTER);
        inRun = 0;
      }
    }

    private ByteBuffer read(long at, int length) throws IOException {
      ByteBuffer bytes = ByteBuffer.allocate(length);
      while (bytes.hasRemaining()) {
        // The last cluster of a file may be cut off.
        if (file.read(bytes, at + bytes.position()) < 0) {
          break;
        }
      }
      return bytes.rewind();
    }
  }
}
