package dev.peer.wire;

import dev.peer.core.record.MalformedException;
import java.io.IOException;
import java.util.OptionalInt;

/**
 * A stream of frames: one byte for the frame's type, the length of its content in four bytes, the
 * most significant first, and the content.
 */
public final class Frames {

  /** The bytes before the content. */
  public static final int HEAD = 5;

  private Frames() {}

  /** One piece. */
  public static byte[] of(byte code, byte[] buffer, int offset, int length) {
    byte[] frame = new byte[HEAD + length];
    frame[0] = code;
    for (int i = 1; i < HEAD; i++) {
      frame[i] = (byte) (length >>> (Byte.SIZE * (HEAD - 1 - i)));
    }
    System.arraycopy(buffer, offset, frame, HEAD, length);
    return frame;
  }

  /** Where frames are read from, as from a stream. */
  @FunctionalInterface
  public interface Source {

    /** At least one byte, or less than 0 at the end. */
    int read(byte[] buffer, int offset, int length) throws IOException, InterruptedException;
  }

  /** Reads frames one after the other, in the memory that the largest of them takes. */
  public static final class Reader {

    private static final int FIRST = 8 << 10;

    private final Source source;
    private final int most;
    private byte[] content;
    private int length;

    /**
     * Reads nothing yet.
     *
     * @param most how many bytes a content may have
     */
    public Reader(Source source, int most) {
      this.source = source;
      this.most = most;
      this.content = new byte[Math.min(FIRST, most)];
    }

    /**
     * Reads the next frame, whose content stands in {@link #content()} until the one after it is
     * read, and gives its code. Empty: nothing more comes.
     *
     * @throws MalformedException if it is larger than one may be, or ends within
     */
    public OptionalInt next() throws IOException, InterruptedException, MalformedException {
      byte[] head = new byte[HEAD];
      int first = source.read(head, 0, HEAD);
      if (first < 0) {
        return OptionalInt.empty();
      }
      fill(head, first, HEAD);
      long size = 0;
      for (int i = 1; i < HEAD; i++) {
        size = size << Byte.SIZE | (head[i] & 0xff);
      }
      if (size > most) {
        throw new MalformedException("a frame of more than " + most + " bytes");
      }
      length = (int) size;
      if (length > content.length) {
        content = new byte[length];
      }
      fill(content, 0, length);
      return OptionalInt.of(head[0]);
    }

    /** The content of the frame that was read last, from 0 to {@link #length()}. */
    public byte[] content() {
      return content;
    }

    /** How many bytes the content has. */
    public int length() {
      return length;
    }

    private void fill(byte[] buffer, int from, int to)
        throws IOException, InterruptedException, MalformedException {
      for (int at = from; at < to; ) {
        int n = source.read(buffer, at, to - at);
        if (n < 0) {
          throw new MalformedException("the output ends within a frame");
        }
        at += n;
      }
    }
  }
}
