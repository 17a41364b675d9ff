package dev.peer.source.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CallerEnvironmentTest {

  @TempDir private Path directory;

  @Test
  void gitHasTheVariablesOfWhomItIsAskedForAndNoOthers() throws Exception {
    Map<String, String> caller =
        Map.of(
            "PATH", "/usr/bin:/bin",
            "GIT_AUTHOR_NAME", "The caller",
            "GIT_AUTHOR_EMAIL", "caller@localhost",
            "GIT_DIR", "/none");

    assertThat(CallerEnvironment.with(caller, this::author)).contains("The caller");
    assertThat(author()).doesNotContain("The caller");
  }

  private String author() {
    try {
      return new GitCommand(directory)
          .ask("-c", "user.name=x", "-c", "user.email=x@x", "var", "GIT_AUTHOR_IDENT")
          .toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
