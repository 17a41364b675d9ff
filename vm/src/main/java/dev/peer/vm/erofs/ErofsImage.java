package dev.peer.vm.erofs;

import dev.peer.core.flow.GuestDirectory;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A file system in the making. The blocks of files come first, in the order in which they are made;
 * {@link #finish} writes the directories, the inodes and the superblock behind and before them.
 */
public final class ErofsImage implements Closeable {

  static final int BLOCK_BITS = 12;
  static final int BLOCK = 1 << BLOCK_BITS;

  private static final int SUPERBLOCK_AT = 1024;
  private static final int MAGIC = 0xE0F5E1E2;
  private static final int BUFFER = 1 << 20;

  private final FileChannel file;
  private final long maxBytes;
  private final ByteBuffer buffer = littleEndian(BUFFER);
  private final List<Inode> inodes = new ArrayList<>();
  private final DirectoryInMemory root;
  private long position = BLOCK;

  private ErofsImage(FileChannel file, long maxBytes) throws IOException {
    this.file = file;
    this.maxBytes = maxBytes;
    this.root = new DirectoryInMemory(this, Instant.EPOCH);
  }

  /**
   * Starts a file system in a file that is blank: it holds zeros, is empty, or is made here.
   *
   * @param maxBytes how much room its entries may take together, each taking a block at least
   */
  public static ErofsImage create(Path image, long maxBytes) throws IOException {
    FileChannel file = FileChannel.open(image, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    return new ErofsImage(file.position(BLOCK), maxBytes);
  }

  /** Its root. */
  public GuestDirectory root() {
    return root;
  }

  /** Writes what is left. The image is whole after this, and takes nothing more. */
  public void finish() throws IOException {
    root.write();
    long inodesAt = block();
    append(new byte[Inode.UNIT * Inode.ROOT], 0, Inode.UNIT * Inode.ROOT);
    ByteBuffer table = littleEndian(Inode.BYTES);
    for (Inode inode : inodes) {
      inode.writeTo(table.clear());
      append(table.array(), 0, Inode.BYTES);
    }
    fillBlock();
    flush();
    ByteBuffer superblock = superblock(inodesAt);
    while (superblock.hasRemaining()) {
      file.write(superblock, SUPERBLOCK_AT + superblock.position());
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private ByteBuffer superblock(long inodesAt) throws IOException {
    return littleEndian(BLOCK - SUPERBLOCK_AT)
        .putInt(0, MAGIC)
        .put(12, (byte) BLOCK_BITS)
        .putShort(14, (short) Inode.ROOT)
        .putLong(16, inodes.size())
        .putInt(36, block())
        .putInt(40, Math.toIntExact(inodesAt));
  }

  /** Takes an inode in, and gives it its number. */
  Inode add(int mode, Instant modified) throws IOException {
    requireRoom(BLOCK);
    Inode inode = new Inode(inodes.size(), mode, modified.getEpochSecond());
    inodes.add(inode);
    return inode;
  }

  /** Writes the content of an inode into blocks of its own. */
  void writeContent(Inode inode, GuestDirectory.Content content) throws IOException {
    inode.block = block();
    long begun = position;
    content.writeTo(
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
          }

          @Override
          public void write(byte[] bytes, int offset, int length) throws IOException {
            append(bytes, offset, length);
          }
        });
    inode.size = position - begun;
    fillBlock();
  }

  /** A tree can name the same files without end, and take all the room that there is. */
  private void requireRoom(int bytes) throws IOException {
    if (position + bytes + (long) inodes.size() * BLOCK > maxBytes) {
      throw new IOException(
          "the revision's files take more than the guest's disk; give it more with PEER_DISK");
    }
  }

  /** The number of the block that is written next. */
  private int block() throws IOException {
    long block = position >> BLOCK_BITS;
    if (block > Integer.MAX_VALUE) {
      throw new IOException("the files are too large for one disk: over 8 TiB");
    }
    return (int) block;
  }

  private void fillBlock() throws IOException {
    int over = (int) (position & (BLOCK - 1));
    if (over > 0) {
      append(new byte[BLOCK - over], 0, BLOCK - over);
    }
  }

  private void append(byte[] bytes, int offset, int length) throws IOException {
    requireRoom(length);
    position += length;
    int done = 0;
    while (done < length) {
      int now = Math.min(length - done, buffer.remaining());
      buffer.put(bytes, offset + done, now);
      done += now;
      if (!buffer.hasRemaining()) {
        flush();
      }
    }
  }

  private void flush() throws IOException {
    buffer.flip();
    while (buffer.hasRemaining()) {
      file.write(buffer);
    }
    buffer.clear();
  }

  static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
