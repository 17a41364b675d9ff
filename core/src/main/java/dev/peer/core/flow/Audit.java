package dev.peer.core.flow;

import dev.peer.core.progress.ExecutionListener;
import dev.peer.core.record.Artifact;
import dev.peer.core.record.ArtifactSink;
import dev.peer.core.record.RunFiles;
import dev.peer.core.record.RunRecord;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.core.secret.RunSecrets;
import dev.peer.core.sign.VerifiedRecord;
import dev.peer.core.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Runs once more with nothing that an earlier run left, and compares.
 *
 * @param result how the run ended
 * @param differences the differences from the record, one line each; empty if the run confirms it
 */
public record Audit(ExecutionResult result, List<String> differences) {

  /** Copies the list. */
  public Audit {
    differences = List.copyOf(differences);
  }

  /**
   * Runs a record's run again. Signs and keeps nothing of it.
   *
   * @throws ExecutorException if the machinery failed
   */
  public static Audit run(
      VerifiedRecord verified,
      ExecutionRequest.SourceTree source,
      RunSecrets secrets,
      Executor executor,
      Store store,
      ExecutionListener listener)
      throws ExecutorException, IOException, InterruptedException {
    RunRecord known = verified.record();
    try (ScratchDirectory staged = store.stage()) {
      RunFiles files = new RunFiles(Files.createDirectory(staged.path().resolve("result")));
      ExecutionResult result =
          executor.execute(
              new ExecutionRequest(
                  known.inputs(),
                  store.ownerOf(known.inputs().repo()),
                  source,
                  files,
                  ArtifactSink.NONE,
                  CacheUse.NONE,
                  secrets),
              listener);
      return new Audit(result, differences(verified, result, files));
    }
  }

  private static List<String> differences(
      VerifiedRecord known, ExecutionResult result, RunFiles files) throws IOException {
    return switch (result) {
      case ExecutionResult.Passed(RunRecord record) ->
          differences(known.artifacts(), files.listOwn(record.artifacts()));
      case ExecutionResult.Failed failed ->
          List.of(
              "outcome: passed, and now the stage "
                  + failed.stage()
                  + " failed with "
                  + failed.exitCode());
      case ExecutionResult.Refused refused ->
          List.of("outcome: passed, and now refused: " + refused.message());
      case ExecutionResult.TimedOut timedOut ->
          List.of("outcome: passed, and now the time was over in the stage " + timedOut.stage());
    };
  }

  private static List<String> differences(List<Artifact> known, List<Artifact> now) {
    Map<String, Artifact> left =
        now.stream().collect(Collectors.toMap(Artifact::path, Function.identity()));
    List<String> differences = new ArrayList<>();
    for (Artifact artifact : known) {
      Artifact other = left.remove(artifact.path());
      if (other == null) {
        differences.add("artifact " + artifact.shown() + ": now missing");
      } else if (!other.equals(artifact)) {
        differences.add(
            "artifact "
                + artifact.shown()
                + ": was "
                + artifact.description()
                + ", now "
                + other.description());
      }
    }
    left.values().stream()
        .sorted(Comparator.comparing(Artifact::path))
        .forEach(artifact -> differences.add("artifact " + artifact.shown() + ": new"));
    return differences;
  }
}
