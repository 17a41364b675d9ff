package dev.peer.core.record;

import dev.peer.core.json.JsonTree;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Writes a run's bundle, {@code tar.zst}, while the run goes on: the artifacts as they come, and
 * all else in the end; where there are more artifacts than a record names itself, all in the end.
 * The same content in the same order has the same bytes.
 *
 * <p>A reader's checks go over the bytes on their way: over the frames as they were compressed, the
 * entries' names, sizes and digests, and the bounds.
 */
public final class BundleWriter implements ArtifactSink, AutoCloseable {

  private static final int SKIPPABLE_FRAME = 0x184D2A50;
  private static final int LARGEST_FRAME = 1 << 20;
  private static final int BUFFER = 1 << 16;

  private final RunFiles files;
  private final Path bundle;
  private NotedEntries entries = new NotedEntries();
  private final Set<String> artifacts = new HashSet<>();
  private BundlePass pass;
  private FedReader frames;
  private OutputStream buffered;
  private TarArchiveOutputStream tar;
  private long listed;

  /**
   * Writes nothing yet.
   *
   * @param files have what the record will say
   * @param bundle does not exist
   */
  public BundleWriter(RunFiles files, Path bundle) {
    this.files = files;
    this.bundle = bundle;
  }

  /**
   * Writes a new file at once.
   *
   * @param files have what the record says
   * @throws MalformedException if others would refuse the bundle; the file then means nothing
   */
  public static WrittenBundle write(RunRecord record, RunFiles files, Path bundle)
      throws MalformedException, IOException {
    try (BundleWriter writer = new BundleWriter(files, bundle)) {
      return writer.finish(record);
    }
  }

  /** The files whose content it has. */
  public RunFiles files() {
    return files;
  }

  @Override
  public OutputStream begin(String path, FileMode mode, long size) throws IOException {
    listed += ArtifactManifest.listed(path);
    if (listed > ArtifactManifest.LARGEST_LIST) {
      drop();
      return OutputStream.nullOutputStream();
    }
    start();
    artifacts.add(path);
    putHeader(BundleReader.ARTIFACTS + path, size, mode.executable());
    return new FilterOutputStream(tar) {

      @Override
      public void write(byte[] buffer, int offset, int length) throws IOException {
        out.write(buffer, offset, length);
      }

      @Override
      public void close() throws IOException {
        tar.closeArchiveEntry();
      }
    };
  }

  /**
   * Writes what the record says besides the artifacts that have come, and the record.
   *
   * @throws MalformedException if others would refuse the bundle; the file then means nothing
   */
  public WrittenBundle finish(RunRecord record) throws MalformedException, IOException {
    if (record.artifacts() instanceof Artifacts.Manifested) {
      drop();
    }
    ExpectedEntries expected = ExpectedEntries.comparing(record, files);
    start();
    putRest(record);
    tar.finish();
    buffered.flush();
    frames.end();
    pad(ExpectedEntries.smallestFor(expected.contentBytes()));
    Content content = pass.content();
    expected.requireGrowth(content.size());
    pass.end();
    entries.require(expected);
    return new WrittenBundle(record, files, bundle, content);
  }

  /** Drops what was written: readers must have the manifest before what it names. */
  private void drop() throws IOException {
    if (tar == null) {
      return;
    }
    close();
    Files.delete(bundle);
    tar = null;
    entries = new NotedEntries();
    artifacts.clear();
  }

  private void start() throws IOException {
    if (tar != null) {
      return;
    }
    pass = BundlePass.creating(bundle, "check " + bundle, entries);
    BytePipe content = new BytePipe();
    frames =
        new FedReader(
            "compress " + bundle,
            content,
            in -> {
              try (FrameStream stream = new FrameStream(pass)) {
                in.transferTo(stream);
              }
            });
    buffered = new BufferedOutputStream(content.sink(), BUFFER);
    tar = new TarArchiveOutputStream(buffered);
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    tar.setAddPaxHeadersForNonAsciiNames(true);
  }

  private void putRest(RunRecord record) throws IOException {
    if (record.artifacts() instanceof Artifacts.Manifested manifested) {
      put(BundleReader.MANIFEST, files.manifest(), manifested.manifest(), false);
    }
    for (Artifact artifact : sorted(record)) {
      if (artifact instanceof Artifact.File file && !artifacts.contains(file.path())) {
        String name = BundleReader.ARTIFACTS + file.path();
        put(name, files.artifact(file), file.content(), file.mode().executable());
      }
    }
    TestOutput output = record.output();
    put(BundleReader.TIMING, files.timing(), output.timing(), false);
    put(BundleReader.STDOUT, files.output(OutputStreamName.STDOUT), output.stdout(), false);
    put(BundleReader.STDERR, files.output(OutputStreamName.STDERR), output.stderr(), false);
    byte[] json = JsonTree.bytes(RunRecordJson.write(record));
    putHeader(BundleReader.RECORD, json.length, false);
    tar.write(json);
    tar.closeArchiveEntry();
  }

  private List<Artifact> sorted(RunRecord record) throws IOException {
    return files.listOwn(record.artifacts()).stream()
        .sorted(Comparator.comparing(Artifact::path))
        .toList();
  }

  private void put(String name, Path file, Content content, boolean executable) throws IOException {
    putHeader(name, content.size(), executable);
    Files.copy(file, tar);
    tar.closeArchiveEntry();
  }

  private void putHeader(String name, long size, boolean executable) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name, TarConstants.LF_NORMAL);
    entry.setSize(size);
    entry.setModTime(0L);
    entry.setMode(executable ? 0755 : 0644);
    entry.setIds(0, 0);
    entry.setNames("", "");
    tar.putArchiveEntry(entry);
  }

  /** Readers refuse content that grows too much; content that compresses better gets padding. */
  private void pad(long least) throws IOException {
    long missing = least - pass.size();
    while (missing > 0) {
      int length = (int) Math.min(missing, LARGEST_FRAME);
      pass.write(
          ByteBuffer.allocate(8)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putInt(SKIPPABLE_FRAME)
              .putInt(length)
              .array());
      pass.write(new byte[length]);
      missing -= length;
    }
  }

  /** Ends the writing; a bundle that is not finished means nothing. */
  @Override
  public void close() throws IOException {
    if (tar != null) {
      frames.close();
      pass.close();
    }
  }
}
