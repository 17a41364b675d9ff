package dev.peer.core.record;

import com.github.luben.zstd.ZstdInputStream;
import dev.peer.core.id.Digest;
import dev.peer.core.id.Printable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;

/**
 * Reads a bundle: exactly the entries that its record names, each once, each a regular file of the
 * recorded size and digest. It unpacks one from outside, and goes by the same rules over one that
 * is being written here.
 *
 * <p>Refused: any other entry (links, devices, directories, paths that leave the directory, a name
 * twice), and a bundle that grows more than a thousandfold. Whether the bundle's own bytes are the
 * signed ones is for {@link IncomingBundle} to tell, at the same time.
 */
final class BundleReader {

  static final String RECORD = "record.json";
  static final String TIMING = "timing";
  static final String STDOUT = "stdout";
  static final String STDERR = "stderr";
  static final String MANIFEST = "manifest";
  static final String ARTIFACTS = "artifacts/";

  /** The most bytes that a result's files have together. */
  static final long LARGEST_CONTENT = 64L << 30;

  private static final long LARGEST_GROWTH = 1_000;
  private static final long FREE_GROWTH = 16L << 20;
  private static final int LARGEST_RECORD = 4 << 20;
  private static final int TAR_OVERHEAD = 4_096;

  private final RunRecord record;
  private final RunFiles files;
  private final boolean unpacks;
  private final Map<String, ExpectedFile> entries;
  private final long most;

  private BundleReader(RunRecord record, RunFiles files, boolean unpacks)
      throws MalformedException {
    this.record = record;
    this.files = files;
    this.unpacks = unpacks;
    entries = expectedEntries(record, files);
    most = mostBytes(entries, record);
    requireBounded(record);
  }

  /**
   * Unpacks; writes nothing yet.
   *
   * @param bundle its signed size and digest
   * @param record the signed record
   * @param into an empty directory
   * @throws MalformedException if what is signed is more than is taken
   */
  static BundleReader unpacking(Content bundle, RunRecord record, Path into)
      throws MalformedException {
    BundleReader reader = new BundleReader(record, new RunFiles(into), true);
    reader.requireGrowth(bundle.size());
    return reader;
  }

  /**
   * Compares a bundle with the record that it is written of, and writes nothing.
   *
   * @param files whose content is written
   * @throws MalformedException if the record is of more than is taken
   */
  static BundleReader comparing(RunRecord record, RunFiles files) throws MalformedException {
    return new BundleReader(record, files, false);
  }

  /** The fewest bytes that a bundle of so many unpacked bytes may have. */
  static long smallestFor(long unpacked) {
    return Math.max(0, unpacked - FREE_GROWTH) / LARGEST_GROWTH;
  }

  /** How many bytes the files have together. */
  long contentBytes() {
    return contentBytes(record);
  }

  /** The directory with the files. */
  RunFiles files() {
    return files;
  }

  /**
   * Reads all entries.
   *
   * @param bundle the bytes, of which those after the last entry are not read
   * @throws MalformedException if anything about the entries is not as signed; the directory then
   *     holds leftovers that mean nothing
   * @throws IOException if a file cannot be written here
   */
  void read(InputStream bundle) throws MalformedException, IOException {
    try (ZstdInputStream zstd = new ZstdInputStream(bundle);
        BoundedStream bounded = new BoundedStream(zstd, most);
        TarReader tar = new TarReader(bounded)) {
      readEntries(tar);
      if (!entries.isEmpty()) {
        throw new MalformedException(
            "the bundle lacks " + Printable.of(entries.keySet().iterator().next()));
      }
    } catch (TargetException e) {
      throw e.cause;
    } catch (IOException e) {
      throw new MalformedException("the bundle cannot be read: " + e.getMessage(), e);
    }
    requireFittingTiming(files);
  }

  private static void requireBounded(RunRecord record) throws MalformedException {
    long bytes = contentBytes(record);
    if (record.artifacts() instanceof Artifacts.Manifested manifested
        && manifested.manifest().size() > ArtifactManifest.LARGEST) {
      throw new MalformedException("the list of artifacts is too large");
    }
    if (bytes > LARGEST_CONTENT) {
      throw new MalformedException(
          "the result's files have " + bytes + " bytes, at most " + LARGEST_CONTENT + " are taken");
    }
  }

  /** Refuses a bundle of so many bytes if that is too few for its content. */
  void requireGrowth(long bundle) throws MalformedException {
    if (bundle < smallestFor(contentBytes())) {
      throw new MalformedException("the bundle would grow more than a thousandfold");
    }
  }

  /** A replay must not find out halfway that the timing does not fit the output. */
  private static void requireFittingTiming(RunFiles files) throws IOException, MalformedException {
    files.replay((stream, buffer, offset, length) -> {});
  }

  private record ExpectedFile(Path file, Content content) {}

  private static Map<String, ExpectedFile> expectedEntries(RunRecord record, RunFiles files) {
    Map<String, ExpectedFile> entries = new LinkedHashMap<>();
    TestOutput output = record.output();
    entries.put(RECORD, new ExpectedFile(null, null));
    entries.put(TIMING, new ExpectedFile(files.timing(), output.timing()));
    entries.put(STDOUT, new ExpectedFile(files.output(OutputStreamName.STDOUT), output.stdout()));
    entries.put(STDERR, new ExpectedFile(files.output(OutputStreamName.STDERR), output.stderr()));
    switch (record.artifacts()) {
      case Artifacts.Listed(List<Artifact> list) -> expect(list, files, entries);
      case Artifacts.Manifested manifested ->
          entries.put(MANIFEST, new ExpectedFile(files.manifest(), manifested.manifest()));
    }
    return entries;
  }

  /** Links and directories have no content, and so no entry. */
  private static void expect(
      List<Artifact> artifacts, RunFiles files, Map<String, ExpectedFile> entries) {
    for (Artifact artifact : artifacts) {
      if (artifact instanceof Artifact.File file) {
        entries.put(
            ARTIFACTS + file.path(), new ExpectedFile(files.artifact(file), file.content()));
      }
    }
  }

  /** The bytes of the record's files together. */
  static long contentBytes(RunRecord record) {
    TestOutput output = record.output();
    long bytes = output.stdout().size();
    bytes = Math.addExact(bytes, output.stderr().size());
    bytes = Math.addExact(bytes, output.timing().size());
    return Math.addExact(bytes, record.artifacts().bytes());
  }

  private static long mostBytes(Map<String, ExpectedFile> entries, RunRecord record)
      throws MalformedException {
    try {
      long most = entries.size() + record.artifacts().count() + 3L;
      long overhead = LARGEST_RECORD + most * TAR_OVERHEAD;
      return Math.addExact(contentBytes(record), overhead);
    } catch (ArithmeticException e) {
      throw new MalformedException("the record's sizes add up to more than there can be", e);
    }
  }

  private void readEntries(TarReader tar) throws IOException, MalformedException {
    for (TarArchiveEntry entry = tar.next(); entry != null; entry = tar.next()) {
      readEntry(tar, entry);
      if (entry.getName().equals(MANIFEST)) {
        expect(files.list(record.artifacts()), files, entries);
      }
    }
  }

  private void readEntry(TarReader tar, TarArchiveEntry entry)
      throws IOException, MalformedException {
    String name = entry.getName();
    if (!TarReader.isPlainFile(entry)) {
      throw new MalformedException(
          "the bundle's entry " + Printable.of(name) + " is not a plain file");
    }
    ExpectedFile expected = entries.remove(name);
    if (expected == null) {
      throw new MalformedException(
          "the bundle's entry " + Printable.of(name) + " is not in the record, or comes twice");
    }
    if (name.equals(RECORD)) {
      requireSameRecord(tar.content().readNBytes(LARGEST_RECORD + 1), record);
      return;
    }
    if (entry.getSize() != expected.content().size()) {
      throw new MalformedException(
          "the bundle's entry " + Printable.of(name) + " has another size than the record says");
    }
    write(tar.content(), name, expected);
  }

  private static void requireSameRecord(byte[] json, RunRecord record) throws MalformedException {
    if (json.length > LARGEST_RECORD) {
      throw new MalformedException("the bundle's record is too large");
    }
    // As it is written here; comparing values instead costs every command its start.
    if (Arrays.equals(json, StrictJson.bytes(RunRecordJson.write(record)))) {
      return;
    }
    StrictJson untrusted = StrictJson.parse(RECORD, json);
    RunRecord read =
        switch (record.provenance()) {
          case Provenance.Unstated() -> RunRecordJson.readV1(untrusted);
          case Provenance.Stated _ -> RunRecordJson.readV2(untrusted);
        };
    if (!read.equals(record)) {
      throw new MalformedException("the bundle's record is not the signed one");
    }
  }

  private void write(InputStream content, String name, ExpectedFile expected)
      throws IOException, MalformedException {
    MessageDigest sha256 = Digest.sha256();
    byte[] buffer = new byte[1 << 16];
    try (OutputStream out = create(expected.file())) {
      for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
        sha256.update(buffer, 0, n);
        try {
          out.write(buffer, 0, n);
        } catch (IOException e) {
          throw new TargetException(e);
        }
      }
    }
    if (!Digest.ofFinished(sha256).equals(expected.content().digest())) {
      throw new MalformedException(
          "the bundle's entry " + Printable.of(name) + " has another digest than the record says");
    }
  }

  private OutputStream create(Path file) throws TargetException, MalformedException {
    if (!unpacks) {
      return OutputStream.nullOutputStream();
    }
    try {
      Files.createDirectories(file.getParent());
      return Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    } catch (FileAlreadyExistsException e) {
      throw new MalformedException("the bundle has a file where it has a directory", e);
    } catch (IOException e) {
      throw new TargetException(e);
    }
  }

  /** A file could not be written: no fault of the bundle's. */
  private static final class TargetException extends IOException {

    private static final long serialVersionUID = 1L;

    private final IOException cause;

    TargetException(IOException cause) {
      super(cause);
      this.cause = cause;
    }
  }

  /** Fails if the content is longer than the record allows. */
  private static final class BoundedStream extends BlockStream {

    private final InputStream in;
    private long left;

    BoundedStream(InputStream in, long most) {
      this.in = in;
      this.left = most;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int n = in.read(buffer, offset, length);
      left -= Math.max(n, 0);
      if (left < 0) {
        throw new IOException("the bundle holds more than the record says");
      }
      return n;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
