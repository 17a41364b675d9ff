package dev.peer.core.sign;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.peer.core.id.Architecture;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.TreeId;
import dev.peer.core.key.NetworkMode;
import dev.peer.core.key.RunInputs;
import dev.peer.core.record.Artifacts;
import dev.peer.core.record.BundleWriter;
import dev.peer.core.record.Content;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.OutputRecorder;
import dev.peer.core.record.OutputStreamName;
import dev.peer.core.record.PreparationNetwork;
import dev.peer.core.record.Provenance;
import dev.peer.core.record.RunFiles;
import dev.peer.core.record.RunRecord;
import dev.peer.core.record.StageTimes;
import dev.peer.core.record.StartedFrom;
import dev.peer.core.record.TestOutput;
import dev.peer.core.record.Tries;
import dev.peer.core.trust.Credentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Results that hold, of runs that never ran. */
public final class SignedRuns {

  /** The stages of a run that took 30 seconds. */
  public static final StageTimes STAGES =
      new StageTimes(
          List.of(
              stage("boot", 1_400),
              stage("checkout", 600),
              stage("prepare", 7_000),
              stage("test", 20_000),
              stage("artifacts", 30),
              stage("post-test", 970)));

  private SignedRuns() {}

  /**
   * A result as a holder has it.
   *
   * @param record what ran
   * @param attestation the evidence
   * @param bundle the bundle's file
   */
  public record Result(RunRecord record, Attestation attestation, Path bundle) {}

  /** The inputs of a run of the tests, told apart by this word. */
  public static RunInputs inputs(String name) {
    return new RunInputs(
        new RepoId("git.example.org/team/project"),
        new TreeId("4b825dc642cb6eb9a060e54bf8d69288fbee4904"),
        Optional.empty(),
        "test",
        List.of("NAME=" + name),
        new TreeMap<>(Map.of("LANG", "C.UTF-8")),
        Digest.of(new byte[] {1}),
        Architecture.AMD64,
        NetworkMode.NONE);
  }

  /** A run that passed just now and wrote this, its files in place. */
  public static RunRecord record(RunInputs inputs, RunFiles files, String stdout)
      throws IOException {
    TestOutput output;
    try (OutputRecorder recorder = new OutputRecorder(files, () -> 0)) {
      byte[] bytes = stdout.getBytes(UTF_8);
      recorder.write(OutputStreamName.STDOUT, bytes, 0, bytes.length);
      output = recorder.finish();
    }
    Instant now = Instant.now();
    return new RunRecord(
        inputs,
        0,
        now.minusSeconds(30),
        now,
        "localhost/ci-base",
        "f".repeat(64),
        List.of("TOKEN"),
        "tcg",
        2,
        2L << 30,
        provenance(STAGES),
        output,
        Artifacts.NONE,
        Optional.empty());
  }

  /** What a run on a blank disk states that had these stages. */
  public static Provenance.Stated provenance(StageTimes stages) {
    return new Provenance.Stated(
        StartedFrom.BLANK,
        PreparationNetwork.open(true),
        "9base 1:6-13",
        "0.6.0",
        Tries.ONCE,
        stages);
  }

  private static StageTimes.Stage stage(String name, long milliseconds) {
    return new StageTimes.Stage(name, Duration.ofMillis(milliseconds));
  }

  /** A signed result in this directory, which is made. */
  public static Result make(RunInputs inputs, String stdout, Credentials signer, Path directory)
      throws IOException {
    RunFiles files = new RunFiles(Files.createDirectories(directory.resolve("files")));
    RunRecord record = record(inputs, files, stdout);
    Path bundle = directory.resolve("bundle");
    try {
      Content content = BundleWriter.write(record, files, bundle).content();
      return new Result(record, new RunSigner(signer).sign(record, content), bundle);
    } catch (MalformedException e) {
      throw new AssertionError(e);
    }
  }

  /** The same, verified as whoever fetched it does. */
  public static VerifiedRecord verified(Result result, RecordVerifier verifier, Path unpackInto)
      throws VerificationException, IOException {
    return verifier.verify(
        verifier.verify(result.attestation(), result.record().inputs().key()),
        result.bundle(),
        Files.createDirectories(unpackInto));
  }
}
