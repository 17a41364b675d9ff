package dev.peer.daemon.socket;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrowserTest {

  @TempDir private Path directory;

  @Test
  void isTheFirstCommandThatIsThere() throws Exception {
    Path own = program("own");
    Path usual = program("xdg-open");
    Files.createDirectory(directory.resolve("no-program"));

    assertThat(found("none:" + directory.resolve("no-program") + "::own")).isEqualTo(own);
    assertThat(found(own.toString())).isEqualTo(own);
    assertThat(found("none")).isEqualTo(usual);
    assertThat(found("")).isEqualTo(usual);
    Files.delete(usual);
    assertThat(Browser.find(Map.of("PATH", directory.toString(), "BROWSER", "none"))).isEmpty();
    assertThat(Browser.find(Map.of())).isEmpty();
  }

  private Path found(String browser) {
    return Browser.find(Map.of("PATH", "/none:" + directory, "BROWSER", browser))
        .orElseThrow()
        .program();
  }

  private Path program(String name) throws IOException {
    return Files.createFile(
        directory.resolve(name),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }
}
