package dev.peer.core.chunk;

import dev.peer.core.id.Digest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * The chunks of some content, in order and without gaps. In bytes: for each chunk its length, in
 * four bytes with the highest first, and the 32 bytes of its SHA-256.
 */
public record ChunkList(List<Chunk> chunks) {

  /** The most chunks of a list. */
  public static final int MOST = 1 << 17;

  /** The most bytes of a chunk. */
  public static final int LARGEST_CHUNK = 4 << 20;

  private static final int ENTRY = 36;

  /** The most bytes of a list. */
  public static final int LARGEST = MOST * ENTRY;

  /** Copies the list; refuses gaps, and too many or too large chunks. */
  public ChunkList {
    chunks = List.copyOf(chunks);
    if (chunks.size() > MOST) {
      throw new IllegalArgumentException("more than " + MOST + " chunks");
    }
    long end = 0;
    for (Chunk chunk : chunks) {
      if (chunk.length() < 1 || chunk.length() > LARGEST_CHUNK) {
        throw new IllegalArgumentException(
            "a chunk has " + chunk.length() + " bytes (1 to " + LARGEST_CHUNK + " expected)");
      }
      if (chunk.offset() != end) {
        throw new IllegalArgumentException("a chunk does not begin where the one before it ends");
      }
      end = chunk.end();
    }
  }

  /** How many bytes the content has. */
  public long size() {
    return chunks.isEmpty() ? 0 : chunks.getLast().end();
  }

  /** The form that {@link #parse} reads. */
  public byte[] bytes() {
    ByteBuffer bytes = ByteBuffer.allocate(chunks.size() * ENTRY);
    for (Chunk chunk : chunks) {
      bytes.putInt(chunk.length()).put(HexFormat.of().parseHex(chunk.digest().hex()));
    }
    return bytes.array();
  }

  /**
   * Reads the list of some content.
   *
   * @param size how many bytes the content has
   * @throws IllegalArgumentException if it is none
   */
  public static ChunkList parse(byte[] bytes, long size) {
    if (bytes.length % ENTRY != 0 || bytes.length > LARGEST) {
      throw new IllegalArgumentException("not a list of chunks: " + bytes.length + " bytes");
    }
    List<Chunk> chunks = new ArrayList<>(bytes.length / ENTRY);
    ByteBuffer left = ByteBuffer.wrap(bytes);
    long offset = 0;
    while (left.hasRemaining()) {
      int length = left.getInt();
      byte[] hash = new byte[ENTRY - Integer.BYTES];
      left.get(hash);
      chunks.add(new Chunk(offset, length, Digest.ofHex(HexFormat.of().formatHex(hash))));
      offset += length;
    }
    ChunkList list = new ChunkList(chunks);
    if (list.size() != size) {
      throw new IllegalArgumentException(
          "the chunks have " + list.size() + " bytes together, not " + size);
    }
    return list;
  }
}
