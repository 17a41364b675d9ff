package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.pki.cli.Main;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What {@code peer-pki} does, in this process, for tests of something else. */
public final class PeerPki {

  private PeerPki() {}

  /** Runs it in a directory, and asserts that it succeeds. */
  public static void run(Path directory, List<String> arguments) {
    List<String> all = new ArrayList<>(arguments);
    all.addAll(List.of("--dir", directory.toString()));
    StringWriter said = new StringWriter();
    int exitCode =
        Main.described()
            .setOut(new PrintWriter(said))
            .setErr(new PrintWriter(said))
            .execute(all.toArray(String[]::new));
    assertThat(exitCode).as(all + said.toString()).isZero();
  }
}
