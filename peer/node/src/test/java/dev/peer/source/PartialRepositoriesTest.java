package dev.peer.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.peer.core.key.CheckoutMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Repositories that hold a part: of the objects, of the work tree, of the index. */
class PartialRepositoriesTest {

  @TempDir Path temp;

  private Git origin;
  private String url;

  @BeforeEach
  void committed() throws IOException {
    origin = Git.init(temp.resolve("origin"));
    origin.run("config", "uploadpack.allowFilter", "true");
    origin.run("config", "uploadpack.allowAnySHA1InWant", "true");
    origin
        .write(".env", "PEER_CPUS=1\n")
        .write("mkfile", "test:V:\n")
        .write("in/file", "in\n")
        .write("in/deep/file", "deep\n")
        .write("out/file", "out\n")
        .write("out/deep/file", "out, and deep\n");
    origin.commitAll("first");
    url = origin.directory().toUri().toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"blob:none", "tree:0", "blob:limit=3"})
  void gitGetsWhatAPartialCloneLeftOut(String filter) throws Exception {
    origin.run("clone", "-q", "--no-checkout", "--filter=" + filter, url, "../clone");
    Git clone = Git.in(temp.resolve("clone"));
    assertThat(guestTree(clone, "out/deep/file")).isEqualTo("out, and deep\n");
    try (GitRepository repository = GitRepository.open(clone.directory())) {
      assertThat(repository.file(repository.resolve("HEAD"), ".env", 99))
          .hasValue("PEER_CPUS=1\n".getBytes(UTF_8));
    }
  }

  @Test
  void readsOneFileAndLeavesTheRestWhereItIs() throws Exception {
    origin.run("clone", "-q", "--bare", "--filter=tree:0", url, "../bare.git");
    Git clone = Git.in(temp.resolve("bare.git"));
    try (GitRepository repository = GitRepository.open(clone.directory())) {
      Revision head = repository.resolve("HEAD");
      assertThat(repository.file(head, "in/deep/file", 99)).hasValue("deep\n".getBytes(UTF_8));
      assertThat(repository.file(head, "none", 99)).isEmpty();
    }
    String missing = clone.run("rev-list", "--objects", "--missing=print", "HEAD");
    assertThat(missing).contains("?" + origin.run("rev-parse", "HEAD:out/file"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"blob:none", "tree:0"})
  void saysWhatIsLeftOutWhenGitCannotGetIt(String filter) throws Exception {
    origin.run("clone", "-q", "--no-checkout", "--filter=" + filter, url, "../clone");
    Git clone = Git.in(temp.resolve("clone"));
    Files.move(origin.directory(), temp.resolve("elsewhere"));
    SourceException e =
        failure(() -> guestTree(clone, "out/file"), "this partial clone leaves out");
    assertThat(e.getMessage()).contains("git says: ");
    assertThat(e.hint()).contains("`git fetch --refetch --no-filter`");
  }

  @Test
  void seesTheChangesOfAPartialCloneWithoutTrees() throws Exception {
    origin.run("clone", "-q", "--no-checkout", "--filter=tree:0", url, "../clone");
    Git clone = Git.in(temp.resolve("clone"));
    clone.write("new", "n\n");
    assertThat(state(clone)).isEqualTo(new DirtyState(6, 1));
  }

  @ParameterizedTest
  @CsvSource({"--sparse-index,false", "--no-sparse-index,false", "--sparse-index,true"})
  void seesTheChangesOfASparseCheckoutAndNotItsGaps(String index, boolean partial)
      throws Exception {
    origin.run("clone", "-q", partial ? "--filter=blob:none" : "--no-local", url, "../clone");
    Git clone = Git.in(temp.resolve("clone"));
    clone.run("sparse-checkout", "init", "--cone", index);
    clone.run("sparse-checkout", "set", "in");
    assertThat(clone.directory().resolve("out")).doesNotExist();
    assertThat(state(clone)).isEqualTo(DirtyState.CLEAN);

    clone.write("in/file", "changed\n").write("in/deep/new name", "n\n").write("mkfile", "a:V:\n");
    assertThat(state(clone)).isEqualTo(new DirtyState(2, 1));
    clone.run("add", "--all", "in");
    assertThat(state(clone)).isEqualTo(new DirtyState(3, 0));
    assertThat(guestTree(clone, "out/deep/file")).isEqualTo("out, and deep\n");
  }

  @Test
  void seesTheChangesOfASplitIndex() throws Exception {
    origin.run("update-index", "--split-index");
    assertThat(state(origin)).isEqualTo(DirtyState.CLEAN);
    origin.write("in/file", "changed\n").write("a new one", "n\n");
    assertThat(state(origin)).isEqualTo(new DirtyState(1, 1));
    origin.run("add", "in/file");
    Files.delete(origin.directory().resolve("mkfile"));
    assertThat(state(origin)).isEqualTo(new DirtyState(2, 1));
  }

  @Test
  void seesASubmodulesChangesBehindASplitIndexAndRunsNoFilterOrMonitor() throws Exception {
    Git library = Git.init(temp.resolve("library"));
    library.write("l", "l\n").commitAll("library");
    origin.run("submodule", "--quiet", "add", "../library", "lib");
    origin.write(".gitattributes", "* filter=bad\n").commitAll("with a submodule");
    origin.run("update-index", "--split-index");
    Path proof = temp.resolve("started");
    origin.run("config", "filter.bad.clean", "touch " + proof + "; cat");
    origin.run("config", "core.fsmonitor", "touch " + proof);
    assertThat(state(origin)).isEqualTo(DirtyState.CLEAN);
    Git inside = Git.in(origin.directory().resolve("lib"));
    inside.write("l", "changed\n");
    assertThat(state(origin)).isEqualTo(new DirtyState(1, 0));
    inside.commitAll("another commit than the tree names");
    origin.write("in/file", "changed\n");
    assertThat(state(origin)).isEqualTo(new DirtyState(2, 0));
    assertThat(proof).doesNotExist();
  }

  @Test
  void aConflictBehindASplitIndexCountsOnce() throws Exception {
    origin.run("update-index", "--split-index");
    origin.run("checkout", "-q", "-b", "other");
    origin.write("in/file", "theirs\n").commitAll("theirs");
    origin.run("checkout", "-q", "main");
    origin.write("in/file", "ours\n").commitAll("ours");
    Git.run(origin.directory(), new byte[0], List.of("sh", "-c", "git merge other || :"));
    assertThat(state(origin)).isEqualTo(new DirtyState(1, 0));
  }

  @Test
  void namesTheDirectoryThatACloneBorrowsFrom() throws Exception {
    origin.run("clone", "-q", "--shared", origin.directory().toString(), "../shared");
    Git shared = Git.in(temp.resolve("shared"));
    assertThat(guestTree(shared, "in/file")).isEqualTo("in\n");
    Files.move(origin.directory(), temp.resolve("elsewhere"));
    SourceException e = failure(() -> guestTree(shared, "in/file"), "borrows objects from");
    assertThat(e.getMessage()).contains(origin.directory().resolve(".git/objects").toString());
    assertThat(e.hint()).contains("bring that directory back");
  }

  @Test
  void aShallowCloneGivesTheSameTree() throws Exception {
    origin.write("in/file", "second\n").commitAll("second");
    origin.run("clone", "-q", "--depth=1", url, "../shallow");
    assertThat(guestTree(Git.in(temp.resolve("shallow")), "in/file")).isEqualTo("second\n");
  }

  @Test
  void takesGitsVariablesThatNameTheDirectorysRepository() throws Exception {
    origin.run("worktree", "add", "-q", "-b", "other", "../linked");
    Path linked = temp.resolve("linked");
    String work = origin.directory().toString();
    for (Map<String, String> hook :
        List.of(
            Map.of("GIT_DIR", ".git", "GIT_INDEX_FILE", ".git/next-index-1.lock"),
            Map.of("GIT_DIR", work + "/.git", "GIT_WORK_TREE", "."),
            Map.of("GIT_PREFIX", "in/"))) {
      GitRepository.open(origin.directory(), hook).close();
    }
    GitRepository.open(linked, Map.of("GIT_DIR", work + "/.git/worktrees/linked")).close();
  }

  @Test
  void refusesGitsVariablesThatNameAnotherRepository() {
    Git other = Git.init(temp.resolve("other"));
    Map<String, String> values =
        Map.of(
            "GIT_DIR", other.directory().resolve(".git").toString(),
            "GIT_WORK_TREE", "../other",
            "GIT_COMMON_DIR", "../other/.git",
            "GIT_OBJECT_DIRECTORY", "objects/incoming");
    values.forEach(
        (name, value) -> {
          SourceException e =
              failure(
                  () -> GitRepository.open(origin.directory(), Map.of(name, value)), name + " is ");
          assertThat(e.hint()).contains("unset " + name);
        });
    failure(() -> GitRepository.open(temp, Map.of("GIT_DIR", "other/.git")), "GIT_DIR is ");
  }

  private String guestTree(Git from, String file) throws Exception {
    Path scratch = Files.createTempDirectory(temp, "scratch");
    Path files = Files.createTempDirectory(temp, "files");
    try (GitRepository repository = GitRepository.open(from.directory())) {
      Revision revision = repository.resolve("HEAD");
      repository.writeGuestTree(revision, CheckoutMode.TREE, scratch, new DirectoryOnDisk(files));
    }
    return Files.readString(files.resolve("tree").resolve(file));
  }

  private static DirtyState state(Git in) throws SourceException {
    try (GitRepository repository = GitRepository.open(in.directory())) {
      return repository.dirtyState((_, _) -> true);
    }
  }

  private static SourceException failure(ThrowingCallable call, String message) {
    SourceException[] failure = new SourceException[1];
    assertThatExceptionOfType(SourceException.class)
        .isThrownBy(call)
        .withMessageContaining(message)
        .satisfies(e -> assertThat(e.hint()).isNotBlank())
        .satisfies(e -> failure[0] = e);
    return failure[0];
  }
}
