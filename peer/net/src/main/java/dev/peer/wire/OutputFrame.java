package dev.peer.wire;

import dev.peer.core.record.MalformedException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;

/** A piece of a run's live output, one of {@link Frames}. */
public final class OutputFrame {

  /** The types of frames. Others are refused. */
  public enum Kind {
    /** The run has begun; the first frame of a run that is not merely about to. */
    BEGUN('b'),
    /** A stage begins; its name. */
    STAGE('s'),
    /** Output of a stage that is not the test, both streams. */
    STAGE_OUTPUT('p'),
    /** The test's standard output. */
    STDOUT('1'),
    /** The test's standard error. */
    STDERR('2'),
    /** Nothing has come for a while, and the run goes on. */
    ALIVE('a'),
    /** The run has ended; the last frame, a {@link RunEnd}. */
    END('e');

    private final byte code;

    Kind(char code) {
      this.code = (byte) code;
    }

    private static Kind ofCode(int code) throws MalformedException {
      return Arrays.stream(values())
          .filter(kind -> kind.code == code)
          .findFirst()
          .orElseThrow(() -> new MalformedException("no frame"));
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
    return Frames.of(kind.code, buffer, offset, length);
  }

  /** Reads frames one after the other, in the memory that one of them takes. */
  public static final class Reader {

    private final Frames.Reader frames;

    /** Reads nothing yet. */
    public Reader(Frames.Source source) {
      this.frames = new Frames.Reader(source, Limits.FRAME);
    }

    /**
     * Reads the next frame, whose content stands in {@link #content()} until the one after it is
     * read. Empty: nothing more comes.
     *
     * @throws MalformedException if it is no frame, larger than one may be, or ends within
     */
    public Optional<Kind> next() throws IOException, InterruptedException, MalformedException {
      OptionalInt code = frames.next();
      return code.isEmpty() ? Optional.empty() : Optional.of(Kind.ofCode(code.getAsInt()));
    }

    /** The content of the frame that was read last, from 0 to {@link #length()}. */
    public byte[] content() {
      return frames.content();
    }

    /** How many bytes the content has. */
    public int length() {
      return frames.length();
    }
  }
}
