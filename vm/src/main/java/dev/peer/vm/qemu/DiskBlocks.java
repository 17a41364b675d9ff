package dev.peer.vm.qemu;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The bytes in use of a disk, in the order of the disk: the form in which a disk moves to another
 * machine. Equal disks have equal forms, however QEMU has laid out their files.
 *
 * <p>First the magic and the size of the disk in eight bytes each, highest first. Then where the
 * blocks are, apart from their bytes, so that the same files have the same bytes wherever they are:
 * runs of blocks that follow each other, in four bytes each how many runs there are, and of each
 * run the number of the first block and how many there are. Then the bytes of all of these blocks.
 * All other blocks are zeros: they are zeros, or the file system does not use them.
 *
 * <p>A file that comes from elsewhere is never given to QEMU: it can name other files. Reading this
 * form makes a new one, which names none.
 */
public final class DiskBlocks {

  private static final long MAGIC = 0x706565722d64736cL;
  private static final int CLUSTER = DiskLayer.CLUSTER;
  private static final int BLOCK = Ext4Usage.BLOCK;
  private static final int PER_CLUSTER = CLUSTER / BLOCK;

  /** A disk with a compiler has a few hundred. */
  private static final int MOST_RUNS = 1 << 20;

  private DiskBlocks() {}

  private record Run(int first, int count) {

    int end() {
      return first + count;
    }
  }

  /**
   * Writes what is in use of a disk.
   *
   * @param file made by {@link DiskLayer} and written by QEMU, with nothing below it
   */
  public static void write(Path file, OutputStream out) throws IOException {
    try (QcowClusters clusters = QcowClusters.open(file)) {
      List<Run> runs = runs(clusters);
      QcowClusters.require(runs.size() <= MOST_RUNS, "it has " + runs.size() + " runs of blocks");
      DataOutputStream data = new DataOutputStream(out);
      data.writeLong(MAGIC);
      data.writeLong(clusters.bytes());
      data.writeInt(runs.size());
      for (Run run : runs) {
        data.writeInt(run.first());
        data.writeInt(run.count());
      }
      for (Run run : runs) {
        for (int block = run.first(); block < run.end(); ) {
          int end = Math.min(run.end(), (block / PER_CLUSTER + 1) * PER_CLUSTER);
          byte[] cluster = clusters.read(block / PER_CLUSTER);
          data.write(cluster, block % PER_CLUSTER * BLOCK, (end - block) * BLOCK);
          block = end;
        }
      }
      data.flush();
    }
  }

  private static List<Run> runs(QcowClusters clusters) throws IOException {
    Ext4Usage usage = Ext4Usage.of(clusters);
    byte[] zeros = new byte[BLOCK];
    List<Run> runs = new ArrayList<>();
    int first = 0;
    int end = 0;
    for (int number : clusters.numbers()) {
      byte[] cluster = clusters.read(number);
      for (int i = 0; i < PER_CLUSTER; i++) {
        int block = number * PER_CLUSTER + i;
        int at = i * BLOCK;
        if (usage.isUsed(block) && !Arrays.equals(cluster, at, at + BLOCK, zeros, 0, BLOCK)) {
          if (block != end) {
            add(runs, first, end);
            first = block;
          }
          end = block + 1;
        }
      }
    }
    add(runs, first, end);
    return runs;
  }

  private static void add(List<Run> runs, int first, int end) {
    if (end > first) {
      runs.add(new Run(first, end - first));
    }
  }

  /**
   * Makes a disk.
   *
   * @param in the form, to its end
   * @param file which does not exist yet
   * @param bytes the size that the disk must have
   * @param most how many bytes its file may take for it
   * @throws IOException if it is malformed or has more, or if the file cannot be written
   */
  public static void read(InputStream in, Path file, long bytes, long most) throws IOException {
    DataInputStream data = new DataInputStream(in);
    try (QcowFile made = QcowFile.create(file, bytes)) {
      QcowClusters.require(
          data.readLong() == MAGIC, "it is not a disk in the form of this version");
      QcowClusters.require(data.readLong() == bytes, "it is a disk of another size");
      List<Run> runs = readRuns(data, made.clusters() * PER_CLUSTER);
      QcowClusters.require(
          clusters(runs) <= most / CLUSTER, "more than " + most + " bytes of it are in use");
      byte[] cluster = new byte[CLUSTER];
      int number = -1;
      for (Run run : runs) {
        for (int block = run.first(); block < run.end(); block++) {
          if (number >= 0 && block / PER_CLUSTER != number) {
            made.write(number, cluster);
            Arrays.fill(cluster, (byte) 0);
          }
          number = block / PER_CLUSTER;
          data.readFully(cluster, block % PER_CLUSTER * BLOCK, BLOCK);
        }
      }
      if (number >= 0) {
        made.write(number, cluster);
      }
      QcowClusters.require(data.read() < 0, "something follows its end");
      made.finish();
    } catch (EOFException e) {
      throw new IOException("the disk is cut off", e);
    }
  }

  private static List<Run> readRuns(DataInputStream data, long blocks) throws IOException {
    List<Run> runs = new ArrayList<>();
    int number = data.readInt();
    QcowClusters.require(
        number >= 0 && number <= MOST_RUNS, "it has " + number + " runs of blocks");
    int end = 0;
    for (int i = 0; i < number; i++) {
      Run run = new Run(data.readInt(), data.readInt());
      QcowClusters.require(run.first() >= end && run.count() > 0, "its blocks are not in order");
      QcowClusters.require(
          (long) run.first() + run.count() <= blocks, "it has blocks beyond its end");
      runs.add(run);
      end = run.end();
    }
    return runs;
  }

  /** In how many clusters the blocks are. */
  private static long clusters(List<Run> runs) {
    long clusters = 0;
    int last = -1;
    for (Run run : runs) {
      int first = run.first() / PER_CLUSTER;
      clusters += (run.end() - 1) / PER_CLUSTER - first + (first == last ? 0 : 1);
      last = (run.end() - 1) / PER_CLUSTER;
    }
    return clusters;
  }
}
