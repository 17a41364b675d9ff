package dev.peer.vm.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.Digest;
import dev.peer.core.sign.Attestation;
import dev.peer.vm.image.ImageException.Defect;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageArchiveTest {

  private static final int END = 1024;

  @TempDir private Path from;
  @TempDir private Path to;
  private ImageStore images;
  private Digest digest;
  private byte[] archive;

  @BeforeEach
  void makeArchive() throws Exception {
    images = new ImageStore(to.resolve("images"));
    digest = MadeImage.in(from, "a", manifest -> {});
    archive = archive(digest);
  }

  @AfterEach
  void nothingHalfDoneIsLeft() throws Exception {
    Path incoming = to.resolve("images/.incoming");
    if (Files.exists(incoming)) {
      assertThat(incoming).isEmptyDirectory();
    }
  }

  @Test
  void takesInWhatItWrote() throws Exception {
    GuestImage image = read(archive);

    assertThat(image.digest()).isEqualTo(digest);
    assertThat(image.directory()).isEqualTo(to.resolve("images").resolve(digest.hex()));
    assertThat(image.root()).hasContent("root.erofs a");
    assertThat(images.checked()).containsExactly(digest);
    assertThat(written(image)).isEqualTo(archive);
  }

  @Test
  void writesTheSameBytesWheneverItIsAsked() throws Exception {
    for (Path file : List.of(from.resolve(digest.hex()).resolve("kernel"), from)) {
      Files.setLastModifiedTime(file, java.nio.file.attribute.FileTime.fromMillis(1));
    }

    assertThat(archive(digest)).isEqualTo(archive);
  }

  @Test
  void isATarThatAnyToolUnpacks() throws Exception {
    List<String> names = new ArrayList<>();
    try (TarArchiveInputStream tar = new TarArchiveInputStream(new ByteArrayInputStream(archive))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        names.add(entry.getName());
      }
    }

    assertThat(names)
        .containsExactly(
            digest.hex() + "/manifest.json",
            digest.hex() + "/kernel",
            digest.hex() + "/initramfs",
            digest.hex() + "/root.erofs");
  }

  @Test
  void takesAnImageThatIsThereAlready() throws Exception {
    read(archive);

    assertThat(read(archive).digest()).isEqualTo(digest);
  }

  @Test
  void replacesADamagedImage() throws Exception {
    GuestImage image = read(archive);
    Files.writeString(image.kernel(), "kernel x");

    assertThat(read(archive).kernel()).hasContent("kernel a");
  }

  @Test
  void carriesTheAttestationAndSaysThatTheImageWasImported() throws Exception {
    Attestation attestation = Attestation.of("attested".getBytes(UTF_8));
    byte[] attested = written(new ImageStore(from).resolve(digest), Optional.of(attestation));

    GuestImage image = read(attested);

    ImageProvenance provenance = images.provenance();
    assertThat(provenance.origin(digest)).isEqualTo(Origin.IMPORTED);
    assertThat(provenance.attestation(digest).orElseThrow().attestation()).isEqualTo(attestation);
    assertThat(written(image, Optional.of(attestation))).isEqualTo(attested);
    for (int at : new int[] {0, 1, 512, 600, 1024}) {
      assertRefusedElsewhere(Arrays.copyOf(attested, attested.length - END - at));
    }
    assertRefusedElsewhere(Arrays.copyOf(attested, attested.length + 1));
  }

  @Test
  void takesInAnUnsignedImageAsOneThatWasAskedForByName() throws Exception {
    read(archive);

    assertThat(images.provenance().origin(digest)).isEqualTo(Origin.IMPORTED);
    assertThat(images.provenance().attestation(digest)).isEmpty();
    assertThat(images.newest()).contains(digest);
  }

  @Test
  void leavesTheAttestationThatIsThere() throws Exception {
    Attestation ours = Attestation.of("ours".getBytes(UTF_8));
    images.provenance().keep(digest, ours);

    read(
        written(
            new ImageStore(from).resolve(digest),
            Optional.of(Attestation.of("theirs".getBytes(UTF_8)))));

    assertThat(images.provenance().attestation(digest).orElseThrow().attestation()).isEqualTo(ours);
  }

  @Test
  void refusesAnAttestationThatIsTooLarge() throws Exception {
    byte[] header =
        Arrays.copyOf(tar(entry(digest.hex() + "/attestation.json", new byte[5 << 20])), 512);
    byte[] begun = Arrays.copyOf(archive, archive.length - END + header.length);
    System.arraycopy(header, 0, begun, archive.length - END, header.length);

    assertRefused(begun, "something between its files");
  }

  /** No byte of it is free: whichever is changed, the image is refused. */
  @Test
  void refusesEveryChangedByte() throws Exception {
    for (int i = 0; i < archive.length; i++) {
      byte[] changed = archive.clone();
      changed[i] ^= 1;
      assertRefused(changed);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 511, 512, 600, 1024, 2000, -1, -512, -1024, -1025, -1536})
  void refusesAnArchiveThatIsCutOff(int length) {
    assertRefused(Arrays.copyOf(archive, length < 0 ? archive.length + length : length));
  }

  @Test
  void refusesWhatGoesOnAfterTheEnd() {
    assertRefused(Arrays.copyOf(archive, archive.length + 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nonsense", "\u0000", "PK"})
  void refusesWhatIsNoArchive(String text) {
    assertRefused(Arrays.copyOf(text.getBytes(UTF_8), 4096));
    assertRefused(text.getBytes(UTF_8));
  }

  @Test
  void refusesLinksDevicesAndDirectories() throws Exception {
    for (byte kind :
        new byte[] {
          TarConstants.LF_SYMLINK,
          TarConstants.LF_LINK,
          TarConstants.LF_CHR,
          TarConstants.LF_FIFO,
          TarConstants.LF_DIR,
          TarConstants.LF_GNUTYPE_SPARSE
        }) {
      assertRefused(tar(entry("manifest.json"), entry("kernel", kind)));
    }
    assertRefused(tar(entry("manifest.json", TarConstants.LF_SYMLINK)));
  }

  @Test
  void refusesOtherNames() throws Exception {
    for (String name : List.of("../kernel", "/etc/passwd", "kernel/../../x", "notes", "./kernel")) {
      assertRefused(tar(entry("manifest.json"), entry(name)));
    }
    assertThat(to).isDirectoryNotContaining(path -> !path.endsWith("images"));
  }

  @Test
  void refusesAFileThatComesTwiceOrTooEarly() throws Exception {
    assertRefused(tar(entry("manifest.json"), entry("kernel"), entry("kernel")));
    assertRefused(tar(entry("manifest.json"), entry("manifest.json")));
    assertRefused(tar(entry("manifest.json"), entry("root.erofs")));
    assertRefused(tar(entry("kernel"), entry("manifest.json")));
    assertRefused(
        tar(
            entry("manifest.json"),
            entry("kernel"),
            entry("initramfs"),
            entry("root.erofs"),
            entry("more")));
  }

  @Test
  void refusesAManifestThatIsTooLarge() throws Exception {
    byte[] header =
        Arrays.copyOf(tar(entry(digest.hex() + "/manifest.json", new byte[5 << 20])), 512);

    assertRefused(header, "manifest has more than");
  }

  @Test
  void refusesAManifestThatIsNotTheOneOfItsName() throws Exception {
    assertRefused(
        tar(entry("0".repeat(64) + "/manifest.json", "{}".getBytes(UTF_8))), "manifest.json");
  }

  @Test
  void refusesAnImageThatIsTooLarge() throws Exception {
    Consumer<ObjectNode> huge =
        manifest -> ((ObjectNode) manifest.at("/files/kernel")).put("size", Long.MAX_VALUE);
    digest = MadeImage.in(from, "b", huge);

    assertRefused(tar(entry("manifest.json")), "more than 8589934592 bytes");
  }

  @Test
  void refusesAnImageOfAnotherVersion() throws Exception {
    digest = MadeImage.in(from, "b", manifest -> manifest.put("protocol", 99));

    assertRefused(tar(entry("manifest.json")), "protocol 99");
  }

  @Test
  void refusesAnImageOfAnOldRelease() throws Exception {
    digest = MadeImage.in(from, "b", MadeImage.OLD);

    assertRefused(tar(entry("manifest.json")), "peer 0.5 or older");
  }

  @Test
  void readsNoFurtherThanWhatIsRefused() {
    byte[] endless = new byte[1 << 20];
    Arrays.fill(endless, (byte) 'x');
    ByteArrayInputStream in = new ByteArrayInputStream(endless);

    assertThatThrownBy(() -> ImageArchive.read(in, images)).isInstanceOf(ImageException.class);
    assertThat(in.available()).isGreaterThan((1 << 20) - 1024);
  }

  private record Entry(String name, byte kind, byte[] content) {}

  private Entry entry(String name) throws IOException {
    return entry(name, TarConstants.LF_NORMAL);
  }

  /** A file with the content that the image has, if it has one of that name. */
  private Entry entry(String name, byte kind) throws IOException {
    Path file = from.resolve(digest.hex()).resolve(name.replaceAll(".*/", ""));
    byte[] content = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
    boolean plain = kind == TarConstants.LF_NORMAL;
    String prefix = name.startsWith("/") || name.startsWith(".") ? "" : digest.hex() + "/";
    return new Entry(prefix + name, kind, plain ? content : new byte[0]);
  }

  private static Entry entry(String name, byte[] content) {
    return new Entry(name, TarConstants.LF_NORMAL, content);
  }

  private static byte[] tar(Entry... entries) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out, 512)) {
      for (Entry one : entries) {
        TarArchiveEntry entry = new TarArchiveEntry(one.name, one.kind, true);
        entry.setSize(one.content.length);
        entry.setModTime(0L);
        entry.setMode(0644);
        if (entry.isLink() || entry.isSymbolicLink()) {
          entry.setLinkName("/etc/passwd");
        }
        tar.putArchiveEntry(entry);
        tar.write(one.content);
        tar.closeArchiveEntry();
      }
    }
    return out.toByteArray();
  }

  private byte[] archive(Digest image) throws Exception {
    return written(new ImageStore(from).resolve(image));
  }

  private static byte[] written(GuestImage image) throws Exception {
    return written(image, Optional.empty());
  }

  private static byte[] written(GuestImage image, Optional<Attestation> attestation)
      throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageArchive.write(image, attestation, out);
    return out.toByteArray();
  }

  private GuestImage read(byte[] bytes) throws Exception {
    return ImageArchive.read(new ByteArrayInputStream(bytes), images);
  }

  /** Into a store that has no image yet. */
  private void assertRefusedElsewhere(byte[] bytes) {
    images = new ImageStore(to.resolve("elsewhere"));
    assertRefused(bytes);
  }

  private void assertRefused(byte[] bytes) {
    assertRefused(bytes, "");
  }

  private void assertRefused(byte[] bytes, String why) {
    assertThatThrownBy(() -> read(bytes))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining(why)
        .extracting(e -> ((ImageException) e).defect())
        .isIn(Defect.REFUSED, Defect.DAMAGED);
    try (Stream<Path> left =
        Files.exists(images.root()) ? Files.list(images.root()) : Stream.of()) {
      assertThat(left).allMatch(path -> path.endsWith(".incoming"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
