package dev.peer.vm.erofs;

import java.nio.ByteBuffer;

/** An inode of the extended form, whose content lies in whole blocks, one behind the other. */
final class Inode {

  static final int BYTES = 64;

  /** The root's number: not 0, which programs take for an entry that was removed. */
  static final int ROOT = 2;

  static final int DIRECTORY = 0040000;
  static final int FILE = 0100000;
  static final int LINK = 0120000;

  private static final int TYPE = 0170000;
  private static final short EXTENDED_AND_PLAIN = 1;

  /** What an inode's number counts: bytes from the first inode's block on. */
  static final int UNIT = 32;

  private final int index;
  private final int mode;
  private final long modified;

  int block;
  long size;
  int links = 1;

  Inode(int index, int mode, long modified) {
    this.index = index;
    this.mode = mode;
    this.modified = modified;
  }

  long number() {
    return ROOT + (long) BYTES / UNIT * index;
  }

  /** The type as an entry of a directory has it. */
  byte entryType() {
    return switch (mode & TYPE) {
      case DIRECTORY -> 2;
      case LINK -> 7;
      default -> 1;
    };
  }

  void writeTo(ByteBuffer out) {
    out.putShort(0, EXTENDED_AND_PLAIN)
        .putShort(4, (short) mode)
        .putLong(8, size)
        .putInt(16, block)
        .putInt(20, (int) number())
        .putLong(32, modified)
        .putInt(44, links);
  }
}
