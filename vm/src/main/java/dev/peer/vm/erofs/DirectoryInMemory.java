package dev.peer.vm.erofs;

import dev.peer.core.flow.GuestDirectory;
import dev.peer.core.id.Printable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A directory whose entries are known but not written. */
final class DirectoryInMemory implements GuestDirectory {

  private static final int ENTRY = 12;
  private static final int LONGEST_NAME = 255;
  private static final int LONGEST_TARGET = ErofsImage.BLOCK - 1;
  private static final int DIRECTORY_MODE = 0755;

  private final ErofsImage image;
  private final Inode inode;
  private final Map<byte[], Inode> entries = new TreeMap<>(Arrays::compareUnsigned);
  private final List<DirectoryInMemory> directories = new ArrayList<>();

  /** The root, which is its own parent. */
  DirectoryInMemory(ErofsImage image, Instant modified) throws IOException {
    this.image = image;
    this.inode = image.add(Inode.DIRECTORY | DIRECTORY_MODE, modified);
    enter(inode);
  }

  private DirectoryInMemory(DirectoryInMemory parent, Instant modified) throws IOException {
    this.image = parent.image;
    this.inode = image.add(Inode.DIRECTORY | DIRECTORY_MODE, modified);
    enter(parent.inode);
    parent.inode.links++;
  }

  private void enter(Inode parent) {
    inode.links = 2;
    entries.put(new byte[] {'.'}, inode);
    entries.put(new byte[] {'.', '.'}, parent);
  }

  @Override
  public GuestDirectory directory(byte[] name, Instant modified) throws IOException {
    requireFree(name);
    DirectoryInMemory made = new DirectoryInMemory(this, modified);
    directories.add(made);
    entries.put(name.clone(), made.inode);
    return made;
  }

  @Override
  public Entry file(byte[] name, Mode mode, Instant modified, Content content) throws IOException {
    requireFree(name);
    return add(name, image.add(Inode.FILE | mode.bits(), modified), content);
  }

  @Override
  public Entry link(byte[] name, byte[] target, Instant modified) throws IOException {
    requireFree(name);
    if (target.length == 0 || target.length > LONGEST_TARGET || holds(target, '\0')) {
      throw new IOException(
          "the symbolic link " + shown(name) + " has a target that none can have");
    }
    return add(name, image.add(Inode.LINK | 0777, modified), out -> out.write(target));
  }

  private Entry add(byte[] name, Inode made, Content content) throws IOException {
    entries.put(name.clone(), made);
    image.writeContent(made, content);
    return new Entry(made.number(), made.size);
  }

  private void requireFree(byte[] name) throws IOException {
    if (name.length == 0 || name.length > LONGEST_NAME || holds(name, '/') || holds(name, '\0')) {
      throw new IOException("no file can have the name " + shown(name));
    }
    if (entries.containsKey(name)) {
      throw new IOException("two files have the name " + shown(name));
    }
  }

  private static boolean holds(byte[] bytes, char wanted) {
    for (byte b : bytes) {
      if (b == wanted) {
        return true;
      }
    }
    return false;
  }

  private static String shown(byte[] name) {
    return Printable.of(new String(name, StandardCharsets.UTF_8));
  }

  /** Writes the entries of this directory and of those in it. */
  void write() throws IOException {
    List<Map.Entry<byte[], Inode>> sorted = List.copyOf(entries.entrySet());
    image.writeContent(
        inode,
        out -> {
          int from = 0;
          while (from < sorted.size()) {
            int to = endOfBlock(sorted, from);
            byte[] block = block(sorted.subList(from, to));
            // All but the last are filled up with zeros.
            out.write(to < sorted.size() ? Arrays.copyOf(block, ErofsImage.BLOCK) : block);
            from = to;
          }
        });
    for (DirectoryInMemory directory : directories) {
      directory.write();
    }
  }

  private static int endOfBlock(List<Map.Entry<byte[], Inode>> sorted, int from) {
    int to = from;
    int used = 0;
    while (to < sorted.size() && used + size(sorted.get(to)) <= ErofsImage.BLOCK) {
      used += size(sorted.get(to));
      to++;
    }
    return to;
  }

  private static int size(Map.Entry<byte[], Inode> entry) {
    return ENTRY + entry.getKey().length;
  }

  /** The entries, and their names behind them. */
  private static byte[] block(List<Map.Entry<byte[], Inode>> entries) {
    ByteBuffer block =
        ErofsImage.littleEndian(entries.stream().mapToInt(DirectoryInMemory::size).sum());
    int name = entries.size() * ENTRY;
    for (Map.Entry<byte[], Inode> entry : entries) {
      Inode target = entry.getValue();
      block.putLong(target.number()).putShort((short) name).put(target.entryType()).put((byte) 0);
      block.put(name, entry.getKey());
      name += entry.getKey().length;
    }
    return block.array();
  }
}
