package dev.peer.core.record;

import com.github.luben.zstd.ZstdIOException;
import dev.peer.core.chunk.ChunkList;
import dev.peer.core.record.BundleFrames.Frame;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Which frames of a former content make another one, together with new ones.
 *
 * @param lengths how many bytes each new frame holds
 */
record DeltaPlan(List<Piece> pieces, List<Integer> lengths) {

  /**
   * The most bytes that all new frames hold, and all that are not copied. Where more has changed,
   * most of what moves in chunks has.
   */
  static final int MOST = 16 << 20;

  /**
   * Frames that follow each other.
   *
   * @param first the number of the first of the former frames
   * @param copied how many of them
   * @param made how many new ones follow them
   */
  record Piece(int first, int copied, int made) {}

  /** Copies the lists. */
  DeltaPlan {
    pieces = List.copyOf(pieces);
    lengths = List.copyOf(lengths);
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @param frames how many the former content has
   */
  static DeltaPlan read(DataInputStream in, int frames) throws IOException, MalformedException {
    List<Piece> pieces = new ArrayList<>();
    int made = 0;
    for (int left = number(in, ChunkList.MOST); left > 0; left--) {
      int first = number(in, frames);
      Piece piece = new Piece(first, number(in, frames - first), number(in, ChunkList.MOST - made));
      pieces.add(piece);
      made += piece.made();
    }
    List<Integer> lengths = new ArrayList<>();
    int bytes = 0;
    for (; made > 0; made--) {
      int length = number(in, MOST - bytes);
      lengths.add(length);
      bytes += length;
    }
    return new DeltaPlan(pieces, lengths);
  }

  private static int number(DataInputStream in, int most) throws IOException, MalformedException {
    int number = in.readInt();
    if (number < 0 || number > most) {
      throw new MalformedException("delta: " + number + " (0 to " + most + " expected)");
    }
    return number;
  }

  void write(DataOutputStream out) throws IOException {
    out.writeInt(pieces.size());
    for (Piece piece : pieces) {
      out.writeInt(piece.first());
      out.writeInt(piece.copied());
      out.writeInt(piece.made());
    }
    for (int length : lengths) {
      out.writeInt(length);
    }
  }

  /** How many bytes the new frames hold together. */
  int made() {
    return lengths.stream().mapToInt(Integer::intValue).sum();
  }

  /** What the former frames hold that are not copied, as {@link #held} does. */
  byte[] replaced(FileChannel before, List<Frame> frames) throws IOException, MalformedException {
    BitSet copied = new BitSet();
    pieces.forEach(piece -> copied.set(piece.first(), piece.first() + piece.copied()));
    List<Frame> others = new ArrayList<>();
    for (int i = copied.nextClearBit(0); i < frames.size(); i = copied.nextClearBit(i + 1)) {
      others.add(frames.get(i));
    }
    return held(before, others);
  }

  /** What some frames hold together, but one byte more than {@link #MOST} at most. */
  static byte[] held(FileChannel content, List<Frame> frames)
      throws IOException, MalformedException {
    ByteArrayOutputStream held = new ByteArrayOutputStream();
    for (Frame frame : frames) {
      if (held.size() > MOST) {
        break;
      }
      byte[] bytes = BundleFrames.bytesOf(content, frame).array();
      try (InputStream in = FrameStream.read(new ByteArrayInputStream(bytes))) {
        held.writeBytes(in.readNBytes(MOST + 1 - held.size()));
      } catch (ZstdIOException e) {
        throw new MalformedException("a frame cannot be decompressed: " + e.getMessage(), e);
      }
    }
    return held.toByteArray();
  }
}
