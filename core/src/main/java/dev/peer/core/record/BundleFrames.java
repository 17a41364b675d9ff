package dev.peer.core.record;

import dev.peer.core.chunk.Chunk;
import dev.peer.core.chunk.ChunkList;
import dev.peer.core.id.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * The zstd frames (RFC 8878) that a bundle, or a runtime, consists of: they are its chunks. Reads
 * the heads of frames and blocks, and decompresses nothing.
 */
public final class BundleFrames {

  private static final int MAGIC = 0xFD2FB528;
  private static final int SKIPPABLE = 0x184D2A50;
  private static final int LONGEST_HEAD = 18;
  private static final int BLOCK_HEAD = 3;

  /** Of all frames together: a block without content is three bytes, and is looked at alone. */
  private static final int MOST_BLOCKS = 8 * ChunkList.MOST;

  private final FileChannel bundle;
  private int blocks;

  private BundleFrames(FileChannel bundle) {
    this.bundle = bundle;
  }

  /**
   * A frame of a bundle.
   *
   * @param offset where it begins
   * @param length how many bytes it has
   */
  public record Frame(long offset, int length) {}

  /**
   * The frames of a bundle, in order.
   *
   * @throws MalformedException if it has others than chunks may be, or of too many blocks; so has
   *     each larger bundle of peer 0.5, which is one frame
   */
  public static List<Frame> read(FileChannel bundle) throws IOException, MalformedException {
    return new BundleFrames(bundle).read();
  }

  private List<Frame> read() throws IOException, MalformedException {
    List<Frame> frames = new ArrayList<>();
    long size = bundle.size();
    long at = 0;
    while (at < size) {
      long end = endOfFrame(at);
      if (end > size || end - at > ChunkList.LARGEST_CHUNK || frames.size() == ChunkList.MOST) {
        throw new MalformedException("the bundle has too large or too many frames");
      }
      frames.add(new Frame(at, (int) (end - at)));
      at = end;
    }
    return List.copyOf(frames);
  }

  /** The list of a bundle's chunks; reads all of it. */
  public static ChunkList chunks(FileChannel bundle) throws IOException, MalformedException {
    List<Chunk> chunks = new ArrayList<>();
    for (Frame frame : read(bundle)) {
      chunks.add(
          new Chunk(frame.offset(), frame.length(), Digest.of(bytesOf(bundle, frame).array())));
    }
    return new ChunkList(chunks);
  }

  /** The bytes of a frame. */
  public static ByteBuffer bytesOf(FileChannel bundle, Frame frame)
      throws IOException, MalformedException {
    return read(bundle, frame.offset(), frame.length(), frame.length());
  }

  private long endOfFrame(long start) throws IOException, MalformedException {
    ByteBuffer head = read(bundle, start, 5, LONGEST_HEAD);
    int magic = head.getInt();
    if ((magic & ~0xf) == SKIPPABLE) {
      return start + 8 + (read(bundle, start + 4, 4, 4).getInt() & 0xffffffffL);
    }
    if (magic != MAGIC) {
      throw new MalformedException("the bundle has something else than frames");
    }
    int descriptor = head.get() & 0xff;
    long at = start + 5 + lengthOfRest(descriptor);
    boolean last = false;
    while (!last && at - start <= ChunkList.LARGEST_CHUNK) {
      blocks++;
      if (blocks > MOST_BLOCKS) {
        throw new MalformedException("the bundle has more than " + MOST_BLOCKS + " blocks");
      }
      ByteBuffer three = read(bundle, at, BLOCK_HEAD, BLOCK_HEAD);
      int block = (three.getShort() & 0xffff) | (three.get() & 0xff) << 16;
      last = (block & 1) != 0;
      boolean repeated = (block >> 1 & 3) == 1;
      at += BLOCK_HEAD + (repeated ? 1 : block >> 3);
    }
    boolean summed = (descriptor & 4) != 0;
    return at + (summed ? 4 : 0);
  }

  /** What a frame's head has after its descriptor: window, dictionary, size of the content. */
  private static int lengthOfRest(int descriptor) {
    boolean single = (descriptor & 0x20) != 0;
    int dictionary = new int[] {0, 1, 2, 4}[descriptor & 3];
    int content = new int[] {single ? 1 : 0, 2, 4, 8}[descriptor >> 6];
    return (single ? 0 : 1) + dictionary + content;
  }

  private static ByteBuffer read(FileChannel bundle, long at, int least, int most)
      throws IOException, MalformedException {
    ByteBuffer bytes = ByteBuffer.allocate(most).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (bundle.read(bytes, at + bytes.position()) < 0) {
        break;
      }
    }
    if (bytes.position() < least) {
      throw new MalformedException("the bundle ends within a frame");
    }
    return bytes.flip();
  }
}
