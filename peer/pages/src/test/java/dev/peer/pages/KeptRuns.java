package dev.peer.pages;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.peer.core.access.AccessRule;
import dev.peer.core.find.Acceptance;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.key.RunInputs;
import dev.peer.core.record.Artifact;
import dev.peer.core.record.Artifacts;
import dev.peer.core.record.BundleWriter;
import dev.peer.core.record.Content;
import dev.peer.core.record.OutputRecorder;
import dev.peer.core.record.OutputStreamName;
import dev.peer.core.record.RunFiles;
import dev.peer.core.record.RunRecord;
import dev.peer.core.record.StageTimes;
import dev.peer.core.record.TestCounts;
import dev.peer.core.record.TestOutput;
import dev.peer.core.sign.Attestation;
import dev.peer.core.sign.RecordVerifier;
import dev.peer.core.sign.RunSigner;
import dev.peer.core.sign.SignedRuns;
import dev.peer.core.sign.VerifiedRecord;
import dev.peer.core.store.Store;
import dev.peer.core.store.StoredRecord;
import dev.peer.tls.TestAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** A store with signed results of runs that never ran, and what serves them. */
final class KeptRuns implements ResultSource, RunSource {

  private final TestAuthority team;
  private final Path directory;
  private final Store store;
  private final List<StoredRecord> records = new ArrayList<>();
  private final List<ScriptedRun> running = new CopyOnWriteArrayList<>();

  KeptRuns(TestAuthority team, Path directory) throws IOException {
    this.team = team;
    this.directory = directory;
    this.store = Store.open(directory.resolve("store"), 100);
  }

  /**
   * What a run wrote and left.
   *
   * @param output pieces of text: those that begin with {@code !} are for stderr
   * @param artifacts contents by path
   */
  record Traces(List<String> output, Map<String, String> artifacts, Optional<TestCounts> tests) {

    static Traces output(String... pieces) {
      return new Traces(List.of(pieces), Map.of(), Optional.empty());
    }
  }

  RecordVerifier verifier() {
    return new RecordVerifier(team.validator(), AccessRule.anyone(), InstantSource.system());
  }

  ResultJudge judge() {
    return new ResultJudge(this::verifier, Acceptance.EVERYTHING, store::stage);
  }

  /** The inputs of a run of this repository and target. */
  static RunInputs inputs(String repo, String target, String... arguments) {
    RunInputs any = SignedRuns.inputs("any");
    return new RunInputs(
        new RepoId(repo),
        any.tree(),
        Optional.empty(),
        target,
        List.of(arguments),
        any.environment(),
        any.image(),
        any.architecture(),
        any.network());
  }

  /**
   * Begins a run that goes on until the test ends it, and may be asked for even then.
   *
   * @param most how many may look on
   */
  ScriptedRun begin(RunInputs inputs, int most) {
    ScriptedRun run = new ScriptedRun(inputs, most);
    running.add(run);
    return run;
  }

  @Override
  public List<RunInProgress> running() {
    return List.copyOf(running);
  }

  @Override
  public Optional<RunInProgress> runningWithKey(RunKey key) {
    return running().stream().filter(run -> run.key().equals(key)).findFirst();
  }

  /** Makes a result, verifies it and keeps it. */
  StoredRecord add(RunInputs inputs, Traces traces) throws Exception {
    return add(inputs, traces, SignedRuns.STAGES);
  }

  /** The same, of a run of these stages. */
  StoredRecord add(RunInputs inputs, Traces traces, StageTimes stages) throws Exception {
    Path made = Files.createTempDirectory(directory, "made");
    RunFiles files = new RunFiles(Files.createDirectory(made.resolve("files")));
    RunRecord record = record(inputs, files, traces, stages);
    Path bundle = made.resolve("bundle");
    Attestation attestation =
        new RunSigner(team.issue("spiffe://team/signer"))
            .sign(record, BundleWriter.write(record, files, bundle).content());
    VerifiedRecord verified =
        SignedRuns.verified(
            new SignedRuns.Result(record, attestation, bundle),
            verifier(),
            made.resolve("verified"));
    StoredRecord kept = store.keep(verified);
    records.add(kept);
    return kept;
  }

  private static RunRecord record(
      RunInputs inputs, RunFiles files, Traces traces, StageTimes stages) throws IOException {
    RunRecord any =
        SignedRuns.record(
            inputs,
            new RunFiles(Files.createDirectory(files.directory().resolveSibling("any"))),
            "");
    return new RunRecord(
        inputs,
        0,
        any.startedAt(),
        any.finishedAt(),
        any.containerImage(),
        any.containerImageId(),
        any.secretNames(),
        any.accelerator(),
        any.cpus(),
        any.memoryBytes(),
        SignedRuns.provenance(stages),
        output(files, traces.output()),
        artifacts(files, traces.artifacts()),
        traces.tests());
  }

  private static TestOutput output(RunFiles files, List<String> pieces) throws IOException {
    AtomicLong nanos = new AtomicLong();
    try (OutputRecorder recorder = new OutputRecorder(files, () -> nanos.addAndGet(250_000_000))) {
      for (String piece : pieces) {
        boolean error = piece.startsWith("!");
        byte[] bytes = piece.substring(error ? 1 : 0).getBytes(UTF_8);
        recorder.write(
            error ? OutputStreamName.STDERR : OutputStreamName.STDOUT, bytes, 0, bytes.length);
      }
      return recorder.finish();
    }
  }

  private static Artifacts artifacts(RunFiles files, Map<String, String> contents)
      throws IOException {
    List<Artifact> made = new ArrayList<>();
    for (Map.Entry<String, String> content : new TreeMap<>(contents).entrySet()) {
      byte[] bytes = content.getValue().getBytes(UTF_8);
      Path file = files.artifacts().resolve(content.getKey());
      Files.createDirectories(file.getParent());
      Files.write(file, bytes);
      made.add(Artifact.file(content.getKey(), false, new Content(bytes.length, Digest.of(bytes))));
    }
    return new Artifacts.Listed(made);
  }

  @Override
  public List<StoredRecord> all() {
    return List.copyOf(records);
  }

  @Override
  public Optional<StoredRecord> withKey(RunKey key) {
    return records.stream().filter(record -> record.key().equals(key)).findFirst();
  }
}
