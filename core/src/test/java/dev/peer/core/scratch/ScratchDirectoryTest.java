package dev.peer.core.scratch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScratchDirectoryTest {

  @TempDir private Path parent;

  @Test
  void isGoneWhenItIsClosed() throws Exception {
    try (ScratchDirectory directory = ScratchDirectory.in(parent.resolve("made"))) {
      Files.createDirectories(directory.path().resolve("a/b"));
      Files.createSymbolicLink(directory.path().resolve("link"), parent);
      Files.writeString(directory.path().resolve("a/b/file"), "text");
    }

    assertThat(parent.resolve("made")).isEmptyDirectory();
    assertThat(parent).exists();
  }

  @Test
  void isLeftAloneWhileItsOwnerLives() throws Exception {
    try (ScratchDirectory directory = ScratchDirectory.in(parent)) {
      ScratchDirectory.reap(parent);

      assertThat(directory.path()).isDirectory();
    }
  }

  @Test
  void isRemovedByTheNextWhenItsOwnerWasKilled() throws Exception {
    Process owner =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Owner.class.getName(),
                parent.toString())
            .start();
    try {
      Path made = Path.of(owner.inputReader().readLine());
      ScratchDirectory.reap(parent);
      assertThat(made).isDirectory();

      owner.destroyForcibly();
      assertThat(owner.waitFor(120, TimeUnit.SECONDS)).isTrue();
      ScratchDirectory.reap(parent);

      assertThat(parent).isEmptyDirectory();
    } finally {
      owner.destroyForcibly();
    }
  }

  @Test
  void refusesADirectoryThatOthersMayWriteTo() throws Exception {
    Path open = Files.createDirectory(parent.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));

    assertThatThrownBy(() -> ScratchDirectory.in(open))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("others may write");
    assertThat(open).isEmptyDirectory();
  }

  @Test
  void reapsNothingInADirectoryThatOthersMayWriteTo() throws Exception {
    Path open = leftBehind(parent.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));

    assertThatThrownBy(() -> ScratchDirectory.reap(open)).hasMessageContaining("others may write");

    assertThat(open.resolve("made/file")).exists();
  }

  @Test
  void reapsNothingThroughALink() throws Exception {
    Path elsewhere = leftBehind(parent.resolve("elsewhere"));
    Path link = Files.createSymbolicLink(parent.resolve("link"), elsewhere);

    ScratchDirectory.reap(link);

    assertThat(elsewhere.resolve("made/file")).exists();
    assertThatThrownBy(() -> ScratchDirectory.in(link)).hasMessageContaining("is a link");
  }

  @Test
  void removesNothingWhereALinkLeadsThatWasPutInPlaceOfTheDirectory() throws Exception {
    Path elsewhere = leftBehind(parent.resolve("elsewhere"));
    Path ours = leftBehind(parent.resolve("ours"));
    try (DirectoryHandle handle = DirectoryHandle.ofOurs(ours)) {
      Path moved = Files.move(ours, parent.resolve("moved"));
      Files.createSymbolicLink(ours, elsewhere);

      handle.remove(Path.of("made"));

      assertThat(moved.resolve("made")).doesNotExist();
      assertThat(elsewhere.resolve("made/file")).exists();
    }
  }

  /** As a process that was killed leaves it. */
  private static Path leftBehind(Path directory) throws IOException {
    Files.createDirectories(directory.resolve("made"));
    Files.writeString(directory.resolve("made/file"), "text");
    Files.createFile(directory.resolve("made.lock"));
    return directory;
  }

  @Test
  void canBeGivenAwayWhole() throws Exception {
    Path target = parent.resolve("kept");
    try (ScratchDirectory directory = ScratchDirectory.in(parent.resolve("made"))) {
      Files.writeString(directory.path().resolve("file"), "text");
      directory.moveTo(target);
    }

    assertThat(target.resolve("file")).hasContent("text");
    try (Stream<Path> left = Files.list(parent.resolve("made"))) {
      assertThat(left).isEmpty();
    }
  }

  /** Makes a directory and waits to be killed. */
  static final class Owner {

    private Owner() {}

    public static void main(String[] arguments) throws Exception {
      ScratchDirectory directory = ScratchDirectory.in(Path.of(arguments[0]));
      System.out.println(directory.path());
      Thread.sleep(60_000);
      directory.close();
    }
  }
}
