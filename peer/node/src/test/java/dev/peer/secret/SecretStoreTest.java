package dev.peer.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.core.id.LocalRepo;
import dev.peer.core.id.RepoId;
import dev.peer.core.secret.SecretException;
import dev.peer.core.secret.SecretValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is kept is for one repository and one user. */
class SecretStoreTest {

  private static final LocalRepo REPO = new LocalRepo(new RepoId("example.org/a"));
  private static final LocalRepo OTHER = new LocalRepo(new RepoId("example.org/b"));

  @TempDir private Path home;

  private SecretStore store;
  private Path root;

  @BeforeEach
  void open() {
    root = home.resolve("secrets");
    store = new SecretStore(root);
  }

  private static SecretValue value(String text) {
    return SecretValue.of(text);
  }

  private List<Path> files() throws IOException {
    try (var files = Files.walk(root)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  @Test
  void findsWhatWasSetForTheRepositoryAndNoOther() throws Exception {
    store.set(REPO, "TOKEN", value("two\nlines \u00e4"));

    assertThat(store.find(REPO, "TOKEN").orElseThrow().reveal()).isEqualTo("two\nlines \u00e4");
    assertThat(store.find(REPO, "OTHER")).isEmpty();
    assertThat(store.find(OTHER, "TOKEN")).isEmpty();
    assertThat(store.list(OTHER)).isEmpty();
  }

  @Test
  void listsNamesAndRemoves() throws Exception {
    store.set(REPO, "B", value("value of b"));
    store.set(REPO, "A", value("value of a"));

    assertThat(store.list(REPO))
        .extracting(SecretStore.SecretEntry::name)
        .containsExactly("A", "B");
    assertThat(store.remove(REPO, "A")).isTrue();
    assertThat(store.remove(REPO, "A")).isFalse();
    assertThat(store.find(REPO, "A")).isEmpty();
    assertThat(store.find(REPO, "B")).isPresent();
  }

  @Test
  void replacesAValueAndLeavesNothingElse() throws Exception {
    store.set(REPO, "TOKEN", value("first value"));
    store.set(REPO, "TOKEN", value("second value"));

    assertThat(store.find(REPO, "TOKEN").orElseThrow().reveal()).isEqualTo("second value");
    assertThat(files()).hasSize(1);
  }

  @Test
  void isForItsOwnerAlone() throws Exception {
    store.set(REPO, "TOKEN", value("some value"));

    Path file = files().getFirst();
    assertThat(permissions(file)).isEqualTo("rw-------");
    assertThat(permissions(file.getParent())).isEqualTo("rwx------");
    assertThat(permissions(root)).isEqualTo("rwx------");
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @ParameterizedTest
  @CsvSource({"FILE, rw-r-----", "DIRECTORY, rwxr-x---", "ROOT, rwx-----x"})
  void readsNothingThatIsOpenToOthers(String which, String permissions) throws Exception {
    store.set(REPO, "TOKEN", value("some value"));
    Path file = files().getFirst();
    Path opened =
        switch (which) {
          case "FILE" -> file;
          case "DIRECTORY" -> file.getParent();
          default -> root;
        };

    Files.setPosixFilePermissions(opened, PosixFilePermissions.fromString(permissions));

    assertThatThrownBy(() -> store.find(REPO, "TOKEN"))
        .isInstanceOf(SecretException.class)
        .hasMessageContaining(opened.toString())
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("some value"));
  }

  @Test
  void followsNoLink() throws Exception {
    store.set(REPO, "TOKEN", value("some value"));
    Path file = files().getFirst();
    Path elsewhere = Files.move(file, home.resolve("elsewhere"));
    Files.createSymbolicLink(file, elsewhere);

    assertThatThrownBy(() -> store.find(REPO, "TOKEN")).isInstanceOf(SecretException.class);
  }

  @Test
  void saysThatAKeptValueIsNoneAndDoesNotShowIt() throws Exception {
    store.set(REPO, "TOKEN", value("some value"));
    Files.writeString(files().getFirst(), "short");

    assertThatThrownBy(() -> store.find(REPO, "TOKEN"))
        .isInstanceOf(SecretException.class)
        .hasMessageContaining("TOKEN")
        .hasNoCause()
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("short\""));
  }
}
