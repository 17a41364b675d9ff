package dev.peer.vm.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.Digest;
import dev.peer.vm.image.ImageException.Kind;
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
    assertThat(image.architecture()).isEqualTo("x86_64");
    assertThat(image.mkVersion()).isEqualTo("9base 1");
    assertThat(image.agentVersion()).isEqualTo("4");
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
        .extracting(e -> ((ImageException) e).kind())
        .isEqualTo(Kind.DAMAGED);
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
        .extracting(e -> ((ImageException) e).kind())
        .isEqualTo(Kind.MISSING);
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

    assertThat(store.list()).extracting(ImageStore.Listed::digest).containsExactly(digest);
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

    assertThat(store.list()).extracting(ImageStore.Listed::digest).containsExactly(newer, older);
    assertThat(store.newest()).contains(newer);
  }

  @Test
  void hasNoNewestWhereThereIsNone() throws Exception {
    assertThat(new ImageStore(root.resolve("missing")).newest()).isEmpty();
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

  private Digest makeImage(String name, Consumer<ObjectNode> change) throws IOException {
    return MadeImage.in(root, name, change);
  }
}
