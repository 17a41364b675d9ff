package dev.peer.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutputFileTest {

  @TempDir private Path directory;
  private Path tree;
  private Path hooks;

  @BeforeEach
  void makeWorkTree() throws IOException {
    tree = directory.resolve("tree");
    hooks = Files.createDirectories(tree.resolve(".git/hooks"));
  }

  @Test
  void writesInPlaceOfWhatLiesThere() throws Exception {
    Path file = tree.resolve("out/deep/file");

    write(file, "one");
    write(file, "two");

    assertThat(file).hasContent("two");
    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThat(children(file.getParent())).containsExactly(file);
  }

  @ParameterizedTest
  @ValueSource(strings = {"out", "out/deep", "out/deep/deeper"})
  void followsNoLinkInAWorkTree(String link) throws Exception {
    Path at = tree.resolve(link);
    Files.createDirectories(at.getParent());
    Files.createSymbolicLink(at, hooks);
    Path file = tree.resolve("out/deep/deeper/post-checkout");

    assertThatThrownBy(() -> OutputFile.requireDirectory("--to", file.getParent()))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("is a link in a git work tree");
    assertThatThrownBy(() -> write(file, "echo taken")).isInstanceOf(CommandException.class);

    assertThat(hooks).isEmptyDirectory();
  }

  @Test
  void replacesALinkThatHasTheFilesOwnName() throws Exception {
    Path hook = Files.writeString(hooks.resolve("post-checkout"), "true");
    Path link = Files.createSymbolicLink(tree.resolve("report"), hook);

    write(link, "report");

    assertThat(hook).hasContent("true");
    assertThat(link).isRegularFile().hasContent("report");
    assertThat(Files.isSymbolicLink(link)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {".git/hooks/x", ".GIT/hooks/x", "out/.git/config", "out/.Git", ".git"})
  void writesNothingBelowGitsDirectory(String file) {
    assertThatThrownBy(() -> write(tree.resolve(file), "x"))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("git directory");
    assertThatThrownBy(() -> write(directory.resolve("elsewhere").resolve(file), "x"))
        .hasMessageContaining("git directory");

    assertThat(hooks).isEmptyDirectory();
    assertThat(tree.resolve("out/.git")).doesNotExist();
  }

  @Test
  void writesNothingIntoAGitDirectoryOfAnotherName() throws Exception {
    Path separate = tree.resolve("separate");
    Files.createDirectories(separate.resolve("objects"));
    Files.createDirectories(separate.resolve("refs"));
    Files.writeString(separate.resolve("HEAD"), "ref: refs/heads/main\n");

    assertThatThrownBy(() -> write(separate.resolve("hooks/post-checkout"), "x"))
        .hasMessageContaining("git directory");
    assertThat(separate.resolve("hooks")).doesNotExist();
  }

  @Test
  void knowsALinkedWorkTreeByItsFile() throws Exception {
    Path linked = Files.createDirectory(directory.resolve("linked"));
    Files.writeString(linked.resolve(".git"), "gitdir: " + tree.resolve(".git/worktrees/linked"));
    Files.createSymbolicLink(linked.resolve("out"), hooks);

    assertThatThrownBy(() -> write(linked.resolve("out/post-checkout"), "x"))
        .hasMessageContaining("is a link in a git work tree");
  }

  @Test
  void followsLinksOutsideOfWorkTrees() throws Exception {
    Path real = Files.createDirectory(directory.resolve("real"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), real);

    OutputFile.requireDirectory("--to", link);
    write(link.resolve("deep/file"), "x");

    assertThat(real.resolve("deep/file")).hasContent("x");
  }

  @Test
  void doesNotReachAWorkTreesLinksThroughALinkOutside() throws Exception {
    Files.createSymbolicLink(tree.resolve("out"), hooks);
    Path toTree = Files.createSymbolicLink(directory.resolve("toTree"), tree);
    Path toHooks = Files.createSymbolicLink(directory.resolve("toHooks"), hooks);
    Path nowhere = Files.createSymbolicLink(directory.resolve("nowhere"), directory.resolve("no"));

    assertThatThrownBy(() -> write(toTree.resolve("out/post-checkout"), "x"))
        .hasMessageContaining("is a link in a git work tree");
    assertThatThrownBy(() -> write(toHooks.resolve("post-checkout"), "x"))
        .hasMessageContaining("git directory");
    assertThatThrownBy(() -> write(nowhere.resolve("file"), "x"))
        .hasMessageContaining("leads nowhere");
    assertThat(hooks).isEmptyDirectory();
  }

  @Test
  void refusesAFileWhereADirectoryShouldBe() throws Exception {
    Path file = Files.writeString(tree.resolve("file"), "x");

    assertThatThrownBy(() -> OutputFile.requireDirectory("--to", file))
        .hasMessageContaining("is not a directory");
    assertThatThrownBy(() -> write(Files.createDirectory(tree.resolve("made")), "x"))
        .hasMessageContaining("is a directory");
  }

  private static void write(Path file, String text) throws IOException, CommandException {
    OutputFile.<RuntimeException>write(
        "--to",
        file,
        PosixFilePermissions.fromString("rwxr-xr-x"),
        to -> to.write(ByteBuffer.wrap(text.getBytes(UTF_8))));
  }

  private static Stream<Path> children(Path directory) throws IOException {
    try (Stream<Path> children = Files.list(directory)) {
      return children.toList().stream();
    }
  }
}
