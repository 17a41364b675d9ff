package dev.peer.source;

import dev.peer.core.flow.GuestDirectory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;

/**
 * git's index, version 2 (git's {@code gitformat-index}), of files that are all as the guest's
 * kernel shows them: so git takes them for unchanged without reading them. JGit writes none with
 * inode numbers and times of change.
 */
final class IndexFile {

  private static final int HEADER = 12;
  private static final int ENTRY = 62;
  private static final int LONGEST_LENGTH = 0xFFF;

  private final List<Line> lines = new ArrayList<>();

  private record Line(byte[] path, int mode, ObjectId id, GuestDirectory.Entry file) {

    /** The entry ends with one to eight NULs. */
    int bytes() {
      return (ENTRY + path.length + 8) / 8 * 8;
    }
  }

  /**
   * Adds a file, a link or a submodule.
   *
   * @param mode as a tree has it
   */
  void add(byte[] path, int mode, ObjectId id, GuestDirectory.Entry file) {
    lines.add(new Line(path, mode, id, file));
  }

  /** The index, of files that were all changed at this second. */
  byte[] bytes(Instant modified) {
    lines.sort((a, b) -> Arrays.compareUnsigned(a.path(), b.path()));
    int length = HEADER + lines.stream().mapToInt(Line::bytes).sum();
    ByteBuffer out = ByteBuffer.allocate(length + Constants.OBJECT_ID_LENGTH);
    out.put("DIRC".getBytes(StandardCharsets.US_ASCII)).putInt(2).putInt(lines.size());
    int seconds = (int) modified.getEpochSecond();
    for (Line line : lines) {
      int end = out.position() + line.bytes();
      out.putInt(seconds).putInt(0).putInt(seconds).putInt(0);
      // The device, which git does not compare; behind the mode, the owner: root.
      out.putInt(0).putInt((int) line.file().inode()).putInt(line.mode()).putInt(0).putInt(0);
      out.putInt((int) line.file().size());
      line.id().copyRawTo(out);
      out.putShort((short) Math.min(line.path().length, LONGEST_LENGTH)).put(line.path());
      out.position(end);
    }
    out.put(Constants.newMessageDigest().digest(Arrays.copyOf(out.array(), length)));
    return out.array();
  }
}
