package dev.peer.core.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SearchPathTest {

  @TempDir private Path directory;

  @Test
  void findsTheFirstProgramAndNothingElseOfTheName() throws Exception {
    Files.createDirectories(directory.resolve("one/tool"));
    Files.createFile(Files.createDirectory(directory.resolve("two")).resolve("tool"));
    Path third = program("three");
    program("four");

    assertThat(find("/none", "one", "two", "three", "four")).isEqualTo(third);
  }

  @Test
  void looksInNoWorkingDirectory() throws Exception {
    Path below = Path.of("").toAbsolutePath().relativize(program("here"));
    assertThat(SearchPath.isProgram(below)).isTrue();

    assertThat(SearchPath.find(below.toString(), Map.of("PATH", ":/none:"))).isEmpty();
    assertThat(SearchPath.find(below.toString(), Map.of("PATH", ""))).isEmpty();
    assertThat(SearchPath.find(below.toString(), Map.of())).isEmpty();
  }

  private Path find(String... directories) {
    String[] whole = new String[directories.length];
    for (int i = 0; i < whole.length; i++) {
      whole[i] = directory.resolve(directories[i]).toString();
    }
    return SearchPath.find("tool", Map.of("PATH", String.join(":", whole))).orElseThrow();
  }

  private Path program(String in) throws IOException {
    return Files.createFile(
        Files.createDirectory(directory.resolve(in)).resolve("tool"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }
}
