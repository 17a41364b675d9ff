package dev.peer.home;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketDirectoryTest {

  @TempDir private Path directory;
  private Path temporary;
  private Path runtime;
  private Path home;

  @BeforeEach
  void makeDirectories() throws IOException {
    temporary = Files.createDirectory(directory.resolve("temporary"));
    open(temporary);
    runtime = Files.createDirectory(directory.resolve("runtime"));
    home = directory.resolve("home");
  }

  @Test
  void isInTheUsersRuntimeDirectory() throws Exception {
    assertThat(place(Map.of("XDG_RUNTIME_DIR", runtime.toString())))
        .isEqualTo(runtime.resolve("peer"));
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void isNotInARuntimeDirectoryThatOthersMayWriteTo() throws Exception {
    open(runtime);

    Path place = place(Map.of("XDG_RUNTIME_DIR", runtime.toString()));

    assertThat(place).hasParent(temporary);
    assertThat(runtime).isEmptyDirectory();
  }

  @Test
  void hasANameThatNobodyKnewBeforeAndIsFoundAgain() throws Exception {
    Path place = place(Map.of());

    assertThat(place(Map.of())).isEqualTo(place);
    assertThat(Files.getPosixFilePermissions(place))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    home = directory.resolve("another");
    assertThat(place(Map.of())).isNotEqualTo(place).hasParent(temporary);
  }

  @Test
  void isAnotherWhereTheRememberedOneIsNotTheUsersAlone() throws Exception {
    Path opened = place(Map.of());
    Path file = Files.createFile(opened.resolve("file"));
    open(opened);

    Path second = place(Map.of());
    assertThat(second).isNotEqualTo(opened);
    assertThat(file).exists();

    Files.delete(second);
    Files.createSymbolicLink(second, opened);
    assertThat(place(Map.of())).isNotEqualTo(second).isDirectory();
  }

  private Path place(Map<String, String> environment) throws IOException {
    return SocketDirectory.of(new HomeLayout(home), environment, temporary);
  }

  private static void open(Path path) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxrwx"));
  }
}
