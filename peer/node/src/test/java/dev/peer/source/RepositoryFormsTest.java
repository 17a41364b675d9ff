package dev.peer.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.peer.core.flow.HistoryPosition;
import dev.peer.core.id.CommitId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Repositories in the forms that git has: each is read as git reads it, or refused. */
class RepositoryFormsTest {

  @TempDir Path temp;

  private Git git;
  private String first;
  private String second;

  @BeforeEach
  void twoCommits() throws IOException {
    git = Git.init(temp.resolve("work"));
    first = git.write("a.txt", "one\n").commitAll("first");
    second = git.write("a.txt", "two\n").commitAll("second");
  }

  @Test
  void aLinkedWorkTreeHasRefsOfItsOwn() throws SourceException {
    git.run("worktree", "add", "-q", "--detach", "../linked", first);
    Git linked = Git.in(temp.resolve("linked"));
    for (String ref : List.of("ORIG_HEAD", "refs/worktree/mark", "refs/bisect/bad")) {
      linked.run("update-ref", ref, first);
      git.run("update-ref", ref, second);
    }
    for (String name : List.of("HEAD", "ORIG_HEAD", "refs/worktree/mark", "refs/bisect/bad")) {
      assertThat(commit(linked, name)).as(name).isEqualTo(first);
      assertThat(commit(git, name)).as(name).isEqualTo(second);
    }
    assertThat(commit(linked, "main-worktree/HEAD")).isEqualTo(second);
    assertThat(commit(linked, "main~1")).isEqualTo(first);
  }

  @Test
  void aLinkedWorkTreeHasItsOwnChanges() throws Exception {
    git.run("worktree", "add", "-q", "-b", "other", "../linked", first);
    Git linked = Git.in(temp.resolve("linked")).write("a.txt", "changed\n").write("new", "n\n");
    assertThat(state(linked)).isEqualTo(new DirtyState(1, 1));
    assertThat(state(git)).isEqualTo(DirtyState.CLEAN);
  }

  @Test
  void aLinkedWorkTreeIsOfTheSameTrunk() throws Exception {
    git.run("clone", "-q", ".", "../clone");
    Git clone = Git.in(temp.resolve("clone"));
    clone.run("worktree", "add", "-q", "-b", "other", "../linked", first);
    assertThat(standing(temp.resolve("linked"), first))
        .isEqualTo(standing(clone.directory(), first))
        .satisfies(position -> assertThat(position.onTrunk()).isTrue())
        .satisfies(position -> assertThat(position.unknown()).isEmpty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-x", "", "nothing", "main:absent", "^main", "main..other", "HEAD~7"})
  void aLinkedWorkTreeRefusesAnUnknownRevision(String name) {
    git.run("worktree", "add", "-q", "--detach", "../linked", first);
    failure(() -> commit(Git.in(temp.resolve("linked")), name), "unknown revision");
  }

  @Test
  void saysThatABranchOfALinkedWorkTreeHasNoCommitYet() {
    git.run("worktree", "add", "-q", "--detach", "../linked", first);
    Git linked = Git.in(temp.resolve("linked"));
    linked.run("checkout", "-q", "--orphan", "fresh");
    failure(() -> commit(linked, "HEAD"), "no commit on fresh yet");
  }

  @Test
  void readsTheConfigurationOfOneWorkTree() throws Exception {
    git.run("config", "extensions.worktreeConfig", "true");
    git.run("config", "core.repositoryFormatVersion", "1");
    Path elsewhere = Files.createDirectory(temp.resolve("elsewhere"));
    git.run("config", "--worktree", "core.worktree", elsewhere.toString());
    try (GitRepository repository = GitRepository.open(git.directory().resolve(".git"))) {
      assertThat(repository.resolve("HEAD").commit().hex()).isEqualTo(second);
    }
    Files.writeString(elsewhere.resolve("a.txt"), "changed\n");
    git.run("config", "--worktree", "core.worktree", git.directory().toString());
    assertThat(state(git)).isEqualTo(DirtyState.CLEAN);
  }

  @Test
  void refusesAnExtensionThatGitDoesNotKnow() throws Exception {
    Path config = git.directory().resolve(".git/config");
    Files.writeString(config, Files.readString(config) + "[extensions]\n\tnewer = true\n");
    assertThat(commit(git, "HEAD")).isEqualTo(second);
    git.run("config", "core.repositoryFormatVersion", "1");
    failure(() -> commit(git, "HEAD"), "git cannot read the repository: unknown repository");
  }

  @Test
  void aFileThatLeadsToNoRepositoryEndsTheSearch() throws Exception {
    git.write("inner/.git", "gitdir: /nowhere\n").write("empty/.git", "");
    failure(() -> commit(Git.in(git.directory().resolve("inner")), "HEAD"), "cannot be read");
    failure(() -> commit(Git.in(git.directory().resolve("empty")), "HEAD"), "cannot be read");
  }

  @Test
  void seesTheChangesOfARepositoryWhoseGitDirectoryIsElsewhere() throws Exception {
    Git separate =
        Git.init(temp.resolve("separate"), "--separate-git-dir=" + temp.resolve("elsewhere.git"));
    separate.write("a", "a\n").commitAll("first");
    assertThat(state(separate.write("a", "changed\n"))).isEqualTo(new DirtyState(1, 0));
  }

  @Test
  void saysHowToTrustARepositoryOfAnotherUserThatOnlyGitReads() throws Exception {
    git.run("worktree", "add", "-q", "--detach", "../linked", first);
    byte[] user = Git.run(temp, new byte[0], List.of("id", "-u"));
    assumeTrue(new String(user, UTF_8).equals("0\n"), "only root can give files away");
    Git.run(temp, new byte[0], List.of("chown", "-R", "12345", "work", "linked"));
    SourceException e =
        failure(() -> commit(Git.in(temp.resolve("linked")), "HEAD"), "belongs to another user");
    assertThat(e.hint()).contains("git config --global --add safe.directory ");
    assertThat(commit(git, "HEAD")).isEqualTo(second);
  }

  @Test
  void aReftableRepositoryIsReadAsGitReadsIt() throws Exception {
    Git reftable = reftable();
    reftable.run("clone", "-q", "--ref-format=reftable", ".", "../clone");
    Git clone = Git.in(temp.resolve("clone"));
    clone.run("worktree", "add", "-q", "-b", "other", "../linked", "HEAD~1");
    clone.run("worktree", "add", "-q", "--detach", "../detached", "HEAD~1");
    String older = clone.run("rev-parse", "HEAD~1");
    for (String directory : List.of("linked", "detached")) {
      Git linked = Git.in(temp.resolve(directory));
      assertThat(commit(linked, "HEAD")).isEqualTo(older);
      assertThat(commit(linked, "main")).isEqualTo(clone.run("rev-parse", "main"));
      assertThat(commit(linked, "other")).isEqualTo(older);
      assertThat(state(linked)).isEqualTo(DirtyState.CLEAN);
      assertThat(standing(linked.directory(), older).onTrunk()).isTrue();
      try (GitRepository watched = GitRepository.at(linked.directory())) {
        assertThat(watched.head().hex()).isEqualTo(older);
      }
    }
    assertThat(commit(clone, "HEAD")).isEqualTo(clone.run("rev-parse", "HEAD"));
    assertThat(commit(clone, "other")).isEqualTo(older);
    assertThat(standing(clone.directory(), older).onTrunk()).isTrue();
    clone.run("checkout", "-q", "--detach", "HEAD~1");
    assertThat(commit(clone, "HEAD")).isEqualTo(older);
    assertThat(state(clone.write("a", "changed\n"))).isEqualTo(new DirtyState(1, 0));
  }

  /**
   * Where git is too old for reftables, JGit writes one, and the rest is laid out as git has it.
   */
  @Test
  void neverTakesTheMainWorkTreesCommitForThatOfALinkedOne() throws Exception {
    git.run("worktree", "add", "-q", "-b", "other", "../linked", first);
    git.run("config", "core.repositoryFormatVersion", "1");
    try (FileRepository repository = new FileRepository(git.directory().resolve(".git").toFile())) {
      repository.convertRefStorage("reftable", true, false);
    }
    Path own = git.directory().resolve(".git/worktrees/linked");
    Files.writeString(own.resolve("HEAD"), "ref: refs/heads/.invalid\n");
    Files.writeString(Files.createDirectory(own.resolve("reftable")).resolve("tables.list"), "");

    assertThat(commit(git, "HEAD")).isEqualTo(second);
    assertThat(commit(git, "other")).isEqualTo(first);
    assertThatExceptionOfType(SourceException.class)
        .isThrownBy(() -> commit(Git.in(temp.resolve("linked")), "HEAD"))
        .satisfies(e -> assertThat(e.hint()).contains("git"));
  }

  private Git reftable() throws IOException {
    String help =
        new String(Git.run(temp, new byte[0], List.of("sh", "-c", "git init -h 2>&1 || :")), UTF_8);
    assumeTrue(help.contains("--ref-format"), "this git knows no reftables");
    Git made = Git.init(temp.resolve("reftable"), "--ref-format=reftable");
    made.write("a", "one\n").commitAll("first");
    made.write("a", "two\n").commitAll("second");
    return made;
  }

  private static String commit(Git in, String name) throws SourceException {
    try (GitRepository repository = GitRepository.open(in.directory())) {
      return repository.resolve(name).commit().hex();
    }
  }

  private static DirtyState state(Git in) throws SourceException {
    try (GitRepository repository = GitRepository.open(in.directory())) {
      return repository.dirtyState((_, _) -> true);
    }
  }

  private static HistoryPosition standing(Path directory, String commit) throws SourceException {
    try (GitRepository repository = GitRepository.open(directory)) {
      return new TrunkHistory(repository, Optional.empty())
          .standing(new CommitId(commit), Set.of());
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
