package dev.peer.core.record;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** Writes a run's bundle: {@code tar.zst}, the same bytes for the same run. */
public final class BundleWriter {

  private static final int SKIPPABLE_FRAME = 0x184D2A50;
  private static final int LARGEST_FRAME = 1 << 20;

  private BundleWriter() {}

  /**
   * Writes a new file. A reader's checks go over its bytes on their way: over the frames as they
   * were compressed, the entries' names, sizes and digests, and the bounds.
   *
   * @param files have what the record says
   * @throws MalformedException if others would refuse the bundle; the file then means nothing
   */
  public static WrittenBundle write(RunRecord record, RunFiles files, Path bundle)
      throws MalformedException, IOException {
    BundleReader reader = BundleReader.comparing(record, files);
    try (BundlePass pass = new BundlePass("check " + bundle, reader, BundlePass.create(bundle))) {
      writeTar(record, files, pass);
      pad(BundleReader.smallestFor(reader.contentBytes()), pass);
      Content content = pass.content();
      reader.requireGrowth(content.size());
      pass.end();
      return new WrittenBundle(record, files, bundle, content);
    }
  }

  private static void writeTar(RunRecord record, RunFiles files, OutputStream out)
      throws IOException {
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new FrameStream(out))) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
      tar.setAddPaxHeadersForNonAsciiNames(true);
      byte[] json = StrictJson.bytes(RunRecordJson.write(record));
      putHeader(tar, BundleReader.RECORD, json.length, false);
      tar.write(json);
      tar.closeArchiveEntry();
      TestOutput output = record.output();
      put(tar, BundleReader.TIMING, files.timing(), output.timing(), false);
      put(tar, BundleReader.STDOUT, files.output(OutputStreamName.STDOUT), output.stdout(), false);
      put(tar, BundleReader.STDERR, files.output(OutputStreamName.STDERR), output.stderr(), false);
      if (record.artifacts() instanceof Artifacts.Manifested manifested) {
        put(tar, BundleReader.MANIFEST, files.manifest(), manifested.manifest(), false);
      }
      for (Artifact artifact : sorted(record, files)) {
        if (artifact instanceof Artifact.File file) {
          String name = BundleReader.ARTIFACTS + file.path();
          put(tar, name, files.artifact(file), file.content(), file.mode().executable());
        }
      }
    }
  }

  private static List<Artifact> sorted(RunRecord record, RunFiles files) throws IOException {
    return files.listOwn(record.artifacts()).stream()
        .sorted(Comparator.comparing(Artifact::path))
        .toList();
  }

  private static void put(
      TarArchiveOutputStream tar, String name, Path file, Content content, boolean executable)
      throws IOException {
    putHeader(tar, name, content.size(), executable);
    Files.copy(file, tar);
    tar.closeArchiveEntry();
  }

  private static void putHeader(
      TarArchiveOutputStream tar, String name, long size, boolean executable) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name, TarConstants.LF_NORMAL);
    entry.setSize(size);
    entry.setModTime(0L);
    entry.setMode(executable ? 0755 : 0644);
    entry.setIds(0, 0);
    entry.setNames("", "");
    tar.putArchiveEntry(entry);
  }

  /** Readers refuse content that grows too much; content that compresses better gets padding. */
  private static void pad(long least, BundlePass bundle) throws IOException {
    long missing = least - bundle.size();
    while (missing > 0) {
      int length = (int) Math.min(missing, LARGEST_FRAME);
      bundle.write(
          ByteBuffer.allocate(8)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putInt(SKIPPABLE_FRAME)
              .putInt(length)
              .array());
      bundle.write(new byte[length]);
      missing -= length;
    }
  }
}
