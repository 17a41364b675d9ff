package dev.peer.core.sign;

import static dev.peer.core.trust.CertificateMaker.NOW;

import dev.peer.core.id.Architecture;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.TreeId;
import dev.peer.core.key.NetworkMode;
import dev.peer.core.key.RunInputs;
import dev.peer.core.record.Artifact;
import dev.peer.core.record.Artifacts;
import dev.peer.core.record.Content;
import dev.peer.core.record.OutputStreamName;
import dev.peer.core.record.Provenance;
import dev.peer.core.record.Records;
import dev.peer.core.record.RunFiles;
import dev.peer.core.record.RunRecord;
import dev.peer.core.record.TestOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Runs that never ran. */
final class Runs {

  private static final String TIMING = "stdout 0 3\nstderr 0 3\n";

  static final Content BUNDLE = content("bundle");

  private Runs() {}

  static RunRecord passed() {
    return record(0, NOW.minusSeconds(60));
  }

  /** Of another target. */
  static RunRecord passed(String target) {
    RunInputs plain = inputs();
    return record(
        new RunInputs(
            plain.repo(),
            plain.tree(),
            plain.commit(),
            target,
            List.of(),
            plain.environment(),
            plain.image(),
            plain.architecture(),
            plain.network()),
        0,
        NOW.minusSeconds(60));
  }

  static RunRecord failed() {
    return record(1, NOW.minusSeconds(60));
  }

  /** A run as version 1 of the evidence has it. */
  static RunRecord unstated() {
    return record(inputs(), 0, NOW.minusSeconds(60), new Provenance.Unstated());
  }

  static RunRecord finishedAt(Instant end) {
    return record(0, end);
  }

  /** Writes what such a run left. */
  static void writeFiles(RunFiles files) throws IOException {
    Files.writeString(files.output(OutputStreamName.STDOUT), "out");
    Files.writeString(files.output(OutputStreamName.STDERR), "err");
    Files.writeString(files.timing(), TIMING);
    Files.createDirectories(files.artifacts());
    Files.writeString(files.artifacts().resolve("report.txt"), "report");
  }

  static RunInputs inputs() {
    TreeMap<String, String> environment = new TreeMap<>();
    environment.put("LANG", "C.UTF-8");
    return new RunInputs(
        new RepoId("git.example.org/team/project"),
        new TreeId("0123456789abcdef0123456789abcdef01234567"),
        Optional.empty(),
        "test",
        List.of("-k"),
        environment,
        Digest.of("image".getBytes(StandardCharsets.UTF_8)),
        Architecture.AMD64,
        NetworkMode.NONE);
  }

  /** A run whose record has so many characters more. */
  static RunRecord longerBy(int characters) {
    RunInputs plain = inputs();
    TreeMap<String, String> environment = new TreeMap<>(plain.environment());
    environment.put("LONG", "x".repeat(characters));
    return record(
        new RunInputs(
            plain.repo(),
            plain.tree(),
            plain.commit(),
            plain.target(),
            plain.arguments(),
            environment,
            plain.image(),
            plain.architecture(),
            plain.network()),
        0,
        NOW.minusSeconds(60));
  }

  private static RunRecord record(int exitCode, Instant end) {
    return record(inputs(), exitCode, end);
  }

  private static RunRecord record(RunInputs inputs, int exitCode, Instant end) {
    return record(inputs, exitCode, end, Records.provenance());
  }

  private static RunRecord record(
      RunInputs inputs, int exitCode, Instant end, Provenance provenance) {
    return new RunRecord(
        inputs,
        exitCode,
        end.minusSeconds(30),
        end,
        "localhost/ci-base",
        "sha256:" + "ab".repeat(32),
        List.of("TOKEN"),
        "kvm",
        2,
        2L << 30,
        provenance,
        new TestOutput(content("out"), content("err"), content(TIMING)),
        new Artifacts.Listed(List.of(Artifact.file("report.txt", false, content("report")))),
        Optional.empty());
  }

  private static Content content(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new Content(bytes.length, Digest.of(bytes));
  }
}
