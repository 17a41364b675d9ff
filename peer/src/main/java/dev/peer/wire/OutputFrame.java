package dev.peer.wire;

import dev.peer.core.record.MalformedException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * A piece of a run's live output: one byte that says what it is, the length of its content in four
 * bytes, the most significant first, and the content.
 */
public final class OutputFrame {

  /** The bytes before the content. */
  public static final int HEAD = 5;

  /** What a frame is. Others than these are refused. */
  public enum Kind {
    /** The run has begun; the first frame of a run that is not merely about to. */
    BEGUN('b'),
    /** A stage begins; its name. */
    STAGE('s'),
    /** Output of a stage that is not the test, both streams. */
    STAGE_OUTPUT('p'),
    /** What the test wrote to standard output. */
    STDOUT('1'),
    /** What the test wrote to standard error. */
    STDERR('2'),
    /** Nothing has come for a while, and the run goes on. */
    ALIVE('a'),
    /** The run has ended; the last frame, a {@link RunEnd}. */
    END('e');

    private final byte code;

    Kind(char code) {
      this.code = (byte) code;
    }

    private static Optional<Kind> ofCode(byte code) {
      return Arrays.stream(values()).filter(kind -> kind.code == code).findFirst();
    }
  }

  private OutputFrame() {}

  /** A frame without content. */
  public static byte[] of(Kind kind) {
    return of(kind, new byte[0], 0, 0);
  }

  /** A frame with this content, {@link Limits#FRAME} at most. */
  public static byte[] of(Kind kind, byte[] buffer, int offset, int length) {
    if (length > Limits.FRAME) {
      throw new IllegalArgumentException("at most " + Limits.FRAME + " bytes fit a frame");
    }
    byte[] frame = new byte[HEAD + length];
    frame[0] = kind.code;
    for (int i = 1; i < HEAD; i++) {
      frame[i] = (byte) (length >>> Byte.SIZE * (HEAD - 1 - i));
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

  /** Reads frames one after the other, in the memory that one of them takes. */
  public static final class Reader {

    private final Source source;
    private final byte[] content = new byte[Limits.FRAME];
    private int length;

    /** Reads nothing yet. */
    public Reader(Source source) {
      this.source = source;
    }

    /**
     * Reads the next frame, whose content stands in {@link #content()} until the one after it is
     * read. Empty: nothing more comes.
     *
     * @throws MalformedException if it is no frame, larger than one may be, or ends within
     */
    public Optional<Kind> next() throws IOException, InterruptedException, MalformedException {
      byte[] head = new byte[HEAD];
      int first = source.read(head, 0, HEAD);
      if (first < 0) {
        return Optional.empty();
      }
      fill(head, first, HEAD);
      Kind kind = Kind.ofCode(head[0]).orElseThrow(() -> new MalformedException("no frame"));
      long size = 0;
      for (int i = 1; i < HEAD; i++) {
        size = size << Byte.SIZE | head[i] & 0xff;
      }
      if (size > Limits.FRAME) {
        throw new MalformedException("a frame of more than " + Limits.FRAME + " bytes");
      }
      length = (int) size;
      fill(content, 0, length);
      return Optional.of(kind);
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
