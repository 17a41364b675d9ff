package dev.peer.vm.qemu;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Which blocks of a disk its file system uses, by the bitmaps of ext4: in the others are bytes of
 * files that were removed. Of anything but an ext4 as a guest makes it, all blocks count as used.
 */
final class Ext4Usage {

  /** The bytes of a block. */
  static final int BLOCK = 4096;

  private static final int PER_CLUSTER = DiskLayer.CLUSTER / BLOCK;
  private static final int SUPERBLOCK = 1024;
  private static final int MAGIC = 0xef53;
  private static final int JOURNAL = 0x4;
  private static final int GROUPS_ELSEWHERE = 0x10;
  private static final int LARGE_NUMBERS = 0x80;
  private static final int BLOCKS_TOGETHER = 0x200;
  private static final int NO_BITMAP = 0x2;

  private final BitSet unused = new BitSet();

  private Ext4Usage() {}

  /** Reads the bitmaps of a disk. */
  static Ext4Usage of(QcowClusters disk) throws IOException {
    Ext4Usage usage = new Ext4Usage();
    ByteBuffer superblock =
        ByteBuffer.wrap(disk.read(0), SUPERBLOCK, SUPERBLOCK)
            .slice()
            .order(ByteOrder.LITTLE_ENDIAN);
    if (isKnown(superblock)) {
      usage.read(disk, superblock);
    }
    return usage;
  }

  private static boolean isKnown(ByteBuffer superblock) {
    boolean hasOtherForm =
        (superblock.getInt(0x5c) & JOURNAL) != 0
            || (superblock.getInt(0x60) & GROUPS_ELSEWHERE) != 0
            || (superblock.getInt(0x60) & LARGE_NUMBERS) == 0
            || (superblock.getInt(0x64) & BLOCKS_TOGETHER) != 0;
    return (superblock.getShort(0x38) & 0xffff) == MAGIC
        && superblock.getInt(0x14) == 0 // the first block
        && superblock.getInt(0x18) == 2 // blocks of 4096 bytes
        && superblock.getInt(0x150) == 0 // fewer than 2^32 of them
        && superblock.getInt(0x20) == 8 * BLOCK // in a group, as many as a bitmap has bits
        && superblock.getShort(0xfe) == 64 // the bytes of a group's description
        && !hasOtherForm;
  }

  private void read(QcowClusters disk, ByteBuffer superblock) throws IOException {
    long blocks = Math.min(superblock.getInt(0x4) & 0xffffffffL, disk.bytes() / BLOCK);
    int group = 8 * BLOCK;
    for (int first = 0; first + (long) group <= blocks; first += group) {
      long at = BLOCK + first / group * 64L;
      ByteBuffer description =
          ByteBuffer.wrap(block(disk, at / BLOCK)).order(ByteOrder.LITTLE_ENDIAN);
      int offset = (int) (at % BLOCK);
      long bitmap = description.getInt(offset) & 0xffffffffL;
      boolean has = (description.getShort(offset + 0x12) & NO_BITMAP) == 0;
      if (has && bitmap < blocks) {
        BitSet used = BitSet.valueOf(block(disk, bitmap));
        for (int i = used.nextClearBit(0); i < group; i = used.nextClearBit(i + 1)) {
          unused.set(first + i);
        }
      }
    }
  }

  private static byte[] block(QcowClusters disk, long number) throws IOException {
    int at = (int) (number % PER_CLUSTER) * BLOCK;
    return Arrays.copyOfRange(disk.read(Math.toIntExact(number / PER_CLUSTER)), at, at + BLOCK);
  }

  /** Whether it uses a block. */
  boolean isUsed(int block) {
    return !unused.get(block);
  }
}
