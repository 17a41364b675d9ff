package dev.peer.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.peer.config.CallContext;
import dev.peer.config.ConfigException;
import dev.peer.core.key.RunInputs;
import dev.peer.source.Git;
import dev.peer.source.SourceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tree that a run's key counts, with {@code PEER_PATHS}. */
class CountedPathsTest {

  @TempDir Path temp;

  private Git git;

  @BeforeEach
  void repository() throws Exception {
    git = Git.init(temp.resolve("work"));
    git.write(".env", "PEER_PATHS=test => :!docs; lint => src tools\n");
    git.write("mkfile", "test:V:\n\ttrue\n").write("docs/a", "a\n");
    git.write("src/a", "a\n").write("tools/a", "a\n").commitAll("first");
  }

  @Test
  void aChangeOfWhatDoesNotCountLeavesTheKey() throws Exception {
    RunInputs test = inputs("test");
    RunInputs lint = inputs("lint");
    RunInputs build = inputs("build");

    git.write("docs/a", "b\n").commitAll("docs");

    assertThat(inputs("test").key()).isEqualTo(test.key());
    assertThat(inputs("lint").key()).isEqualTo(lint.key());
    assertThat(inputs("build").key()).isNotEqualTo(build.key());
    assertThat(inputs("build").tree().hex()).isEqualTo(git.run("rev-parse", "HEAD^{tree}"));
  }

  @Test
  void theSettingsOfAnEnvFileThatIsLeftOutCount() throws Exception {
    git.write(".env", "PEER_PATHS=src\nPEER_NETWORK=open\n").commitAll("settings");
    RunInputs open = inputs("test");
    git.write(".env", "PEER_PATHS=src\n").commitAll("settings");
    assertThat(inputs("test").tree()).isEqualTo(open.tree());
    assertThat(inputs("test").key()).isNotEqualTo(open.key());
  }

  @Test
  void aCommitThatTheTestSeesNamesAllFiles() throws Exception {
    git.write(".env", "PEER_PATHS=lint => src\nPEER_CHECKOUT=commit\n").commitAll("commit");
    assertThat(inputs("test").commit()).isPresent();
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> inputs("lint"))
        .withMessageContaining("PEER_CHECKOUT=commit");
  }

  @Test
  void anMkfileThatIsALinkNeedsItsFile() throws Exception {
    Files.move(git.directory().resolve("mkfile"), git.directory().resolve("docs/mkfile"));
    Files.createSymbolicLink(git.directory().resolve("mkfile"), Path.of("docs/mkfile"));
    git.commitAll("a link");
    assertThatExceptionOfType(SourceException.class)
        .isThrownBy(() -> inputs("test"))
        .withMessageContaining("leaves out the file that mkfile");
    assertThat(inputs("build")).isNotNull();
  }

  private RunInputs inputs(String target) throws Exception {
    try (RunTarget subject =
        RunTarget.of(
            new UnattendedOutput(_ -> {}, ""),
            new CallContext(
                git.directory(),
                Map.of(
                    "PEER_HOME",
                    temp.resolve("home").toString(),
                    "PEER_IMAGE",
                    "sha256:" + "0".repeat(64))),
            "HEAD",
            target,
            List.of())) {
      return subject.inputs();
    }
  }
}
