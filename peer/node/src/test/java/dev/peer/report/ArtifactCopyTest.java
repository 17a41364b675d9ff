package dev.peer.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.core.id.Digest;
import dev.peer.core.record.Artifact;
import dev.peer.core.record.Content;
import dev.peer.core.record.FileMode;
import dev.peer.core.record.RunFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArtifactCopyTest {

  private static final FileTime TIME = FileTime.from(Instant.parse("2026-01-02T03:04:05Z"));

  @TempDir private Path directory;
  private RunFiles files;
  private Path out;

  @BeforeEach
  void makeDirectories() {
    files = new RunFiles(directory.resolve("run"));
    out = directory.resolve("out");
  }

  @Test
  void writesArtifactsAsTheyWere() throws Exception {
    List<String> left =
        write(
            file("a/plain", "0644"),
            file("a/private", "0600"),
            file("a/read only", "0444"),
            file("a/tool", "0755"),
            file("a/void", "0000"),
            new Artifact.Directory("empty", FileMode.DIRECTORY),
            new Artifact.Directory("kept", FileMode.parse("0500")),
            file("kept/inside", "0644"),
            new Artifact.Link("links/dangling", "nowhere"),
            new Artifact.Link("links/plain", "../a/plain"),
            new Artifact.Link("links/up", ".."),
            file("\uD83D\uDC68\u200D\uD83D\uDC69 %:\\", "0644"));

    assertThat(left).isEmpty();
    assertThat(mode("a/plain")).isEqualTo("rw-r--r--");
    assertThat(mode("a/private")).isEqualTo("rw-------");
    assertThat(mode("a/read only")).isEqualTo("r--r--r--");
    assertThat(mode("a/tool")).isEqualTo("rwxr-xr-x");
    assertThat(mode("a/void")).isEqualTo("---------");
    assertThat(out.resolve("empty")).isEmptyDirectory();
    assertThat(mode("kept")).isEqualTo("rwx------");
    assertThat(Files.readSymbolicLink(out.resolve("links/plain"))).hasToString("../a/plain");
    assertThat(Files.readSymbolicLink(out.resolve("links/dangling"))).hasToString("nowhere");
    assertThat(out.resolve("links/plain")).hasContent("a/plain");
    assertThat(out.resolve("\uD83D\uDC68\u200D\uD83D\uDC69 %:\\")).exists();
  }

  @Test
  void givesEverythingTheTimeOfTheRecord() throws Exception {
    write(
        file("a/b/c", "0444"),
        new Artifact.Directory("empty", FileMode.DIRECTORY),
        new Artifact.Link("link", "nowhere"));

    try (Stream<Path> all = Files.walk(out)) {
      for (Path path : all.filter(path -> !path.equals(out)).toList()) {
        assertThat(Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS))
            .as(path.toString())
            .isEqualTo(TIME);
      }
    }
  }

  @Test
  void replacesWhatHasTheNameAndLeavesTheRest() throws Exception {
    Path victim = Files.writeString(directory.resolve("victim"), "mine");
    Files.createDirectories(out);
    Files.createSymbolicLink(out.resolve("a"), victim);
    Files.writeString(out.resolve("b"), "old");
    Files.writeString(out.resolve("other"), "other");

    write(file("a", "0644"), new Artifact.Link("b", "a"));
    write(file("a", "0644"), new Artifact.Link("b", "a"));

    assertThat(victim).hasContent("mine");
    assertThat(out.resolve("a")).isRegularFile().hasContent("a");
    assertThat(Files.readSymbolicLink(out.resolve("b"))).hasToString("a");
    assertThat(names()).containsExactlyInAnyOrder("a", "b", "other");
  }

  /** One result makes the link, the next writes below its name. */
  @ParameterizedTest
  @ValueSource(strings = {"trap", "trap/deep"})
  void writesNothingThroughALinkThatLiesThere(String name) throws Exception {
    Path outside = Files.createDirectory(directory.resolve("outside"));
    Path link = out.resolve(name);
    Files.createDirectories(link.getParent());
    Files.createSymbolicLink(link, outside);

    assertThatThrownBy(() -> write(file(name + "/taken", "0755")))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("is a link, and nothing is written through it");
    assertThatThrownBy(() -> write(new Artifact.Directory(name + "/made", FileMode.DIRECTORY)))
        .isInstanceOf(CommandException.class);

    assertThat(outside).isEmptyDirectory();
  }

  @Test
  void noResultsLinksLeadAnotherResultOut() throws Exception {
    write(new Artifact.Link("a", "."), new Artifact.Link("b", "x/y"), file("x/y/z", "0644"));

    assertThatThrownBy(() -> write(file("a/taken", "0644"))).isInstanceOf(CommandException.class);
    assertThatThrownBy(() -> write(file("b/taken", "0644"))).isInstanceOf(CommandException.class);

    try (Stream<Path> all = Files.walk(out)) {
      assertThat(all.filter(path -> path.endsWith("taken"))).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    ".git/hooks/post-checkout,",
    ".GIT/config,",
    "deep/.Git,",
    "'.g\u200Dit/config',",
    "'.git /config',",
    "'GIT~1/config',",
    "hooks,.git/hooks",
    "deep/hooks,../.git/hooks"
  })
  void writesNothingThatGitRunsAndGoesOn(String path, String target) throws Exception {
    Artifact hostile = target == null ? file(path, "0755") : new Artifact.Link(path, target);

    List<String> left = write(hostile, file("report", "0644"));

    assertThat(left).hasSize(1);
    assertThat(left.getFirst()).contains("is not written: git runs").doesNotContain("\u200D");
    assertThat(names()).containsExactly("report");
  }

  @Test
  void takesALargeArtifactFromWhereItLies() throws Exception {
    Artifact.File large = file("a/large", "0750");
    Path source = Files.write(files.artifact(large), new byte[2 << 20]);
    Object inode = Files.getAttribute(source, "unix:ino");

    write(large, file("a/small", "0640"));

    assertThat(Files.getAttribute(out.resolve("a/large"), "unix:ino")).isEqualTo(inode);
    assertThat(mode("a/large")).isEqualTo("rwxr-x---");
    assertThat(Files.getLastModifiedTime(out.resolve("a/large"))).isEqualTo(TIME);
    assertThat(source).doesNotExist();
    assertThat(files.artifacts().resolve("a/small")).exists();
  }

  /** The result is in the store: those that were not written come from there. */
  @Test
  void keepsWhatItWroteBeforeItFailed() throws Exception {
    Artifact.File first = file("a", "0644");
    Artifact.File second = file("b", "0644");
    byte[] content = new byte[1 << 20];
    Files.write(files.artifact(first), content);
    Files.write(files.artifact(second), content);
    Files.createDirectories(out.resolve("b"));

    assertThatThrownBy(() -> write(first, second)).isInstanceOf(CommandException.class);

    assertThat(out.resolve("a")).hasBinaryContent(content);
    assertThat(files.artifact(second)).hasBinaryContent(content);
    assertThat(names()).containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void leavesADirectoryAloneThatHasTheNameOfAFileOrLink() throws Exception {
    Path mine = Files.createDirectories(out.resolve("a")).resolve("mine");
    Files.writeString(mine, "mine");

    assertThatThrownBy(() -> write(file("a", "0644"))).hasMessageContaining("is a directory");
    assertThatThrownBy(() -> write(new Artifact.Link("a", "b")))
        .hasMessageContaining("is a directory");

    assertThat(mine).hasContent("mine");
  }

  private List<String> write(Artifact... artifacts) throws IOException, CommandException {
    List<Artifact> sorted =
        Stream.of(artifacts).sorted(Comparator.comparing(Artifact::path)).toList();
    return ArtifactCopy.write("--to", out, sorted, files, TIME);
  }

  /** A file whose content is its path. */
  private Artifact.File file(String path, String mode) throws IOException {
    Path file = files.artifacts().resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, path);
    return new Artifact.File(
        path, FileMode.parse(mode), new Content(Files.size(file), Digest.of(file)));
  }

  private String mode(String path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(out.resolve(path)));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> children = Files.list(out)) {
      return children.map(path -> path.getFileName().toString()).toList();
    }
  }
}
