package dev.peer.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.peer.core.id.CommitId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.TreeId;
import dev.peer.core.key.CheckoutMode;
import dev.peer.core.scratch.ScratchDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GitRepositoryTest {

  @TempDir Path temp;

  private Git git;
  private String first;
  private String second;

  @BeforeEach
  void twoCommits() throws IOException {
    git = Git.init(temp.resolve("work"));
    first = git.write("a.txt", "one\n").write("dir/b.txt", "b\n").commitAll("first");
    second = git.write("a.txt", "two\n").commitAll("second");
  }

  @Test
  void findsTheRepositoryUpwards() throws SourceException {
    assertThat(head(temp.resolve("work/dir")).commit().hex()).isEqualTo(second);
  }

  @Test
  void opensABareRepository() throws SourceException {
    git.run("clone", "-q", "--bare", ".", "../bare.git");
    assertThat(head(temp.resolve("bare.git")).commit().hex()).isEqualTo(second);
    assertThat(head(temp.resolve("bare.git/refs")).commit().hex()).isEqualTo(second);
  }

  @Test
  void opensALinkedWorkTree() throws SourceException {
    git.run("worktree", "add", "-q", "-b", "other", "../linked", first);
    assertThat(head(temp.resolve("linked/dir")).commit().hex()).isEqualTo(first);
    try (GitRepository repository = GitRepository.open(temp.resolve("linked"))) {
      assertThat(repository.resolve("main").commit().hex()).isEqualTo(second);
      assertThat(repository.dirtyState((_, _) -> true).isClean()).isTrue();
    }
  }

  @Test
  void opensARepositoryWithAlternates() throws SourceException {
    git.run("clone", "-q", "--shared", ".", "../shared");
    assertThat(head(temp.resolve("shared")).commit().hex()).isEqualTo(second);
  }

  @Test
  void refusesADirectoryWithoutARepository() throws IOException {
    Path none = Files.createDirectory(temp.resolve("none"));
    failure(() -> GitRepository.open(none), "not in a git repository");
  }

  @Test
  void refusesSha256Objects() {
    Git other = Git.init(temp.resolve("sha256"), "--object-format=sha256");
    failure(() -> GitRepository.open(other.directory()), "SHA-1");
  }

  @Test
  void refusesARepositoryOfALaterFormat() {
    git.run("config", "core.repositoryformatversion", "2");
    failure(() -> GitRepository.open(git.directory()), "cannot be read");
  }

  @Test
  void refusesABrokenConfiguration() throws IOException {
    Files.writeString(git.directory().resolve(".git/config"), "[core\n");
    failure(() -> GitRepository.open(git.directory()), "cannot be read");
  }

  @Test
  void resolvesAsGitDoes() throws SourceException {
    git.run("tag", "light", first);
    git.run("tag", "-a", "-m", "annotated", "annotated", first);
    git.run("tag", "-a", "-m", "of a tag", "nested", "annotated");
    try (GitRepository repository = GitRepository.open(git.directory())) {
      for (String name :
          new String[] {
            first,
            first.substring(0, 10),
            "HEAD~1",
            "HEAD^",
            "light",
            "annotated",
            "nested",
            "refs/tags/light",
            "main~1"
          }) {
        Revision revision = repository.resolve(name);
        assertThat(revision.commit()).as(name).isEqualTo(new CommitId(first));
        assertThat(revision.tree()).isEqualTo(new TreeId(git.run("rev-parse", first + "^{tree}")));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nothing",
        "",
        "-x",
        "HEAD~7",
        "main:absent",
        "0123456789012345678901234567890123456789",
        "a b\u0007"
      })
  void refusesAnUnknownRevision(String name) throws SourceException {
    try (GitRepository repository = GitRepository.open(git.directory())) {
      failure(() -> repository.resolve(name), "unknown revision");
    }
  }

  @Test
  void refusesWhatIsNoCommit() throws SourceException {
    try (GitRepository repository = GitRepository.open(git.directory())) {
      failure(() -> repository.resolve("HEAD:a.txt"), "names a file, not a commit");
      failure(() -> repository.resolve("HEAD^{tree}"), "names a tree, not a commit");
    }
  }

  @Test
  void refusesAnAmbiguousId() throws SourceException {
    // Contents whose ids begin with the same digits, found by trying.
    Map<String, String> seen = new TreeMap<>();
    String shared = null;
    String tree = git.run("rev-parse", "HEAD^{tree}");
    for (int i = 0; shared == null; i++) {
      String id = git.runWith(("m" + i).getBytes(StandardCharsets.UTF_8), "commit-tree", tree);
      String digits = id.substring(0, 4);
      shared = seen.put(digits, id) == null ? null : digits;
    }
    String ambiguous = shared;
    try (GitRepository repository = GitRepository.open(git.directory())) {
      failure(() -> repository.resolve(ambiguous), "ambiguous: " + ambiguous);
    }
  }

  @Test
  void saysThatThereIsNoCommitYet() throws SourceException {
    Git empty = Git.init(temp.resolve("empty"));
    try (GitRepository repository = GitRepository.open(empty.directory())) {
      failure(() -> repository.resolve("HEAD"), "no commit on main yet");
      failure(() -> repository.resolve("other"), "unknown revision");
    }
  }

  @Test
  void namesTheRepositoryByItsOrigin() throws SourceException {
    git.run("remote", "add", "origin", "https://me:secret@git.example.org/team/project.git");
    assertThat(repoId(git)).isEqualTo(new RepoId("git.example.org/team/project"));
  }

  @Test
  void namesTheRepositoryByItsRootWithoutAnOrigin() throws SourceException {
    assertThat(repoId(git)).isEqualTo(RepoId.ofRootCommit(new CommitId(first)));
  }

  @Test
  void clonesOfALocalMirrorShareTheRoot() throws SourceException {
    git.run("clone", "-q", ".", "../clone");
    Git clone = Git.in(temp.resolve("clone"));
    assertThat(repoId(clone)).isEqualTo(RepoId.ofRootCommit(new CommitId(first)));
  }

  @Test
  void theRootIsThatOfTheFirstParents() throws SourceException, IOException {
    git.run("checkout", "-q", "--orphan", "side");
    git.write("side.txt", "s\n").commitAll("another root");
    git.run("checkout", "-q", "main");
    git.run("merge", "-q", "--allow-unrelated-histories", "-m", "merge", "side");
    assertThat(repoId(git)).isEqualTo(RepoId.ofRootCommit(new CommitId(first)));
  }

  @Test
  void aShallowCloneHasNoRoot() throws SourceException {
    String url = git.directory().toUri().toString();
    git.run("clone", "-q", "--depth=1", url, "../shallow");
    Git shallow = Git.in(temp.resolve("shallow"));
    try (GitRepository repository = GitRepository.open(shallow.directory())) {
      Revision head = repository.resolve("HEAD");
      assertThat(head.commit().hex()).isEqualTo(second);
      SourceException e = failure(() -> repository.names().id(head), "cannot be named");
      assertThat(e.hint()).contains("PEER_REPO");
      assertThat(failure(() -> repository.resolve("HEAD~1"), "unknown").hint()).contains("shallow");
      shallow.run("remote", "set-url", "origin", "git@git.example.org:team/project");
    }
    assertThat(repoId(shallow)).isEqualTo(new RepoId("git.example.org/team/project"));
  }

  @Test
  void neverShowsAUrlThatGivesNoId() throws SourceException {
    git.run("remote", "add", "origin", "https://me:secret@git.example.org/" + "x".repeat(600));
    SourceException e = failure(() -> repoId(git), "does not give a repository id");
    assertThat(e.getMessage()).doesNotContain("secret");
  }

  @Test
  void readsFilesOfTheRevision() throws Exception {
    git.write("a.txt", "not committed");
    try (GitRepository repository = GitRepository.open(git.directory())) {
      Revision revision = repository.resolve(first);
      assertThat(repository.file(revision, "a.txt", 10)).hasValue("one\n".getBytes(UTF_8));
      assertThat(repository.file(revision, "dir/b.txt", 2)).hasValue("b\n".getBytes(UTF_8));
      assertThat(repository.file(revision, "absent", 10)).isEmpty();
      assertThat(repository.file(revision, "dir", 10)).isEmpty();
      failure(() -> repository.file(revision, "a.txt", 3), "\"a.txt\" has 4 bytes");
    }
  }

  @Test
  void followsLinksWithinTheTree() throws Exception {
    Files.createSymbolicLink(git.directory().resolve("dir/up"), Path.of("../a.txt"));
    Files.createSymbolicLink(git.directory().resolve("link"), Path.of("./dir//up"));
    Files.createSymbolicLink(git.directory().resolve("outside"), Path.of("../a.txt"));
    Files.createSymbolicLink(git.directory().resolve("absolute"), Path.of("/nowhere"));
    Files.createSymbolicLink(git.directory().resolve("root"), Path.of("dir/.."));
    Files.createSymbolicLink(git.directory().resolve("loop"), Path.of("loop"));
    git.commitAll("links");
    try (GitRepository repository = GitRepository.open(git.directory())) {
      Revision revision = repository.resolve("HEAD");
      assertThat(repository.file(revision, "link", 10)).hasValue("two\n".getBytes(UTF_8));
      assertThat(repository.file(revision, "outside", 10)).isEmpty();
      assertThat(repository.file(revision, "absolute", 10)).isEmpty();
      assertThat(repository.file(revision, "root", 10)).isEmpty();
      failure(() -> repository.file(revision, "loop", 10), "symbolic link");
    }
  }

  @Test
  void readsAnEmptyTree() throws Exception {
    git.run("rm", "-rq", ".");
    git.commitAll("nothing left");
    try (GitRepository repository = GitRepository.open(git.directory())) {
      assertThat(repository.file(repository.resolve("HEAD"), ".env", 10)).isEmpty();
    }
  }

  @Test
  void writesNothingAnywhere() throws Exception {
    git.write("a.txt", "changed").write("new", "n");
    git.run("pack-refs", "--all");
    git.run("repack", "-adq");
    Map<String, String> before = listing(temp);
    Path home = Path.of(System.getProperty("user.home"));
    boolean configured = Files.exists(home.resolve(".config/jgit"));
    try (GitRepository repository = GitRepository.open(git.directory())) {
      Revision revision = repository.resolve("HEAD");
      repository.names().id(revision);
      repository.dirtyState((_, _) -> true);
      repository.file(revision, "a.txt", 10);
      Path scratch = Files.createTempDirectory("scratch");
      Path files = Files.createTempDirectory("files");
      repository.writeGuestTree(revision, CheckoutMode.TREE, scratch, new DirectoryOnDisk(files));
      assertThat(scratch).isEmptyDirectory();
      Files.delete(scratch);
      ScratchDirectory.delete(files);
    }
    // JGit would measure the file system in the background.
    Thread.sleep(300);
    assertThat(listing(temp)).isEqualTo(before);
    assertThat(Files.exists(home.resolve(".config/jgit"))).isEqualTo(configured);
  }

  private static Map<String, String> listing(Path directory) throws IOException {
    Map<String, String> listing = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.toList()) {
        listing.put(file.toString(), Files.getLastModifiedTime(file).toString());
      }
    }
    return listing;
  }

  private static Revision head(Path directory) throws SourceException {
    try (GitRepository repository = GitRepository.open(directory)) {
      return repository.resolve(GitRepository.DEFAULT_REVISION);
    }
  }

  private static RepoId repoId(Git git) throws SourceException {
    try (GitRepository repository = GitRepository.open(git.directory())) {
      return repository.names().id(repository.resolve("HEAD"));
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
