package dev.peer.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.peer.core.key.CheckoutMode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The files of a revision, written to a directory instead of a disk, and what git says of them. */
class GuestTreeTest {

  @TempDir Path temp;

  private Git git;

  @BeforeEach
  void repository() throws IOException {
    git = Git.init(temp.resolve("work"));
    git.write("a.txt", "one\n").commitAll("first");
  }

  @ParameterizedTest
  @EnumSource(names = {"TREE", "COMMIT"})
  void checksOutEveryKindOfEntry(CheckoutMode mode) throws Exception {
    addOddEntries();
    String commit = git.commitAll("odd");
    Git guest = guest("HEAD", mode);

    assertThat(guest.run("rev-parse", "HEAD^{tree}")).isEqualTo(tree(commit));
    assertThat(guest.run("ls-tree", "-rzt", "HEAD")).isEqualTo(git.run("ls-tree", "-rzt", commit));
    assertThat(guest.run("status", "--porcelain", "-z")).isEmpty();
    assertThat(Files.isExecutable(guest.directory().resolve("run.sh"))).isTrue();
    assertThat(Files.isExecutable(guest.directory().resolve("a.txt"))).isFalse();
    assertThat(Files.readSymbolicLink(guest.directory().resolve("link"))).hasToString("run.sh");
    assertThat(guest.directory().resolve("empty")).isEmptyFile();
  }

  private void addOddEntries() throws IOException {
    git.write("run.sh", "#!/bin/sh\n").write("empty", "").write("deep/er/f", "f");
    git.write("deep/" + "x".repeat(200) + "/" + "y".repeat(200), "long");
    assertThat(git.directory().resolve("run.sh").toFile().setExecutable(true)).isTrue();
    Files.createSymbolicLink(git.directory().resolve("link"), Path.of("run.sh"));
    git.run("add", "-A");
    // By git itself, whatever names this JVM's locale lets it make.
    String blob =
        git.runWith("odd".getBytes(StandardCharsets.UTF_8), "hash-object", "-w", "--stdin");
    for (String name :
        List.of("with blank", "ünï/日本", "line\nbreak", "tab\t\"quote\"", "back\\s")) {
      String entry = "100644 " + blob + "\t" + name + "\0";
      git.runWith(entry.getBytes(StandardCharsets.UTF_8), "update-index", "-z", "--index-info");
    }
    git.run("checkout-index", "-a", "-f");
  }

  @Test
  void treeModeShowsOneCommitThatOnlyTheTreeDecides() throws Exception {
    git.write("a.txt", "two\n").commitAll("a message that must not be seen");
    git.run("revert", "--no-edit", "HEAD");
    Git reverted = guest("HEAD", CheckoutMode.TREE);
    Git original = guest("HEAD~2", CheckoutMode.TREE);

    assertThat(reverted.run("log", "--format=%an|%ae|%at|%cn|%ce|%ct|%s|%P"))
        .isEqualTo(
            "peer|peer@localhost|946684800|peer|peer@localhost|946684800|The tree under test|");
    assertThat(reverted.run("rev-parse", "HEAD")).isEqualTo(original.run("rev-parse", "HEAD"));
    assertThat(reverted.run("symbolic-ref", "HEAD")).isEqualTo("refs/heads/main");
    assertThat(reverted.directory().resolve(".git/shallow")).doesNotExist();
  }

  @Test
  void commitModeShowsTheRealCommitAlone() throws Exception {
    String commit = git.write("a.txt", "two\n").commitAll("second");
    Git guest = guest("HEAD", CheckoutMode.COMMIT);
    assertThat(guest.run("log", "--format=%H %an %s")).isEqualTo(commit + " A second");
    assertThat(guest.run("rev-parse", "--is-shallow-repository")).isEqualTo("true");
  }

  @Test
  void commitModeOfARootIsNotShallow() throws Exception {
    Git guest = guest("HEAD", CheckoutMode.COMMIT);
    assertThat(guest.run("rev-parse", "HEAD")).isEqualTo(git.run("rev-parse", "HEAD"));
    assertThat(guest.run("rev-parse", "--is-shallow-repository")).isEqualTo("false");
  }

  @ParameterizedTest
  @EnumSource(names = {"TREE", "COMMIT"})
  void onlyWhatTheTreeReachesGoesIn(CheckoutMode mode) throws Exception {
    for (int i = 0; i < 20; i++) {
      git.write("a.txt", "history " + i + "\n" + "the same\n".repeat(500)).commitAll("c" + i);
    }
    git.run("checkout", "-q", "-b", "private");
    git.write("secret", "s3cret\n").commitAll("secret");
    git.run("checkout", "-q", "main");
    git.run("tag", "-a", "-m", "a tag", "v1");
    // One pack of long delta chains: a base of an earlier commit must not come along.
    git.run("gc", "-q", "--prune=now");

    Git guest = guest("HEAD", mode);

    TreeSet<String> allowed = new TreeSet<>();
    allowed.add(guest.run("rev-parse", "HEAD"));
    allowed.add(tree("HEAD"));
    git.run("ls-tree", "-rt", "HEAD").lines().forEach(l -> allowed.add(l.split("[ \t]")[2]));
    assertThat(objects(guest)).isEqualTo(allowed);
    assertThat(guest.run("for-each-ref", "--format=%(refname)")).isEqualTo("refs/heads/main");
    assertThat(guest.run("config", "--local", "--list", "--name-only").lines())
        .containsExactly("core.repositoryformatversion", "core.filemode", "core.bare");
  }

  @Test
  void theDirtyWorkTreeStaysOut() throws Exception {
    git.write("a.txt", "changed\n").write("new", "n\n");
    git.run("add", "-A");
    Git guest = guest("HEAD", CheckoutMode.TREE);
    assertThat(guest.directory().resolve("a.txt")).hasContent("one\n");
    assertThat(guest.directory().resolve("new")).doesNotExist();
  }

  @Test
  void anEmptyTreeChecksOut() throws Exception {
    git.run("rm", "-rq", ".");
    git.commitAll("nothing left");
    Git guest = guest("HEAD", CheckoutMode.TREE);
    assertThat(guest.run("ls-files")).isEmpty();
    assertThat(guest.run("log", "--oneline").lines()).hasSize(1);
  }

  @Test
  void readsPackedLooseAndBorrowedObjects() throws Exception {
    git.run("repack", "-adq");
    git.write("loose", "l\n").commitAll("loose");
    git.run("clone", "-q", "--shared", ".", "../shared");
    Git shared = Git.in(temp.resolve("shared"));
    shared.write("own", "o\n").commitAll("own");
    Git guest = guest(shared, "HEAD", CheckoutMode.TREE);
    assertThat(guest.run("ls-files").lines()).containsExactly("a.txt", "loose", "own");
  }

  @Test
  void readsAShallowClone() throws Exception {
    git.write("a.txt", "two\n").commitAll("second");
    git.run("clone", "-q", "--depth=1", git.directory().toUri().toString(), "../shallow");
    Git guest = guest(Git.in(temp.resolve("shallow")), "HEAD", CheckoutMode.COMMIT);
    assertThat(guest.directory().resolve("a.txt")).hasContent("two\n");
  }

  @Test
  void aLargeFileGoesThroughWhole() throws Exception {
    byte[] noise = new byte[70 << 20];
    new Random(7).nextBytes(noise);
    Files.write(git.directory().resolve("large"), noise);
    git.commitAll("large");
    Git guest = guest("HEAD", CheckoutMode.TREE);
    assertThat(Files.mismatch(git.directory().resolve("large"), guest.directory().resolve("large")))
        .isEqualTo(-1);
  }

  @Test
  void theSameRevisionGivesTheSameFiles() throws Exception {
    Path one = guest("HEAD", CheckoutMode.TREE).directory();
    Path other = guest("HEAD", CheckoutMode.TREE).directory();
    try (Stream<Path> files = Files.walk(one)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path same = other.resolve(one.relativize(file));
        // The index has the files' times and numbers.
        if (!file.endsWith("index")) {
          assertThat(Files.mismatch(file, same)).as(file.toString()).isEqualTo(-1);
        }
      }
    }
  }

  @Test
  void theIndexIsNewerThanTheFiles() throws Exception {
    Path directory = guest("HEAD", CheckoutMode.TREE).directory();
    assertThat(Files.getLastModifiedTime(directory.resolve(".git/index")))
        .isGreaterThan(Files.getLastModifiedTime(directory.resolve("a.txt")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*.bat text eol=crlf",
        "[attr]windows EOL=crlf",
        "*.c ident",
        "*.txt working-tree-encoding=UTF-16"
      })
  void attributesThatConvertFilesAreLeftToTheGuest(String attributes) throws Exception {
    git.write("deep/er/.gitattributes", attributes + "\n").commitAll("attributes");
    assertThat(files(git, "HEAD").resolve("conversions")).isEmptyFile();
  }

  @Test
  void otherAttributesAreNoMatter() throws Exception {
    git.write(".gitattributes", "*.png binary\n* text=auto\n").commitAll("attributes");
    assertThat(files(git, "HEAD").resolve("conversions")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {".git", ".GIT", "git~1", "..", "."})
  void aNameThatGitDoesNotCheckOutIsRefused(String name) throws Exception {
    ByteArrayOutputStream raw = new ByteArrayOutputStream();
    entry(raw, "100644", name, git.run("rev-parse", "HEAD:a.txt"));
    String tree =
        git.runWith(raw.toByteArray(), "hash-object", "-w", "-t", "tree", "--literally", "--stdin");
    git.run("update-ref", "HEAD", git.run("commit-tree", "-m", "hostile", tree));
    refused(git, "git does not check this revision out");
  }

  @Test
  void submodulesTwoDeepComeAlong() throws Exception {
    Git inner = Git.init(temp.resolve("inner"));
    inner.write("i", "old\n").commitAll("before");
    String innerCommit = inner.write("i", "inner\n").commitAll("inner");
    Git outer = Git.init(temp.resolve("outer"));
    outer.write("o", "outer\n");
    outer.run("submodule", "--quiet", "add", "../inner", "in ner");
    String outerCommit = outer.commitAll("outer");
    git.run("submodule", "--quiet", "add", "--name", "nick", "../outer", "sub/outer");
    git.run("submodule", "--quiet", "add", "../inner", "zz");
    git.run("submodule", "--quiet", "update", "--init", "--recursive");
    git.commitAll("with submodules");

    Git guest = guest("HEAD", CheckoutMode.TREE);

    assertThat(submodules(guest)).containsExactly("sub/outer", "sub/outer/in ner", "zz");
    assertThat(guest.run("status", "--porcelain", "--ignored")).isEmpty();
    assertThat(guest.directory().resolve("sub/outer/in ner/i")).hasContent("inner\n");
    Git guestOuter = Git.in(guest.directory().resolve("sub/outer"));
    assertThat(guestOuter.run("log", "--format=%H")).isEqualTo(outerCommit);
    Git guestInner = Git.in(guest.directory().resolve("sub/outer/in ner"));
    assertThat(guestInner.run("log", "--format=%H")).isEqualTo(innerCommit);
    assertThat(guestInner.run("rev-parse", "--is-shallow-repository")).isEqualTo("true");
    assertThat(guest.run("submodule", "foreach", "--quiet", "--recursive", "git status -s"))
        .isEmpty();
  }

  @Test
  void findsSubmodulesFromALinkedWorkTree() throws Exception {
    addLibrary("lib");
    git.run("worktree", "add", "-q", "-b", "other", "../linked");
    Git guest = guest(Git.in(temp.resolve("linked")), "HEAD", CheckoutMode.TREE);
    assertThat(guest.directory().resolve("lib/l")).hasContent("l\n");
  }

  @Test
  void findsASubmoduleWithAGitDirectoryOfItsOwn() throws Exception {
    Git inside = Git.init(git.directory().resolve("lib"));
    inside.write("l", "l\n").commitAll("made in place");
    git.write(".gitmodules", "[submodule \"lib\"]\n\tpath = lib\n\turl = ../lib\n");
    git.commitAll("with a submodule");
    Git guest = guest("HEAD", CheckoutMode.TREE);
    assertThat(guest.directory().resolve("lib/l")).hasContent("l\n");
  }

  @Test
  void findsASubmoduleThatIsNoLongerCheckedOut() throws Exception {
    addLibrary("lib");
    git.run("submodule", "--quiet", "deinit", "-f", "lib");
    Git guest = guest("HEAD", CheckoutMode.TREE);
    assertThat(guest.directory().resolve("lib/l")).hasContent("l\n");
  }

  @Test
  void aSubmoduleThatIsNotHereIsAnError() throws Exception {
    addLibrary("lib");
    git.run("clone", "-q", ".", "../clone");
    refused(Git.in(temp.resolve("clone")), "the submodule \"lib\" is not here")
        .satisfies(e -> assertThat(e.hint()).isEqualTo("git submodule update --init --recursive"));
  }

  @Test
  void aSubmoduleWithoutTheCommitIsAnError() throws Exception {
    addLibrary("lib");
    String elsewhere = "0123456789012345678901234567890123456789";
    git.run("update-index", "--cacheinfo", "160000," + elsewhere + ",lib");
    git.run("commit", "-q", "-m", "not fetched");
    refused(git, elsewhere);
  }

  @Test
  void aGitlinkThatIsNoSubmoduleIsAnEmptyDirectory() throws Exception {
    Git.init(git.directory().resolve("nested")).write("n", "n\n").commitAll("nested");
    git.commitAll("with a gitlink only");
    Git guest = guest("HEAD", CheckoutMode.TREE);
    assertThat(guest.directory().resolve("nested")).isEmptyDirectory();
    assertThat(submodules(guest)).isEmpty();
    assertThat(guest.run("status", "--porcelain")).isEmpty();
  }

  @Test
  void aSubmoduleThatIsNeverUpdatedIsAnEmptyDirectory() throws Exception {
    addLibrary("lib");
    git.run("config", "-f", ".gitmodules", "submodule.lib.update", "none");
    git.commitAll("optional");
    Git guest = guest("HEAD", CheckoutMode.TREE);
    assertThat(guest.directory().resolve("lib")).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(strings = {"../../other/.git", "..", "a/../../b", "/tmp/x", "a\\\\..\\\\b", "c:x"})
  void aSubmoduleNameThatLeavesIsRefused(String name) throws Exception {
    addLibrary("lib");
    git.write(".gitmodules", "[submodule \"" + name + "\"]\n\tpath = lib\n\turl = x\n");
    git.commitAll("hostile");
    refused(git, "not allowed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"..", ".git", ".GIT", "GIT~1", ".git. ", ".peer", "a\nb", "x\\y"})
  void aSubmodulePathThatLeavesIsRefused(String path) throws Exception {
    String commit = addLibrary("lib");
    // Made by hand: git itself would not add such a path.
    String quoted = path.replace("\\", "\\\\").replace("\n", "\\n");
    String gitmodules = "[submodule \"lib\"]\n\tpath = \"" + quoted + "\"\n";
    String blob =
        git.runWith(gitmodules.getBytes(StandardCharsets.UTF_8), "hash-object", "-w", "--stdin");
    ByteArrayOutputStream raw = new ByteArrayOutputStream();
    boolean first = path.compareTo(".gitmodules") < 0;
    if (first) {
      entry(raw, "160000", path, commit);
    }
    entry(raw, "100644", ".gitmodules", blob);
    if (!first) {
      entry(raw, "160000", path, commit);
    }
    String tree =
        git.runWith(raw.toByteArray(), "hash-object", "-w", "-t", "tree", "--literally", "--stdin");
    git.run("update-ref", "HEAD", git.run("commit-tree", "-m", "hostile", tree));
    refused(git, "not allowed");
  }

  private static void entry(ByteArrayOutputStream tree, String mode, String name, String id)
      throws IOException {
    tree.write((mode + " " + name + "\0").getBytes(StandardCharsets.UTF_8));
    tree.write(HexFormat.of().parseHex(id));
  }

  @Test
  void aSubmoduleIsNotLookedForThroughALink() throws Exception {
    String commit = addLibrary("lib");
    git.run("clone", "-q", ".", "../clone");
    Git clone = Git.in(temp.resolve("clone"));
    Files.delete(clone.directory().resolve("lib"));
    Files.createSymbolicLink(clone.directory().resolve("lib"), temp.resolve("library"));
    assertThat(Git.in(temp.resolve("library")).run("rev-parse", "HEAD")).isEqualTo(commit);
    refused(clone, "is not here");
  }

  @Test
  void brokenGitmodulesAreRefused() throws Exception {
    git.write(".gitmodules", "[submodule \"x\n").commitAll("broken");
    refused(git, ".gitmodules cannot be read");
  }

  @Test
  void aDamagedRepositoryIsAnError() throws Exception {
    String blob = git.run("rev-parse", "HEAD:a.txt");
    Files.delete(
        git.directory().resolve(".git/objects/" + blob.substring(0, 2) + "/" + blob.substring(2)));
    refused(git, blob).satisfies(e -> assertThat(e.hint()).contains("fsck"));
  }

  private String addLibrary(String path) throws IOException {
    Git library = Git.init(temp.resolve("library"));
    String commit = library.write("l", "l\n").commitAll("library");
    git.run("submodule", "--quiet", "add", "../library", path);
    git.commitAll("with a submodule");
    return commit;
  }

  private String tree(String revision) {
    return git.run("rev-parse", revision + "^{tree}");
  }

  private ThrowableAssertAlternative<SourceException> refused(Git from, String message)
      throws IOException {
    Path scratch = Files.createTempDirectory(temp, "scratch");
    Path files = Files.createTempDirectory(temp, "files");
    try {
      return assertThatExceptionOfType(SourceException.class)
          .isThrownBy(() -> write(from, "HEAD", CheckoutMode.TREE, scratch, files))
          .withMessageContaining(message);
    } finally {
      assertThat(scratch).isEmptyDirectory();
    }
  }

  private Git guest(String revision, CheckoutMode mode) throws Exception {
    return guest(git, revision, mode);
  }

  /** The work tree, and what must hold of it. */
  private Git guest(Git from, String revision, CheckoutMode mode) throws Exception {
    Path files = Files.createTempDirectory(temp, "files");
    write(from, revision, mode, Files.createTempDirectory(temp, "scratch"), files);
    Git guest = Git.in(files.resolve("tree"));
    List<Git> all = new ArrayList<>(List.of(guest));
    submodules(guest).forEach(path -> all.add(Git.in(guest.directory().resolve(path))));
    for (Git each : all) {
      each.run("fsck", "--strict", "--full");
      assertThat(each.run("status", "--porcelain")).isEmpty();
      assertThat(each.run("log", "--oneline").lines()).hasSize(1);
    }
    return guest;
  }

  private static List<String> submodules(Git guest) throws IOException {
    return Files.readAllLines(guest.directory().resolveSibling("submodules"));
  }

  private static SortedSet<String> objects(Git git) {
    Stream<String> lines =
        git.run("cat-file", "--batch-all-objects", "--batch-check=%(objectname)").lines();
    return new TreeSet<>(lines.toList());
  }

  private Path files(Git from, String revision) throws Exception {
    Path files = Files.createTempDirectory(temp, "files");
    Path scratch = Files.createTempDirectory(temp, "scratch");
    write(from, revision, CheckoutMode.TREE, scratch, files);
    return files;
  }

  private static void write(Git from, String revision, CheckoutMode mode, Path scratch, Path files)
      throws Exception {
    try (GitRepository repository = GitRepository.open(from.directory())) {
      repository.writeGuestTree(
          repository.resolve(revision), mode, scratch, new DirectoryOnDisk(files));
    }
  }
}
