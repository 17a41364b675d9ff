package dev.peer.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirtyStateTest {

  @TempDir Path temp;

  private Git git;

  @BeforeEach
  void committed() throws IOException {
    git = Git.init(temp.resolve("work"));
    git.write("a", "a\n")
        .write("b", "b\n")
        .write("c", "c\n")
        .write(".gitignore", "*.log\nbuild/\n");
    git.commitAll("first");
  }

  @Test
  void aFreshCommitIsClean() throws SourceException {
    assertThat(state(git)).isEqualTo(DirtyState.CLEAN);
  }

  @Test
  void countsChangedFilesOnce() throws Exception {
    git.write("a", "staged, then changed\n");
    git.run("add", "a");
    git.write("a", "again\n");
    git.write("b", "B\n");
    Files.delete(git.directory().resolve("c"));
    git.write("added", "x");
    git.run("add", "added");
    assertThat(state(git)).isEqualTo(new DirtyState(4, 0));
  }

  @Test
  void countsUntrackedButNotIgnoredFiles() throws Exception {
    git.write("new", "n").write("dir/new", "n").write("x.log", "l").write("build/out", "o");
    Files.createDirectories(git.directory().resolve("empty"));
    assertThat(state(git)).isEqualTo(new DirtyState(0, 2));
  }

  @Test
  void aFileTouchedButTheSameIsClean() throws Exception {
    Files.setLastModifiedTime(git.directory().resolve("a"), FileTime.fromMillis(1_000_000));
    assertThat(state(git)).isEqualTo(DirtyState.CLEAN);
  }

  @Test
  void aChangedModeIsAChange() throws Exception {
    assertThat(git.directory().resolve("a").toFile().setExecutable(true)).isTrue();
    assertThat(state(git)).isEqualTo(new DirtyState(1, 0));
  }

  @Test
  void aConflictCountsOnce() throws Exception {
    git.run("checkout", "-q", "-b", "other");
    git.write("a", "theirs\n").commitAll("theirs");
    git.run("checkout", "-q", "main");
    git.write("a", "ours\n").commitAll("ours");
    Git.run(git.directory(), new byte[0], List.of("sh", "-c", "git merge other || :"));
    assertThat(state(git).changed()).isEqualTo(1);
  }

  @Test
  void runsNoFilterOfTheRepository() throws Exception {
    Path proof = temp.resolve("filter-ran");
    git.write(".gitattributes", "* filter=bad\n").commitAll("attributes");
    git.run("config", "filter.bad.clean", "touch " + proof + "; cat");
    Files.setLastModifiedTime(git.directory().resolve("a"), FileTime.fromMillis(1_000_000));
    assertThat(state(git)).isEqualTo(DirtyState.CLEAN);
    assertThat(proof).doesNotExist();
  }

  @Test
  void aBareRepositoryIsClean() throws SourceException {
    git.run("clone", "-q", "--bare", ".", "../bare.git");
    assertThat(state(Git.in(temp.resolve("bare.git")))).isEqualTo(DirtyState.CLEAN);
  }

  @Test
  void everythingIsNewBeforeTheFirstCommit() throws Exception {
    Git empty = Git.init(temp.resolve("empty")).write("a", "a").write("b", "b");
    empty.run("add", "a");
    assertThat(state(empty)).isEqualTo(new DirtyState(1, 1));
  }

  @Test
  void aSubmoduleCountsAsOne() throws Exception {
    Git library = Git.init(temp.resolve("library"));
    library.write("l", "l\n").write("m", "m\n").commitAll("library");
    git.run("submodule", "--quiet", "add", "../library", "lib");
    git.commitAll("with a submodule");
    assertThat(state(git)).isEqualTo(DirtyState.CLEAN);

    Git inside = Git.in(git.directory().resolve("lib"));
    inside.write("l", "changed\n").write("m", "changed\n");
    assertThat(state(git)).isEqualTo(new DirtyState(1, 0));

    inside.commitAll("another commit than the tree names");
    assertThat(state(git)).isEqualTo(new DirtyState(1, 0));

    git.run("add", "lib");
    assertThat(state(git)).isEqualTo(new DirtyState(1, 0));
  }

  @Test
  void aSubmoduleNotCheckedOutIsClean() throws Exception {
    Git library = Git.init(temp.resolve("library"));
    library.write("l", "l\n").commitAll("library");
    git.run("submodule", "--quiet", "add", "../library", "lib");
    git.commitAll("with a submodule");
    git.run("clone", "-q", ".", "../clone");
    assertThat(state(Git.in(temp.resolve("clone")))).isEqualTo(DirtyState.CLEAN);
  }

  private static DirtyState state(Git git) throws SourceException {
    try (GitRepository repository = GitRepository.open(git.directory())) {
      return repository.dirtyState((_, _) -> true);
    }
  }
}
