package dev.peer.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.peer.config.CallContext;
import dev.peer.core.progress.RunEvent;
import dev.peer.source.Git;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectInserter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What ends the look at what a revision's container image begins with. */
class CommonLayersTest {

  private static final String CONTAINERFILE = "FROM localhost/ci-base\nRUN true\n";

  @TempDir private Path temp;

  @Test
  void anInterruptIsNoFaultOfTheRepositoryAndALostObjectIs() throws Exception {
    Git git = Git.init(temp.resolve("repo"));
    git.write("mkfile", "base-image:V:\n\tpodman build --tag x .\n");
    git.write("Containerfile", CONTAINERFILE).commitAll("first");
    try (RunTarget subject = subject(git.directory())) {
      CommonLayers layers =
          new CommonLayers(subject, VmExecutors.executor(subject), Optional.empty());
      String lost = blob();
      Files.delete(
          git.directory()
              .resolve(".git/objects/" + lost.substring(0, 2) + "/" + lost.substring(2)));

      List<RunEvent> events = new ArrayList<>();
      assertThat(
              layers.require(
                  subject.revision(), subject.run(), VmExecutors.diskName(subject), events::add))
          .isEmpty();
      assertThat(events).hasSize(1).first().asString().contains("not built ahead", lost);

      Thread.currentThread().interrupt();
      assertThatExceptionOfType(InterruptedException.class)
          .isThrownBy(
              () ->
                  layers.require(
                      subject.revision(),
                      subject.run(),
                      VmExecutors.diskName(subject),
                      events::add));
      assertThat(Thread.interrupted()).isFalse();
    }
  }

  private static String blob() {
    byte[] bytes = CONTAINERFILE.getBytes(StandardCharsets.US_ASCII);
    try (ObjectInserter inserter = new ObjectInserter.Formatter()) {
      return inserter.idFor(Constants.OBJ_BLOB, bytes).name();
    }
  }

  private RunTarget subject(Path directory) throws Exception {
    Map<String, String> environment =
        Map.of(
            "PEER_HOME", temp.resolve("home").toString(), "PEER_IMAGE", "sha256:" + "0".repeat(64));
    return RunTarget.of(
        new UnattendedOutput(_ -> {}, ""),
        new CallContext(directory, environment),
        "HEAD",
        "test",
        List.of());
  }
}
