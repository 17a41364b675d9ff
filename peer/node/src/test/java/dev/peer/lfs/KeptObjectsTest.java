package dev.peer.lfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.record.Content;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptObjectsTest {

  private static final RepoId REPO = new RepoId("example.org/team/project");
  private static final RepoId OTHER = new RepoId("../../x");
  private static final Duration WEEK = Duration.ofDays(7);

  @TempDir private Path temp;
  private Path root;
  private KeptObjects kept;

  @BeforeEach
  void begin() {
    root = temp.resolve("lfs");
    kept = new KeptObjects(root);
  }

  @Test
  void keepsAContentForItsRepositoryAlone() throws Exception {
    assertThat(kept.holdsAny(REPO)).isFalse();
    take(REPO, "one");

    assertThat(kept.of(REPO).has(content("one"))).isTrue();
    assertThat(kept.holdsAny(REPO)).isTrue();
    assertThat(kept.of(OTHER).has(content("one"))).isFalse();
    assertThat(kept.holdsAny(OTHER)).isFalse();
    ByteArrayOutputStream copy = new ByteArrayOutputStream();
    kept.of(REPO).copy(content("one"), copy);
    assertThat(copy.toString(UTF_8)).isEqualTo("one");

    take(OTHER, "one");
    assertThat(kept.of(OTHER).file(content("one").digest()).normalize()).startsWith(root);
    assertThat(temp).isDirectoryNotContaining(path -> !path.equals(root));
  }

  @Test
  void keepsNothingButTheWholeContent() throws Exception {
    for (String wrong : List.of("on", "one!", "ONE", "")) {
      assertThatExceptionOfType(ObjectDirectory.DamagedException.class)
          .isThrownBy(() -> take(REPO, content("one"), wrong));
    }
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> kept.take(REPO, new Content(Long.MAX_VALUE, content("one").digest())))
        .withMessageContaining("bytes are needed");
    try (KeptObjects.NewObject added = kept.take(REPO, content("one"))) {
      Files.writeString(added.file(), "one");
    }

    assertThat(kept.of(REPO).has(content("one"))).isFalse();
    assertThat(root.resolve("staging")).isEmptyDirectory();
    assertThat(kept.list()).isEmpty();
  }

  @Test
  void aDamagedContentIsNotCopied() throws Exception {
    take(REPO, "one");
    Files.writeString(kept.of(REPO).file(content("one").digest()), "ONE");

    assertThatExceptionOfType(ObjectDirectory.DamagedException.class)
        .isThrownBy(() -> kept.of(REPO).copy(content("one"), new ByteArrayOutputStream()));
  }

  @Test
  void removesTheLeastRecentlyUsedAndTheOld() throws Exception {
    take(REPO, "old");
    take(REPO, "one");
    take(OTHER, "two");
    take(REPO, "now");
    age(REPO, "old", Duration.ofDays(8));
    age(REPO, "one", Duration.ofDays(3));
    age(OTHER, "two", Duration.ofDays(2));

    kept.limit(WEEK, 9);
    assertThat(kept.of(REPO).has(content("old"))).isFalse();
    assertThat(kept.of(REPO).has(content("one"))).isTrue();

    kept.use(REPO, List.of(content("one"), content("nowhere")));
    kept.limit(WEEK, 6);
    assertThat(kept.of(REPO).has(content("one"))).isTrue();
    assertThat(kept.of(REPO).has(content("now"))).isTrue();
    assertThat(kept.holdsAny(OTHER)).isFalse();

    kept.limit(WEEK, 1);
    assertThat(kept.list()).singleElement().extracting(KeptObjects.Summary::files).isEqualTo(2);
  }

  @Test
  void listsAndDropsByRepository() throws Exception {
    take(REPO, "one");
    take(REPO, "three");
    take(OTHER, "two");
    age(OTHER, "two", Duration.ofDays(2));

    assertThat(kept.list()).extracting(KeptObjects.Summary::repo).containsExactly(REPO, OTHER);
    assertThat(kept.list().getFirst().bytes()).isEqualTo(8);

    kept.drop(REPO);
    kept.drop(REPO);
    assertThat(kept.list()).extracting(KeptObjects.Summary::repo).containsExactly(OTHER);
  }

  private void age(RepoId repo, String text, Duration age) throws IOException {
    Files.setLastModifiedTime(
        kept.of(repo).file(content(text).digest()), FileTime.from(Instant.now().minus(age)));
  }

  private void take(RepoId repo, String text) throws IOException {
    take(repo, content(text), text);
  }

  private void take(RepoId repo, Content content, String text) throws IOException {
    try (KeptObjects.NewObject added = kept.take(repo, content)) {
      Files.writeString(added.file(), text);
      added.keep();
    }
  }

  private static Content content(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    return new Content(bytes.length, Digest.of(bytes));
  }
}
