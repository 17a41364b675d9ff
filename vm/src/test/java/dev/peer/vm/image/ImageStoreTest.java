package dev.peer.vm.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.Architecture;
import dev.peer.core.id.Digest;
import dev.peer.core.sign.Attestation;
import dev.peer.vm.image.ImageException.Defect;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageStoreTest {

  @TempDir private Path root;

  @Test
  void resolvesAnImageWhoseBytesAreThoseOfItsDigest() throws Exception {
    Digest digest = makeImage("a", manifest -> {});

    GuestImage image = new ImageStore(root).resolve(digest);

    assertThat(image.digest()).isEqualTo(digest);
    assertThat(image.kernel()).hasContent("kernel a");
    assertThat(image.kernelArguments()).isEqualTo("quiet");
    assertThat(image.architecture()).isEqualTo(Architecture.AMD64);
    assertThat(image.versions().mk()).isEqualTo("9base 1");
    assertThat(image.versions().agent()).isEqualTo("4");
    assertThat(image.options()).isEmpty();
  }

  @Test
  void saysWhatRunsMayAskOfAnImage() throws Exception {
    Digest digest = makeImage("a", manifest -> manifest.putArray("options").add("containers"));

    assertThat(new ImageStore(root).resolve(digest).options()).containsExactly("containers");
  }

  @ParameterizedTest
  @ValueSource(strings = {"kernel", "initramfs", "root.erofs", "manifest.json"})
  void refusesAnImageOfWhichAByteChangedAlsoAfterItWasUsed(String name) throws Exception {
    Digest digest = makeImage("a", manifest -> {});
    ImageStore store = new ImageStore(root);
    store.resolve(digest);
    Path file = root.resolve(digest.hex()).resolve(name);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 2] ^= 1;
    Files.write(file, bytes);

    assertThatThrownBy(() -> store.resolve(digest))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("damaged")
        .extracting(e -> ((ImageException) e).defect())
        .isEqualTo(Defect.DAMAGED);
  }

  @Test
  void noticesAChangeThatKeptSizeAndTime() throws Exception {
    Digest digest = makeImage("a", manifest -> {});
    ImageStore store = new ImageStore(root);
    store.resolve(digest);
    Path kernel = root.resolve(digest.hex()).resolve("kernel");
    FileTime time = Files.getLastModifiedTime(kernel);
    Files.writeString(kernel, "kernel b");
    Files.setLastModifiedTime(kernel, time);

    assertThatThrownBy(() -> store.resolve(digest)).isInstanceOf(ImageException.class);
  }

  @Test
  void refusesAnImageThatLacksAFile() throws Exception {
    Digest digest = makeImage("a", manifest -> {});
    Files.delete(root.resolve(digest.hex()).resolve("initramfs"));

    assertThatThrownBy(() -> new ImageStore(root).resolve(digest))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("initramfs");
  }

  @Test
  void saysThatAnImageIsMissing() {
    Digest digest = Digest.of(new byte[0]);

    assertThatThrownBy(() -> new ImageStore(root).resolve(digest))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining(digest.toString())
        .extracting(e -> ((ImageException) e).defect())
        .isEqualTo(Defect.MISSING);
  }

  @Test
  void refusesAManifestOfAnotherFormat() throws Exception {
    Digest digest = makeImage("a", manifest -> manifest.put("protocol", 2));

    assertThatThrownBy(() -> new ImageStore(root).resolve(digest))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("protocol 2");
  }

  @Test
  void refusesAManifestThatDoesNotSayWhichMkDecides() throws Exception {
    Digest digest = makeImage("a", manifest -> manifest.remove("mk"));

    assertThatThrownBy(() -> new ImageStore(root).resolve(digest))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("manifest.json: field mk");
  }

  @Test
  void runsNoImageOfAnOldReleaseAndListsIt() throws Exception {
    Digest digest = makeImage("a", MadeImage.OLD);
    ImageStore store = new ImageStore(root);

    assertThat(store.list()).extracting(ImageStore.Entry::digest).containsExactly(digest);
    assertThat(store.newest()).contains(digest);
    assertThat(store.contains(digest)).isTrue();
    assertThat(store.checked()).isEmpty();
    assertThatThrownBy(() -> store.resolve(digest))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("peer 0.5 or older")
        .extracting(e -> ((ImageException) e).hint())
        .asString()
        .contains("peer image build", "peer image ls --pin");
  }

  @Test
  void listsTheNewestFirstAndNothingElse() throws Exception {
    Digest older = makeImage("a", manifest -> {});
    Digest newer = makeImage("b", manifest -> {});
    Files.setLastModifiedTime(
        root.resolve(older.hex()), FileTime.from(Instant.now().minusSeconds(60)));
    Files.createDirectory(root.resolve(".build.x"));
    Files.writeString(root.resolve("notes"), "");
    ImageStore store = new ImageStore(root);

    assertThat(store.list()).extracting(ImageStore.Entry::digest).containsExactly(newer, older);
    assertThat(store.newest()).contains(newer);
  }

  @Test
  void hasNoNewestWhereThereIsNone() throws Exception {
    assertThat(new ImageStore(root.resolve("missing")).newest()).isEmpty();
  }

  @Test
  void theNewestIsAmongThoseBuiltHereOrAskedForByName() throws Exception {
    Digest built = makeImage("built", manifest -> {});
    ImageStore store = new ImageStore(root);
    Files.setLastModifiedTime(
        root.resolve(built.hex()), FileTime.from(Instant.now().minusSeconds(60)));
    Digest pinned = takeIn(store, "pinned", Origin.PINNED);

    assertThat(store.list()).extracting(ImageStore.Entry::digest).containsExactly(pinned, built);
    assertThat(store.list())
        .extracting(ImageStore.Entry::origin)
        .containsExactly(Origin.PINNED, Origin.BUILT);
    assertThat(store.newest()).contains(built);

    store.provenance().add(pinned, Origin.PULLED);
    assertThat(store.newest()).contains(pinned);
    assertThat(store.provenance().origin(pinned)).isEqualTo(Origin.PULLED);
  }

  @Test
  void hasNoNewestAmongThoseThatOnlyRevisionsNamed() throws Exception {
    ImageStore store = new ImageStore(root);
    takeIn(store, "pinned", Origin.PINNED);

    assertThat(store.newest()).isEmpty();
    assertThat(store.list()).hasSize(1);
  }

  @Test
  void anImageThatWasChosenStaysChosen() throws Exception {
    ImageStore store = new ImageStore(root);
    Digest digest = takeIn(store, "a", Origin.IMPORTED);

    takeInAgain(store, digest, Origin.PINNED);
    assertThat(store.provenance().origin(digest)).isEqualTo(Origin.IMPORTED);
    store.provenance().add(digest, Origin.PULLED);
    assertThat(store.provenance().origin(digest)).isEqualTo(Origin.IMPORTED);
  }

  @Test
  void anImageThatARevisionNamedIsChosenWhenItIsAskedFor() throws Exception {
    ImageStore store = new ImageStore(root);
    Digest digest = takeIn(store, "a", Origin.PINNED);

    takeInAgain(store, digest, Origin.IMPORTED);

    assertThat(store.provenance().origin(digest)).isEqualTo(Origin.IMPORTED);
  }

  @Test
  void aMarkThatCannotBeReadChoosesNothing() throws Exception {
    ImageStore store = new ImageStore(root);
    Digest digest = takeIn(store, "a", Origin.PULLED);
    Files.writeString(root.resolve(".origins").resolve(digest.hex()), "");

    assertThat(store.newest()).isEmpty();
  }

  @Test
  void servesTheAttestationOfAnImageThatWasChecked() throws Exception {
    Digest digest = makeImage("a", manifest -> {});
    ImageStore store = new ImageStore(root);
    store.provenance().keep(digest, Attestation.of(new byte[] {1}));
    assertThat(store.checkedFile(digest, "attestation.json")).isEmpty();

    store.resolve(digest);

    assertThat(store.checkedFile(digest, "attestation.json").orElseThrow())
        .hasBinaryContent(new byte[] {1});
    Digest other = makeImage("b", manifest -> {});
    store.resolve(other);
    assertThat(store.checkedFile(other, "attestation.json")).isEmpty();
  }

  @Test
  void servesOnlyWhatWasCheckedAndHasNotChangedSince() throws Exception {
    Digest checked = makeImage("a", manifest -> {});
    Digest unchecked = makeImage("b", manifest -> {});
    ImageStore store = new ImageStore(root);
    store.resolve(checked);

    assertThat(store.checked()).containsExactly(checked);
    assertThat(store.checkedFile(checked, "kernel").orElseThrow()).hasContent("kernel a");
    assertThat(store.checkedFile(checked, "manifest.json")).isPresent();
    assertThat(store.checkedFile(checked, "../" + checked.hex() + "/kernel")).isEmpty();
    assertThat(store.checkedFile(checked, "notes")).isEmpty();
    assertThat(store.checkedFile(unchecked, "kernel")).isEmpty();

    Files.writeString(root.resolve(checked.hex()).resolve("kernel"), "kernel b");
    assertThat(store.checked()).isEmpty();
    assertThat(store.checkedFile(checked, "initramfs")).isEmpty();
  }

  @Test
  void servesNothingOfAnImageWhoseManifestChanged() throws Exception {
    Digest digest = makeImage("a", manifest -> {});
    ImageStore store = new ImageStore(root);
    store.resolve(digest);
    Files.writeString(root.resolve(digest.hex()).resolve("manifest.json"), "{}");

    assertThat(store.checkedFile(digest, "manifest.json")).isEmpty();
    assertThat(store.checked()).isEmpty();
  }

  /** Takes an image in as one that came from elsewhere. */
  private Digest takeIn(ImageStore store, String name, Origin origin) throws Exception {
    Digest digest = makeImage(name, manifest -> {});
    Files.move(root.resolve(digest.hex()), root.resolve("elsewhere"));
    takeIn(store, digest, root.resolve("elsewhere"), origin);
    return digest;
  }

  private void takeInAgain(ImageStore store, Digest digest, Origin origin) throws Exception {
    takeIn(store, digest, root.resolve(digest.hex()), origin);
  }

  private static void takeIn(ImageStore store, Digest digest, Path from, Origin origin)
      throws Exception {
    try (ImageIntake intake = store.take(digest)) {
      intake.manifest(Files.readAllBytes(from.resolve("manifest.json")));
      for (String file : intake.names()) {
        Files.copy(from.resolve(file), intake.file(file));
        intake.check(file);
      }
      intake.finish(origin);
    }
  }

  private Digest makeImage(String name, Consumer<ObjectNode> change) throws IOException {
    return MadeImage.in(root, name, change);
  }
}
