package dev.peer.core.record;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import dev.peer.core.record.BundleFrames.Frame;
import dev.peer.core.record.DeltaPlan.Piece;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UTFDataFormatException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/**
 * Makes content of a former one by a delta of {@link DeltaWriter}, in bounded memory, whoever wrote
 * it. A delta is a hint, as a list of chunks is: what was made by it counts only by its digest.
 *
 * <p>A delta is, in bytes: the encoder of the frames, as {@link java.io.DataOutput#writeUTF} writes
 * it; then in four bytes each the number of pieces, of each piece the number of the first former
 * frame that is copied, how many are, and how many new ones follow, and how many bytes each new one
 * holds; then a zstd frame of what these hold, whose dictionary is what the former frames hold that
 * are not copied.
 */
public final class DeltaReader {

  /** The most bytes of a delta. */
  public static final int LARGEST = DeltaPlan.MOST;

  private final OutputStream out;
  private long left;

  private DeltaReader(OutputStream out, long left) {
    this.out = out;
    this.left = left;
  }

  /**
   * Writes the content.
   *
   * @param size how many bytes it has
   * @return false, and nothing is written, if another encoder makes its frames
   * @throws MalformedException if it is no delta, or none of the former content
   */
  public static boolean read(byte[] delta, Path former, long size, OutputStream out)
      throws IOException, MalformedException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(delta));
    try (FileChannel before = FileChannel.open(former)) {
      if (!in.readUTF().equals(FrameStream.ENCODER)) {
        return false;
      }
      List<Frame> frames = BundleFrames.read(before);
      DeltaPlan plan = DeltaPlan.read(in, frames.size());
      byte[] plain = decompress(in.readAllBytes(), plan.made(), plan.replaced(before, frames));
      new DeltaReader(out, size).write(plan, plain, before, frames);
      return true;
    } catch (EOFException | UTFDataFormatException e) {
      throw new MalformedException("the delta is cut off", e);
    }
  }

  private static byte[] decompress(byte[] bytes, int size, byte[] dictionary)
      throws MalformedException {
    if (dictionary.length > DeltaPlan.MOST) {
      throw new MalformedException("the delta leaves too much of the former content");
    }
    try (ZstdDecompressCtx context = new ZstdDecompressCtx()) {
      if (dictionary.length > 0) {
        context.loadDict(dictionary);
      }
      byte[] plain = context.decompress(bytes, size);
      if (plain.length != size) {
        throw new MalformedException("the delta has fewer bytes than it says");
      }
      return plain;
    } catch (ZstdException e) {
      throw new MalformedException("the delta cannot be decompressed: " + e.getMessage(), e);
    }
  }

  private void write(DeltaPlan plan, byte[] plain, FileChannel before, List<Frame> frames)
      throws IOException, MalformedException {
    Iterator<Integer> lengths = plan.lengths().iterator();
    int at = 0;
    for (Piece piece : plan.pieces()) {
      for (Frame frame : frames.subList(piece.first(), piece.first() + piece.copied())) {
        write(BundleFrames.bytesOf(before, frame).array());
      }
      for (int i = 0; i < piece.made(); i++) {
        int end = at + lengths.next();
        write(FrameStream.frame(Arrays.copyOfRange(plain, at, end)));
        at = end;
      }
    }
  }

  private void write(byte[] bytes) throws IOException, MalformedException {
    left -= bytes.length;
    if (left < 0) {
      throw new MalformedException("the delta makes more than there is");
    }
    out.write(bytes);
  }
}
