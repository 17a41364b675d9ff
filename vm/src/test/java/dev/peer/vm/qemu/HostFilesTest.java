package dev.peer.vm.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostFilesTest {

  private static final Optional<QemuUser> NOBODY = Optional.of(new QemuUser(65534, 65534));

  @TempDir Path root;

  @Test
  void leavesFilesAndNamesAloneForOurOwnUser() throws Exception {
    HostFiles files = new HostFiles(Optional.empty());
    Path file = privateFile("a/file");

    assertThat(files.read(file)).isEqualTo(file);
    assertThat(files.write(file)).isEqualTo(file);
    assertThat(files.write(root.resolve("a/new"))).doesNotExist();
    assertThat(modes(file)).isEqualTo("rw-------");
    assertThat(files.directories()).isEmpty();
  }

  @Test
  void namesFilesOfAnotherUserByTheirOpenDirectories() throws Exception {
    HostFiles files = new HostFiles(NOBODY);

    assertThat(files.read(privateFile("a/one"))).isEqualTo(Path.of("/proc/self/fd/3/one"));
    assertThat(files.read(privateFile("b/two"))).isEqualTo(Path.of("/proc/self/fd/4/two"));
    assertThat(files.read(privateFile("a/three"))).isEqualTo(Path.of("/proc/self/fd/3/three"));
    assertThat(files.directories()).containsExactly(root.resolve("a"), root.resolve("b"));
    assertThat(files.openedFor(List.of("qemu", "-S")))
        .endsWith(root.resolve("a").toString(), root.resolve("b").toString(), "qemu", "-S")
        .contains(
            "trap '' HUP INT QUIT; umask 077; ulimit -c 0; exec 3<\"$1\"; shift; exec 4<\"$1\";"
                + " shift; exec \"$@\"");
  }

  @Test
  void letsAnotherUserReadAFileAndOnlyPassThroughItsDirectory() throws Exception {
    new HostFiles(NOBODY).read(privateFile("a/file"));

    assertThat(modes(root.resolve("a/file"))).isEqualTo("rw----r--");
    assertThat(modes(root.resolve("a"))).isEqualTo("rwx-----x");
  }

  @Test
  void givesAwayWhatIsWrittenAndTouchesItOnce() throws Exception {
    assumeThat(System.getProperty("user.name")).as("changing an owner").isEqualTo("root");
    Path made = Files.createDirectory(root.resolve("a")).resolve("made");

    new HostFiles(NOBODY).write(made);
    assertThat(Files.getAttribute(made, "unix:uid")).isEqualTo(65534);
    assertThat(modes(made)).isEqualTo("rw-------");
    Object changed = Files.getAttribute(made, "unix:ctime");
    new HostFiles(NOBODY).write(made);

    assertThat((FileTime) Files.getAttribute(made, "unix:ctime")).isEqualTo(changed);
  }

  @Test
  void givesALinkAwayAndNotWhatItLeadsTo() throws Exception {
    assumeThat(System.getProperty("user.name")).as("changing an owner").isEqualTo("root");
    Path ours = privateFile("a/ours");
    Path link = Files.createSymbolicLink(root.resolve("a/link"), ours);

    new HostFiles(NOBODY).give(link);

    assertThat(Files.getAttribute(ours, "unix:uid")).isEqualTo(0);
    assertThat(Files.getAttribute(link, "unix:uid", LinkOption.NOFOLLOW_LINKS)).isEqualTo(65534);
  }

  @Test
  void refusesMoreDirectoriesThanAShellCanOpen() throws Exception {
    HostFiles files = new HostFiles(NOBODY);
    for (int i = 0; i < 7; i++) {
      files.read(privateFile(i + "/file"));
    }

    Path eighth = privateFile("eighth/file");
    assertThatThrownBy(() -> files.read(eighth))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("too many directories");
  }

  private Path privateFile(String name) throws IOException {
    Path file = root.resolve(name);
    if (!Files.exists(file.getParent())) {
      Files.createDirectory(
          file.getParent(),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    Files.writeString(file, "content");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }

  private static String modes(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }
}
