package dev.peer.core.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.github.luben.zstd.ZstdOutputStream;
import dev.peer.core.id.Digest;
import dev.peer.core.json.JsonTree;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BundleTest {

  private static final byte[] NONE = new byte[0];

  @TempDir private Path directory;

  private RunFiles files;
  private RunRecord record;
  private Path bundle;
  private Path target;

  @BeforeEach
  void makeRun() throws IOException {
    files = new RunFiles(Files.createDirectory(directory.resolve("files")));
    record =
        Records.make(
            files, Map.of("report.txt", "fine\n".getBytes(UTF_8), "bin/tool", new byte[70_000]));
    bundle = directory.resolve("bundle");
    target = Files.createDirectory(directory.resolve("target"));
  }

  @Test
  void unpacksToWhatWasWritten() throws Exception {
    Content content = BundleWriter.write(record, files, bundle).content();

    RunFiles unpacked = IncomingBundle.unpack(bundle, content, record, target);

    for (String name : List.of("stdout", "stderr", "timing", "artifacts/report.txt")) {
      assertThat(target.resolve(name)).hasSameBinaryContentAs(files.directory().resolve(name));
    }
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    unpacked.replay((stream, buffer, offset, length) -> both.write(buffer, offset, length));
    assertThat(both.toString(UTF_8)).isEqualTo("one\ntwo\nthree");
  }

  @Test
  void isTheSameForTheSameRun() throws Exception {
    Content first = BundleWriter.write(record, files, bundle).content();
    Content second = BundleWriter.write(record, files, directory.resolve("again")).content();

    assertThat(second).isEqualTo(first);
  }

  @Test
  void takesContentThatCompressesMoreThanAThousandfold() throws Exception {
    record = Records.make(files, Map.of("zeros", new byte[64 << 20]));
    Content content = BundleWriter.write(record, files, bundle).content();

    IncomingBundle.unpack(bundle, content, record, target);

    assertThat(target.resolve("artifacts/zeros")).hasSize(64 << 20);
  }

  @Test
  void refusesABundleThatGrowsMoreThanAThousandfold() throws Exception {
    record = Records.make(files, Map.of("zeros", new byte[64 << 20]));
    BundleWriter.write(record, files, bundle);
    byte[] padded = Files.readAllBytes(bundle);
    byte[] unpadded = Arrays.copyOf(padded, padded.length / 2);
    Files.write(bundle, unpadded);

    assertRefused(contentOf(bundle), "a thousandfold");
  }

  @Test
  void refusesContentOfMoreThan64GibibytesBeforeAnyOfItIsWritten() throws Exception {
    Files.writeString(bundle, "small");
    record = saying((64L << 30) + 1);

    assertRefused(contentOf(bundle), "at most 68719476736 are taken");
    assertThat(target).isEmptyDirectory();
  }

  @Test
  void refusesContentThatTheDiskHasNoRoomFor() throws Exception {
    // A file system in memory has less room than a result may need.
    Path small = Path.of("/dev/shm");
    long more = Files.getFileStore(small).getUsableSpace() + 1;
    assumeThat(more).isLessThan(64L << 30);
    try (FileChannel large =
        FileChannel.open(bundle, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      large.write(ByteBuffer.allocate(1), ExpectedEntries.smallestFor(more));
    }
    record = saying(more);

    assertThatThrownBy(() -> IncomingBundle.unpack(bundle, contentOf(bundle), record, small))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(" bytes are needed in ")
        .hasMessageContaining(" are free");
  }

  /** The record of a run that left this much, most of it in one file. */
  private RunRecord saying(long size) {
    Content content = new Content(size - outputBytes(), Digest.of(NONE));
    return Records.record(record.output(), List.of(Artifact.file("large", false, content)));
  }

  private long outputBytes() {
    TestOutput output = record.output();
    return output.stdout().size() + output.stderr().size() + output.timing().size();
  }

  @Test
  void refusesEveryOneByteChange() throws Exception {
    Content content = BundleWriter.write(record, files, bundle).content();
    byte[] bytes = Files.readAllBytes(bundle);
    for (int at = 0; at < bytes.length; at += Math.max(1, bytes.length / 100)) {
      byte[] changed = bytes.clone();
      changed[at] ^= 1;
      Files.write(bundle, changed);
      assertRefused(content, "digest");
    }
  }

  @Test
  void refusesATruncatedBundle() throws Exception {
    Content content = BundleWriter.write(record, files, bundle).content();
    Files.write(bundle, Arrays.copyOf(Files.readAllBytes(bundle), 100));

    assertRefused(content, "bytes");
  }

  @Test
  void refusesWhatIsNoArchiveAlthoughItsDigestIsSigned() throws Exception {
    Files.writeString(bundle, "not an archive");

    assertRefused(contentOf(bundle), "cannot be read");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../escape",
        "artifacts/../../escape",
        "/etc/passwd",
        "artifacts/unknown",
        "artifacts"
      })
  void refusesAnEntryThatTheRecordDoesNotName(String name) throws Exception {
    writeBundle(tar -> add(tar, name, TarConstants.LF_NORMAL, "x"));

    assertRefused(contentOf(bundle), "entry");
    assertThat(directory.resolve("escape")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      bytes = {
        TarConstants.LF_SYMLINK,
        TarConstants.LF_LINK,
        TarConstants.LF_CHR,
        TarConstants.LF_BLK,
        TarConstants.LF_FIFO,
        TarConstants.LF_DIR
      })
  void refusesAnEntryThatIsNoPlainFile(byte type) throws Exception {
    writeBundle(tar -> add(tar, "artifacts/report.txt", type, ""));

    assertRefused(contentOf(bundle), "not a plain file");
  }

  @Test
  void refusesANameThatComesTwice() throws Exception {
    writeBundle(
        tar -> {
          addAll(tar);
          add(tar, "artifacts/report.txt", TarConstants.LF_NORMAL, "fine\n");
        });

    assertRefused(contentOf(bundle), "twice");
  }

  @Test
  void refusesABundleThatLacksAnEntry() throws Exception {
    writeBundle(this::addRecord);

    assertRefused(contentOf(bundle), "lacks");
  }

  @Test
  void refusesAnEntryOfAnotherSize() throws Exception {
    writeBundle(tar -> add(tar, "artifacts/report.txt", TarConstants.LF_NORMAL, "longer\n"));

    assertRefused(contentOf(bundle), "another size");
  }

  @Test
  void refusesAnEntryOfOtherContent() throws Exception {
    writeBundle(tar -> add(tar, "artifacts/report.txt", TarConstants.LF_NORMAL, "Fine\n"));

    assertRefused(contentOf(bundle), "another digest");
  }

  @Test
  void refusesARecordThatIsNotTheSignedOne() throws Exception {
    byte[] other = JsonTree.bytes(RunRecordJson.write(Records.record(record.output(), List.of())));
    writeBundle(tar -> add(tar, "record.json", TarConstants.LF_NORMAL, new String(other, UTF_8)));

    assertRefused(contentOf(bundle), "not the signed one");
  }

  @Test
  void refusesTimingThatDoesNotFitTheOutput() throws Exception {
    sayUnfittingTiming();
    writeBundle(this::addAll);

    assertRefused(contentOf(bundle), "timing");
  }

  private void sayUnfittingTiming() throws Exception {
    byte[] timing = "stdout 0 3\nstderr 0 4\n".getBytes(UTF_8);
    Files.write(files.timing(), timing);
    TestOutput output = record.output();
    record =
        Records.record(
            new TestOutput(
                output.stdout(), output.stderr(), new Content(timing.length, Digest.of(timing))),
            files.list(record.artifacts()));
  }

  @Test
  void writesNoTimingThatDoesNotFitTheOutput() throws Exception {
    sayUnfittingTiming();

    assertNotWritten("timing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"stdout", "stderr", "timing", "artifacts/report.txt"})
  void writesNoFileOfOtherContentThanTheRecordSays(String name) throws Exception {
    Path file = files.directory().resolve(name);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);

    assertNotWritten("another digest");
  }

  @Test
  void writesNoContentOfMoreThan64Gibibytes() throws Exception {
    record = saying((64L << 30) + 1);

    assertNotWritten("at most 68719476736 are taken");
    assertThat(bundle).doesNotExist();
  }

  @Test
  void writesNoRecordThatIsTooLarge() throws Exception {
    List<Artifact> links = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      links.add(new Artifact.Link("link" + i, "x".repeat(1_000)));
    }
    record = Records.record(record.output(), links);

    assertNotWritten("the bundle's record is too large");
  }

  /** What a record says of sizes that add up to nothing that there is. */
  @Test
  void writesNoRecordWhoseSizesHaveNoSum() throws Exception {
    record =
        Records.record(
            record.output(),
            List.of(
                Artifact.file("a", false, new Content(Long.MAX_VALUE, Digest.of(NONE))),
                Artifact.file("b", false, new Content(Long.MAX_VALUE, Digest.of(NONE)))));

    assertThatThrownBy(() -> BundleWriter.write(record, files, bundle))
        .isInstanceOf(MalformedException.class);
  }

  private void assertNotWritten(String why) {
    assertThatThrownBy(() -> BundleWriter.write(record, files, bundle))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining(why);
  }

  private void assertRefused(Content expected, String why) throws IOException {
    Path into = Files.createTempDirectory(directory, "into");
    assertThatThrownBy(() -> IncomingBundle.unpack(bundle, expected, record, into))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining(why);
    try (Stream<Path> siblings = Files.list(directory)) {
      assertThat(siblings.map(path -> path.getFileName().toString()))
          .allMatch(name -> name.matches("files|bundle|target|again|into.*"));
    }
  }

  private static Content contentOf(Path file) throws IOException {
    return new Content(Files.size(file), Digest.of(file));
  }

  private void writeBundle(Consumer<TarArchiveOutputStream> entries) throws IOException {
    try (OutputStream out = Files.newOutputStream(bundle);
        ZstdOutputStream zstd = new ZstdOutputStream(out);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(zstd)) {
      entries.accept(tar);
    }
  }

  private void addRecord(TarArchiveOutputStream tar) {
    String json = new String(JsonTree.bytes(RunRecordJson.write(record)), UTF_8);
    add(tar, "record.json", TarConstants.LF_NORMAL, json);
  }

  private void addAll(TarArchiveOutputStream tar) {
    addRecord(tar);
    for (String name :
        List.of("timing", "stdout", "stderr", "artifacts/bin/tool", "artifacts/report.txt")) {
      try {
        add(
            tar,
            name,
            TarConstants.LF_NORMAL,
            Files.readString(files.directory().resolve(name), UTF_8));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static void add(TarArchiveOutputStream tar, String name, byte type, String content) {
    byte[] bytes = content.getBytes(UTF_8);
    TarArchiveEntry entry = new TarArchiveEntry(name, type, true);
    if (type == TarConstants.LF_SYMLINK || type == TarConstants.LF_LINK) {
      entry.setLinkName("/etc/passwd");
    }
    entry.setSize(bytes.length);
    try {
      tar.putArchiveEntry(entry);
      tar.write(bytes);
      tar.closeArchiveEntry();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
