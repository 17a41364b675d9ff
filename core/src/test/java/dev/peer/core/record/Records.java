package dev.peer.core.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.peer.core.id.Architecture;
import dev.peer.core.id.CommitId;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.TreeId;
import dev.peer.core.key.NetworkMode;
import dev.peer.core.key.RunInputs;
import dev.peer.core.key.TestOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/** Runs for tests: records with the files that belong to them. */
public final class Records {

  private Records() {}

  /** Inputs of a run. */
  public static RunInputs inputs() {
    return new RunInputs(
        new RepoId("git.example.org/team/project"),
        new TreeId("4b825dc642cb6eb9a060e54bf8d69288fbee4904"),
        Optional.empty(),
        "test",
        List.of("LEVEL=2"),
        new TreeMap<>(Map.of("LANG", "C.UTF-8")),
        Digest.of(new byte[] {1}),
        Architecture.AMD64,
        NetworkMode.NONE);
  }

  /** A run that wrote something on both streams and left these artifacts, its files in place. */
  public static RunRecord make(RunFiles files, Map<String, byte[]> artifacts) throws IOException {
    AtomicLong micros = new AtomicLong();
    TestOutput output;
    try (OutputRecorder recorder = new OutputRecorder(files, () -> micros.addAndGet(5_000))) {
      write(recorder, OutputStreamName.STDOUT, "one\n");
      write(recorder, OutputStreamName.STDERR, "two\n");
      write(recorder, OutputStreamName.STDOUT, "three");
      output = recorder.finish();
    }
    List<Artifact> made = new ArrayList<>();
    for (Map.Entry<String, byte[]> artifact : new TreeMap<>(artifacts).entrySet()) {
      Path file = files.artifacts().resolve(artifact.getKey());
      Files.createDirectories(file.getParent());
      Files.write(file, artifact.getValue());
      made.add(
          Artifact.file(
              artifact.getKey(),
              false,
              new Content(artifact.getValue().length, Digest.of(artifact.getValue()))));
    }
    return record(output, made);
  }

  /** A record of these. */
  public static RunRecord record(TestOutput output, List<Artifact> artifacts) {
    return record(inputs(), output, artifacts);
  }

  /** A record of these. */
  public static RunRecord record(RunInputs inputs, TestOutput output, List<Artifact> artifacts) {
    return record(inputs, output, new Artifacts.Listed(artifacts));
  }

  /** A record of these. */
  public static RunRecord record(RunInputs inputs, TestOutput output, Artifacts artifacts) {
    return new RunRecord(
        inputs,
        0,
        Instant.parse("2030-06-15T11:58:05.678Z"),
        Instant.parse("2030-06-15T11:59:06Z"),
        "localhost/ci-base",
        "f".repeat(64),
        List.of("TOKEN"),
        "tcg",
        2,
        2L << 30,
        provenance(),
        output,
        artifacts,
        Optional.empty());
  }

  /** The same run, of another provenance. */
  public static RunRecord with(RunRecord record, Provenance provenance) {
    return with(record, record.inputs().options(), provenance);
  }

  /** The same run with these options, of another provenance. */
  public static RunRecord with(RunRecord record, TestOptions options, Provenance provenance) {
    return with(record, record.inputs().with(options), provenance, record.tests());
  }

  /** The same run, with reports that count these. */
  public static RunRecord with(RunRecord record, TestCounts tests) {
    return with(record, record.inputs(), record.provenance(), Optional.of(tests));
  }

  private static RunRecord with(
      RunRecord record, RunInputs inputs, Provenance provenance, Optional<TestCounts> tests) {
    return new RunRecord(
        inputs,
        record.exitCode(),
        record.startedAt(),
        record.finishedAt(),
        record.containerImage(),
        record.containerImageId(),
        record.secretNames(),
        record.accelerator(),
        record.cpus(),
        record.memoryBytes(),
        provenance,
        record.output(),
        record.artifacts(),
        tests);
  }

  /** What a run states that started from this disk. */
  public static Provenance.Stated provenance(StartedFrom startedFrom) {
    Provenance.Stated like = provenance();
    return new Provenance.Stated(
        startedFrom,
        like.preparationNetwork(),
        like.mk(),
        like.agent(),
        like.tries(),
        like.stages());
  }

  /** What a run on a disk of two preparations of the trunk states. */
  public static Provenance.Stated provenance() {
    return new Provenance.Stated(
        new StartedFrom(
            KeptOrigin.TRUNK, List.of(new CommitId("1".repeat(40)), new CommitId("2".repeat(40)))),
        PreparationNetwork.hosts(List.of("packages.example.org", "10.0.0.0/8"), false),
        "9base 1:6-13",
        "0.6.0",
        Tries.ONCE,
        new StageTimes(
            List.of(
                new StageTimes.Stage("boot", Duration.ofMillis(1_234)),
                new StageTimes.Stage("test", Duration.ofSeconds(28)))));
  }

  private static void write(OutputSink sink, OutputStreamName stream, String text)
      throws IOException {
    byte[] bytes = text.getBytes(UTF_8);
    sink.write(stream, bytes, 0, bytes.length);
  }
}
