package dev.peer.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.peer.core.id.Digest;
import dev.peer.core.key.CheckoutMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The history and the tags that {@code PEER_CHECKOUT=history} takes into the guest. */
class HistoryTest {

  @TempDir Path temp;

  private Git git;

  @BeforeEach
  void repository() throws IOException {
    git = Git.init(temp.resolve("work"));
    git.write("a.txt", "one\n").write("src/b", "one\n").commitAll("first");
    git.run("tag", "v1");
    git.write("a.txt", "two\n").commitAll("second");
    git.run("tag", "-a", "-m", "the second", "v2");
    git.run("tag", "-a", "-m", "a tag of a tag", "nested/tag", "v2");
    git.run("branch", "side");
    git.write("src/b", "three\n").commitAll("third");
  }

  @Test
  void gitDescribesAndLogsAsInTheClone() throws Exception {
    Git guest = guest("HEAD");
    for (String command :
        new String[] {
          "describe --tags --dirty --long",
          "describe --tags --abbrev=0 HEAD~2",
          "describe",
          "log --format=%H%x00%an%x00%cI%x00%s%x00%P",
          "log --oneline -- src",
          "rev-list --count HEAD",
          "diff --name-only v1 HEAD",
          "tag --list --format=%(refname)%(objectname)%(contents)",
          "cat-file -p nested/tag",
          "status --porcelain",
          "rev-parse --is-shallow-repository",
        }) {
      String[] words = command.split(" ");
      assertThat(guest.run(words)).as(command).isEqualTo(git.run(words));
    }
  }

  @Test
  void filesOfOlderCommitsStayOut() throws Exception {
    String old = git.run("rev-parse", "HEAD~2:a.txt");
    String newer = git.run("rev-parse", "HEAD:a.txt");
    git.run("gc", "-q");
    assertThat(guest("HEAD").run("cat-file", "--batch-all-objects", "--batch-check=%(objectname)"))
        .contains(newer)
        .doesNotContain(old);
  }

  @Test
  void refsThatDoNotLeadToAnAncestorStayOutAndDoNotCount() throws Exception {
    Digest before = tags("HEAD~1");
    git.run("tag", "later", "HEAD");
    git.run("tag", "-a", "-m", "of a tree", "tree", "HEAD^{tree}");
    git.run("checkout", "-q", "side");
    git.write("private", "p\n").commitAll("aside");
    git.run("tag", "aside");
    git.run("checkout", "-q", "main");

    assertThat(tags("HEAD~1")).isEqualTo(before);
    assertThat(guest("HEAD~1").run("for-each-ref", "--format=%(refname)").lines())
        .containsExactly("refs/heads/main", "refs/tags/nested/tag", "refs/tags/v1", "refs/tags/v2");
    assertThat(guest("HEAD~1").run("cat-file", "--batch-all-objects", "--batch-check"))
        .doesNotContain(git.run("rev-parse", "aside"));
  }

  @Test
  void everyTagOfAnAncestorCounts() throws Exception {
    Digest before = tags("HEAD");
    git.run("tag", "more", "HEAD~1");
    Digest more = tags("HEAD");
    git.run("tag", "-f", "-a", "-m", "now with a text", "more", "HEAD~1");
    Digest annotated = tags("HEAD");
    git.run("tag", "-f", "-a", "-m", "with another text", "more", "HEAD~1");
    Digest other = tags("HEAD");
    assertThat(List.of(before, more, annotated, other)).doesNotHaveDuplicates();
    git.run("tag", "-d", "more");
    git.run("pack-refs", "--all");
    assertThat(tags("HEAD")).isEqualTo(before);
  }

  @Test
  void aTagThatComesAfterTheKeyIsNotInTheGuest() throws Exception {
    try (GitRepository repository = GitRepository.open(git.directory())) {
      Revision revision = repository.resolve("HEAD");
      repository.tags(revision);
      git.run("tag", "too-late");
      assertThat(guest(repository, revision).run("tag", "--list")).doesNotContain("too-late");
    }
  }

  @Test
  void aHistoryWithoutTagsIsNotTheCommitAlone() throws Exception {
    git.run("tag", "-d", "v1", "v2", "nested/tag");
    assertThat(tags("HEAD")).isEqualTo(Digest.of(new byte[0]));
    Git guest = guest("HEAD");
    assertThat(guest.run("log", "--oneline").lines()).hasSize(3);
    assertThat(guest.run("tag", "--list")).isEmpty();
  }

  @Test
  void aCloneWithoutOldFilesWillDo() throws Exception {
    git.run("config", "uploadpack.allowFilter", "true");
    String url = git.directory().toUri().toString();
    git.run("clone", "-q", "--filter=blob:none", url, "../partial");
    git = Git.in(temp.resolve("partial"));
    assertThat(guest("HEAD").run("describe")).isEqualTo(git.run("describe"));
  }

  @Test
  void aShallowCloneIsRefused() throws Exception {
    git.run("clone", "-q", "--depth=2", git.directory().toUri().toString(), "../shallow");
    git = Git.in(temp.resolve("shallow"));
    assertThatExceptionOfType(SourceException.class)
        .isThrownBy(() -> tags("HEAD"))
        .withMessageContaining("shallow")
        .satisfies(e -> assertThat(e.hint()).contains("git fetch --unshallow"));
    assertThatExceptionOfType(SourceException.class).isThrownBy(() -> guest("HEAD"));
    git.run("fetch", "-q", "--unshallow", "--tags");
    assertThat(guest("HEAD").run("describe")).isEqualTo(git.run("describe"));
  }

  private Digest tags(String revision) throws Exception {
    try (GitRepository repository = GitRepository.open(git.directory())) {
      return repository.tags(repository.resolve(revision));
    }
  }

  private Git guest(String revision) throws Exception {
    try (GitRepository repository = GitRepository.open(git.directory())) {
      return guest(repository, repository.resolve(revision));
    }
  }

  private Git guest(GitRepository repository, Revision revision) throws Exception {
    Path files = Files.createTempDirectory(temp, "files");
    repository.writeGuestTree(
        revision,
        CheckoutMode.HISTORY,
        Files.createTempDirectory(temp, "scratch"),
        new DirectoryOnDisk(files));
    Git guest = Git.in(files.resolve("tree"));
    assertThat(guest.run("rev-parse", "HEAD")).isEqualTo(revision.commit().hex());
    assertThat(guest.run("status", "--porcelain")).isEmpty();
    return guest;
  }
}
