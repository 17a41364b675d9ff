package dev.peer.core.record;

import dev.peer.core.id.Printable;
import dev.peer.core.json.JsonTree;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The entries that a record names: exactly these, each once, each of the recorded size and digest.
 * They are unpacked, or only compared.
 *
 * <p>Refused: any other entry (paths that leave the directory, a name twice), and a bundle that
 * grows more than a thousandfold.
 */
final class ExpectedEntries implements BundleEntries {

  /** The most bytes that a result's files have together. */
  static final long LARGEST_CONTENT = 64L << 30;

  private static final long LARGEST_GROWTH = 1_000;
  private static final long FREE_GROWTH = 16L << 20;

  private final RunRecord record;
  private final RunFiles files;
  private final boolean unpacks;
  private final Map<String, ExpectedFile> entries;
  private final long most;

  private ExpectedEntries(RunRecord record, RunFiles files, boolean unpacks)
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
   * @param into an empty directory; after a refusal it holds leftovers that mean nothing
   * @throws MalformedException if what is signed is more than is taken
   */
  static ExpectedEntries unpacking(Content bundle, RunRecord record, Path into)
      throws MalformedException {
    ExpectedEntries entries = new ExpectedEntries(record, new RunFiles(into), true);
    entries.requireGrowth(bundle.size());
    return entries;
  }

  /**
   * Compares with the record of a run here, and writes nothing.
   *
   * @param files the record's
   * @throws MalformedException if the record is of more than is taken
   */
  static ExpectedEntries comparing(RunRecord record, RunFiles files) throws MalformedException {
    return new ExpectedEntries(record, files, false);
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

  private record ExpectedFile(Path file, Content content) {}

  private static Map<String, ExpectedFile> expectedEntries(RunRecord record, RunFiles files) {
    Map<String, ExpectedFile> entries = new LinkedHashMap<>();
    TestOutput output = record.output();
    entries.put(BundleReader.RECORD, new ExpectedFile(null, null));
    entries.put(BundleReader.TIMING, new ExpectedFile(files.timing(), output.timing()));
    entries.put(
        BundleReader.STDOUT,
        new ExpectedFile(files.output(OutputStreamName.STDOUT), output.stdout()));
    entries.put(
        BundleReader.STDERR,
        new ExpectedFile(files.output(OutputStreamName.STDERR), output.stderr()));
    switch (record.artifacts()) {
      case Artifacts.Listed(List<Artifact> list) -> expect(list, files, entries);
      case Artifacts.Manifested manifested ->
          entries.put(
              BundleReader.MANIFEST, new ExpectedFile(files.manifest(), manifested.manifest()));
    }
    return entries;
  }

  /** Links and directories have no content, and so no entry. */
  private static void expect(
      List<Artifact> artifacts, RunFiles files, Map<String, ExpectedFile> entries) {
    for (Artifact artifact : artifacts) {
      if (artifact instanceof Artifact.File file) {
        entries.put(
            BundleReader.ARTIFACTS + file.path(),
            new ExpectedFile(files.artifact(file), file.content()));
      }
    }
  }

  /** The bytes of the record's files together. */
  private static long contentBytes(RunRecord record) {
    TestOutput output = record.output();
    long bytes = output.stdout().size();
    bytes = Math.addExact(bytes, output.stderr().size());
    bytes = Math.addExact(bytes, output.timing().size());
    return Math.addExact(bytes, record.artifacts().bytes());
  }

  private static long mostBytes(Map<String, ExpectedFile> entries, RunRecord record)
      throws MalformedException {
    try {
      return BundleReader.mostBytes(
          contentBytes(record), entries.size() + record.artifacts().count() + 3L);
    } catch (ArithmeticException e) {
      throw new MalformedException("the record's sizes add up to more than there can be", e);
    }
  }

  @Override
  public long mostBytes() {
    return most;
  }

  @Override
  public OutputStream open(String name, long size) throws MalformedException, IOException {
    ExpectedFile expected = expected(name);
    if (size != expected.content().size()) {
      throw new MalformedException(
          "the bundle's entry " + Printable.of(name) + " has another size than the record says");
    }
    if (!unpacks) {
      return OutputStream.nullOutputStream();
    }
    try {
      Files.createDirectories(expected.file().getParent());
      return Files.newOutputStream(
          expected.file(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    } catch (FileAlreadyExistsException e) {
      throw new MalformedException("the bundle has a file where it has a directory", e);
    }
  }

  @Override
  public void take(String name, Content content) throws MalformedException, IOException {
    if (!expected(name).content().equals(content)) {
      throw new MalformedException(
          "the bundle's entry " + Printable.of(name) + " has another digest than the record says");
    }
    entries.remove(name);
    if (name.equals(BundleReader.MANIFEST)) {
      expect(files.list(record.artifacts()), files, entries);
    }
  }

  private ExpectedFile expected(String name) throws MalformedException {
    ExpectedFile expected = entries.get(name);
    if (expected == null) {
      throw new MalformedException(
          "the bundle's entry " + Printable.of(name) + " is not in the record, or comes twice");
    }
    return expected;
  }

  @Override
  public void takeRecord(byte[] json) throws MalformedException {
    expected(BundleReader.RECORD);
    entries.remove(BundleReader.RECORD);
    // As it is written here; comparing values instead costs every command its start.
    if (Arrays.equals(json, JsonTree.bytes(RunRecordJson.write(record)))) {
      return;
    }
    StrictJson untrusted = StrictJson.parse(BundleReader.RECORD, json);
    RunRecord read =
        switch (record.provenance()) {
          case Provenance.Unstated() -> RunRecordJson.readV1(untrusted);
          case Provenance.Stated _ -> RunRecordJson.readV2(untrusted);
        };
    if (!read.equals(record)) {
      throw new MalformedException("the bundle's record is not the signed one");
    }
  }

  /** A replay must not find out halfway that the timing does not fit the output. */
  @Override
  public void end() throws MalformedException, IOException {
    if (!entries.isEmpty()) {
      throw new MalformedException(
          "the bundle lacks " + Printable.of(entries.keySet().iterator().next()));
    }
    files.replay((stream, buffer, offset, length) -> {});
  }
}
