package dev.peer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.cli.console.Output;
import dev.peer.config.CallContext;
import dev.peer.report.Interruption;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {

  @TempDir private Path directory;

  private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();

  /** The file would be another one in a daemon, which has its own working directory. */
  @Test
  void readsNoArgumentsFromAFile() throws Exception {
    Path words = Files.writeString(directory.resolve("words"), "lint");

    assertThat(run("stub", "github", "@" + words)).isZero();

    assertThat(stdout.toString(UTF_8)).contains("peer run --exit @" + words);
  }

  private int run(String... arguments) {
    Output output = new Output(stdout, new ByteArrayOutputStream());
    int exitCode =
        Main.run(
            new CallContext(directory, Map.of(), false),
            output,
            Interruption.ofThread(),
            arguments);
    output.end();
    return exitCode;
  }
}
