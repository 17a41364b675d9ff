package dev.peer.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.peer.core.id.Digest;
import dev.peer.core.key.CheckoutMode;
import dev.peer.core.path.AttributesFile;
import dev.peer.lfs.ObjectDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that Git LFS keeps, as pointers that the test writes like git-lfs does. */
class LargeFilesTest {

  private static final String CONTENT = "a large file\n";
  private static final String TRACKED = "*.bin filter=lfs diff=lfs merge=lfs -text\n";

  @TempDir Path temp;

  private Git git;

  @BeforeEach
  void repository() throws IOException {
    git = Git.init(temp.resolve("work"));
    git.write(".gitattributes", TRACKED).write("deep/a.bin", pointer(CONTENT));
    git.write("plain.txt", pointer(CONTENT)).write("small.bin", "no pointer\n").commitAll("lfs");
  }

  private static String pointer(String content) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    return "version https://git-lfs.github.com/spec/v1\noid %s\nsize %d\n"
        .formatted(Digest.of(bytes), bytes.length);
  }

  private static void keep(Path store, String content) throws IOException {
    keep(store, content, content);
  }

  /** Writes a text to the place of another's content. */
  private static void keep(Path store, String named, String content) throws IOException {
    String hex = Digest.of(named.getBytes(StandardCharsets.UTF_8)).hex();
    Path directory = store.resolve(hex.substring(0, 2)).resolve(hex.substring(2, 4));
    Files.createDirectories(directory);
    Files.writeString(directory.resolve(hex), content);
  }

  private Path store() {
    return git.directory().resolve(".git/lfs/objects");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TREE", "COMMIT", "HISTORY"})
  void aPointerIsItsContentAndGitCallsItUnchanged(CheckoutMode mode) throws Exception {
    keep(store(), CONTENT);
    Git guest = guest(git, mode);
    assertThat(guest.directory().resolve("deep/a.bin")).hasContent(CONTENT);
    assertThat(guest.directory().resolve("plain.txt")).hasContent(pointer(CONTENT));
    assertThat(guest.directory().resolve("small.bin")).hasContent("no pointer\n");
    assertThat(status(guest)).isEmpty();
    assertThat(guest.run("rev-parse", "HEAD^{tree}"))
        .isEqualTo(git.run("rev-parse", "HEAD^{tree}"));
  }

  @Test
  void aMissingContentIsAnErrorThatNamesTheFile() throws Exception {
    for (int i = 0; i < 7; i++) {
      git.write("more/" + i + ".bin", pointer("content " + i));
    }
    git.commitAll("more");
    assertThatExceptionOfType(SourceException.class)
        .isThrownBy(() -> guest(git, CheckoutMode.TREE))
        .withMessageContaining("\"deep/a.bin\"")
        .withMessageContaining("\"more/3.bin\" and 3 more")
        .satisfies(e -> assertThat(e.hint()).contains("git lfs fetch"));
    try (GitRepository repository = GitRepository.open(git.directory())) {
      assertThatExceptionOfType(SourceException.class)
          .isThrownBy(
              () -> LargeFile.requireHere(repository.largeFiles(repository.resolve("HEAD"))))
          .withMessageContaining("deep/a.bin");
    }
  }

  @Test
  void aContentOfAnotherSizeIsMissing() throws Exception {
    keep(store(), CONTENT, CONTENT + "more");
    assertThatExceptionOfType(SourceException.class)
        .isThrownBy(() -> guest(git, CheckoutMode.TREE))
        .withMessageContaining("is not here");
  }

  @Test
  void aDamagedContentIsAnError() throws Exception {
    keep(store(), CONTENT, CONTENT.toUpperCase(Locale.ROOT));
    assertThatExceptionOfType(SourceException.class)
        .isThrownBy(() -> guest(git, CheckoutMode.TREE))
        .withMessageContaining("is damaged");
  }

  @Test
  void aContentThatTheCloneLacksIsThatOfTheKeptDirectory() throws Exception {
    Path kept = temp.resolve("kept");
    keep(kept, CONTENT);
    assertThat(guest(git, CheckoutMode.TREE, kept).directory().resolve("deep/a.bin"))
        .hasContent(CONTENT);

    keep(kept, CONTENT, CONTENT.toUpperCase(Locale.ROOT));
    assertThatExceptionOfType(SourceException.class)
        .isThrownBy(() -> guest(git, CheckoutMode.TREE, kept))
        .withMessageContaining("is damaged")
        .satisfies(e -> assertThat(e.hint()).contains("peer cache drop"));
    keep(store(), CONTENT);
    assertThat(guest(git, CheckoutMode.TREE, kept).directory().resolve("deep/a.bin"))
        .hasContent(CONTENT);
  }

  @Test
  void anEmptyContentNeedsNoFile() throws Exception {
    keep(store(), CONTENT);
    git.write("empty.bin", pointer("")).commitAll("empty");
    assertThat(guest(git, CheckoutMode.TREE).directory().resolve("empty.bin")).isEmptyFile();
  }

  @Test
  void theStoreIsWhereTheConfigurationHasIt() throws Exception {
    git.run("config", "lfs.storage", temp.resolve("elsewhere").toString());
    keep(temp.resolve("elsewhere/objects"), CONTENT);
    git.run("worktree", "add", "-q", "../linked");
    Git linked = Git.in(temp.resolve("linked"));
    assertThat(guest(linked, CheckoutMode.TREE).directory().resolve("deep/a.bin"))
        .hasContent(CONTENT);
  }

  @Test
  void aSubmoduleHasAStoreOfItsOwn() throws Exception {
    Git library = Git.init(temp.resolve("library"));
    library.write(".gitattributes", TRACKED).write("l.bin", pointer("library")).commitAll("l");
    git.run("submodule", "--quiet", "add", "../library", "lib");
    git.commitAll("with a submodule");
    keep(store(), CONTENT);
    assertThatExceptionOfType(SourceException.class)
        .isThrownBy(() -> guest(git, CheckoutMode.TREE))
        .withMessageContaining("lib/l.bin")
        .satisfies(e -> assertThat(e.hint()).contains("submodule lib"));
    keep(git.directory().resolve(".git/modules/lib/lfs/objects"), "library");
    Git guest = guest(git, CheckoutMode.TREE);
    assertThat(guest.directory().resolve("lib/l.bin")).hasContent("library");
    assertThat(status(Git.in(guest.directory().resolve("lib")))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"*.bin eol=crlf", "*.bin ident", "* text eol=crlf"})
  void aPointerThatGitWouldWriteAgainIsRefused(String attributes) throws Exception {
    keep(store(), CONTENT);
    git.write(".gitattributes", TRACKED + attributes + "\n").commitAll("converted");
    assertThatExceptionOfType(SourceException.class)
        .isThrownBy(() -> guest(git, CheckoutMode.TREE))
        .withMessageContaining("convert it as a text");
    git.write("deep/.gitattributes", "* -eol -ident -working-tree-encoding\n").commitAll("plain");
    assertThat(guest(git, CheckoutMode.TREE).directory().resolve("deep/a.bin")).hasContent(CONTENT);
  }

  @Test
  void aPointerWithAnExtensionIsRefused() throws Exception {
    keep(store(), CONTENT);
    String extension = "ext-0-foo sha256:" + "1".repeat(64) + "\noid";
    git.write("deep/a.bin", pointer(CONTENT).replace("oid", extension)).commitAll("extension");
    assertThatExceptionOfType(SourceException.class)
        .isThrownBy(() -> guest(git, CheckoutMode.TREE))
        .withMessageContaining("extension");
  }

  @Test
  void whatGitLfsTakesForAPointerIsOne() {
    String pointer = pointer(CONTENT);
    for (String good :
        List.of(
            pointer,
            pointer.stripTrailing(),
            pointer.replace("\n", "\r\n"),
            "\n" + pointer,
            pointer.replace("https://git-lfs.github.com/spec/v1", "http://git-media.io/v/2"))) {
      assertThat(LfsPointer.read(good.getBytes(StandardCharsets.UTF_8))).as(good).isPresent();
    }
    for (String wrong :
        List.of(
            "",
            pointer.replace("spec/v1", "spec/v9"),
            pointer.replace("sha256", "sha1"),
            pointer.replace("size ", "size -"),
            pointer + "more 1\n",
            pointer.replace("\n", "\r"),
            pointer.replaceFirst("version.*\n", ""),
            pointer + "\n".repeat(1024))) {
      assertThat(LfsPointer.read(wrong.getBytes(StandardCharsets.UTF_8))).as(wrong).isEmpty();
    }
  }

  @Test
  void attributesAreThoseThatGitReads() throws Exception {
    String top =
        """
        # a comment
        [attr]large filter=lfs -text
        [attr]larger large !merge
        *.bin large
        /top.* larger
        deep/*.c a=1 b
        deep/**/z* -a
        **/er/* c=x,y
        \t*.txt   text eol=crlf
        dir/ d
        !negative e
        bad -%% f
        "with blank" g=1
        "oc\\164al\\t" h
        [ab]?.d -g
        mac binary
        *.bin !diff
        """;
    String below = "*.bin -filter\nz.c b=2\n/x k\nsub/* l\n";
    git.write(".gitattributes", top).write("deep/.gitattributes", below);
    List<String> paths =
        List.of(
            "a.bin",
            "top.x",
            "deep/top.x",
            "deep/a.bin",
            "deep/z.c",
            "deep/er/z.c",
            "deep/er/e",
            "x.txt",
            "dir/a",
            "negative",
            "bad",
            "with blank",
            "octal\t",
            "a1.d",
            "c1.d",
            "mac",
            "deep/x",
            "deep/er/x",
            "deep/sub/y",
            "deep/sub/deep/y");
    List<String> names =
        List.of(
            "a", "b", "c", "d", "e", "f", "g", "h", "k", "l", "text", "eol", "filter", "large",
            "larger", "merge", "diff", "binary");
    AttributesFile root = AttributesFile.parse(top.getBytes(StandardCharsets.UTF_8));
    AttributesFile deep = AttributesFile.parse(below.getBytes(StandardCharsets.UTF_8));
    for (String path : paths) {
      Map<String, String> found = new HashMap<>();
      if (path.startsWith("deep/")) {
        deep.addTo(found, path.substring(5).getBytes(StandardCharsets.UTF_8), root);
      }
      root.addTo(found, path.getBytes(StandardCharsets.UTF_8), root);
      List<String> command = new ArrayList<>(List.of("check-attr", "-z"));
      command.addAll(names);
      command.addAll(List.of("--", path));
      String[] fields = git.run(command.toArray(String[]::new)).split("\0");
      for (int i = 0; i + 2 < fields.length; i += 3) {
        assertThat(found.getOrDefault(fields[i + 1], "unspecified"))
            .as("%s of %s", fields[i + 1], path)
            .isEqualTo(fields[i + 2]);
      }
    }
    assertThat(Stream.of(root, deep).map(file -> file.names("filter"))).containsOnly(true);
  }

  /** What git calls changed; times of change are this disk's own. */
  private static String status(Git guest) {
    return guest.run("-c", "core.trustctime=false", "status", "--porcelain");
  }

  private Git guest(Git from, CheckoutMode mode) throws Exception {
    return guest(from, mode, temp.resolve("nothing"));
  }

  private Git guest(Git from, CheckoutMode mode, Path kept) throws Exception {
    Path files = Files.createTempDirectory(temp, "files");
    try (GitRepository repository = GitRepository.open(from.directory())) {
      repository.setKeptLargeFiles(new ObjectDirectory(kept));
      repository.writeGuestTree(
          repository.resolve("HEAD"),
          mode,
          Files.createTempDirectory(temp, "scratch"),
          new DirectoryOnDisk(files));
    }
    return Git.in(files.resolve("tree"));
  }
}
