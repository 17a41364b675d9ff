package dev.peer.run;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.find.Replayable;
import dev.peer.core.flow.ExecutionResult;
import dev.peer.core.id.Digest;
import dev.peer.core.json.JsonTree;
import dev.peer.core.key.RunInputs;
import dev.peer.core.record.Artifact;
import dev.peer.core.record.Artifacts;
import dev.peer.core.record.Provenance;
import dev.peer.core.record.RunRecord;
import dev.peer.core.record.TestReport;
import dev.peer.report.ExitCode;
import dev.peer.report.Facts;
import dev.peer.report.Timeline;
import dev.peer.wire.Trace;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The facts about a command's run so far, for {@code --json}. */
public final class RunReport {

  private final ObjectNode json = JsonTree.object();
  private String message = "";
  private Optional<JobSummary.Result> result = Optional.empty();
  private Optional<TestReport> tests = Optional.empty();
  private Optional<Duration> replayedRun = Optional.empty();

  /** Why a run that was no failure of peer's did not pass. */
  public String message() {
    return message;
  }

  /** What the run is. */
  public void about(RunTarget subject) {
    RunInputs inputs = subject.inputs();
    json.put("trace", Trace.ofProcess().id());
    json.put("runKey", inputs.key().hex());
    json.put("repository", inputs.repo().toString());
    json.put("tree", inputs.tree().hex());
    json.put("commit", subject.revision().commit().hex());
    json.put("target", inputs.target());
    inputs.arguments().forEach(json.putArray("arguments")::add);
    json.put("image", inputs.image().toString());
    json.put("network", inputs.network().toString());
  }

  /** The result has just been made. */
  void ran(Replayable result) {
    result(result, "run");
  }

  /** The result was there, in the store or with a peer. */
  public void replayed(Replayable result) {
    result(result, result.holder().isPresent() ? "peer" : "store");
    result.holder().ifPresent(holder -> json.put("holder", holder.toString()));
    result.delivery().ifPresent(delivery -> Facts.addTo(json, delivery));
    if (result.followed()) {
      json.put("followed", true);
    } else {
      replayedRun = Optional.of(result.verified().record().took());
    }
  }

  /** The tests have passed, and there is no signature that others would take. */
  void ranUnsigned(RunRecord record) {
    json.put("source", "run");
    artifacts(record);
  }

  /** How many other peers were to hold the result before the command ends, and how many did. */
  void copies(int wanted, int held) {
    json.putObject("copies").put("wanted", wanted).put("held", held);
  }

  /** The stage in which the run ended without a pass. */
  void endedIn(String stage) {
    json.put("stage", stage);
  }

  /** The tests failed. */
  void failed(ExecutionResult.Failed failed) {
    endedIn(failed.stage());
    tests = failed.report();
    tests.ifPresent(report -> report.addTo(json));
    message =
        "the stage "
            + failed.stage()
            + " ended with "
            + failed.exitCode()
            + tests.map(report -> ", " + report.counts()).orElse("");
  }

  private void result(Replayable result, String source) {
    this.result = Optional.of(JobSummary.Result.of(result));
    json.put("source", source);
    json.put("signer", result.verified().attestation().signer().id().toString());
    json.put("attestation", Digest.of(result.stored().attestation().bytes()).toString());
    json.put("bundle", result.stored().bundle().digest().toString());
    artifacts(result.verified().record());
  }

  private void artifacts(RunRecord record) {
    if (record.provenance() instanceof Provenance.Stated stated) {
      json.set("tries", stated.tries().json());
    }
    record.tests().ifPresent(counts -> json.set("tests", counts.json()));
    switch (record.artifacts()) {
      case Artifacts.Listed(List<Artifact> list) -> Facts.addTo(json, list);
      case Artifacts.Manifested manifested -> json.put("artifactCount", manifested.count());
    }
  }

  /** The whole for a job's page, in HTML. */
  String summary(String outcome, String message) {
    return JobSummary.of(json, outcome, message, result, tests);
  }

  /** The whole as one line. */
  String text(
      String outcome, ExitCode exitCode, String message, String hint, List<Timeline.Step> steps) {
    ObjectNode whole = JsonTree.object();
    whole.put("outcome", outcome);
    if (exitCode != ExitCode.INTERRUPTED) {
      // Which signal it was, and so how the process ends, only the JVM knows.
      whole.put("exitCode", exitCode.number());
    }
    if (!message.isEmpty()) {
      whole.put("message", message);
    }
    if (!hint.isEmpty()) {
      whole.put("hint", hint);
    }
    whole.setAll(json);
    long total = 0;
    ArrayNode stages = JsonTree.object().arrayNode();
    for (Timeline.Step step : steps) {
      stages.addObject().put("name", step.name()).put("milliseconds", step.duration().toMillis());
      total += step.duration().toNanos();
    }
    long milliseconds = total / 1_000_000;
    whole.put("milliseconds", milliseconds);
    replayedRun.ifPresent(run -> whole.put("savedMilliseconds", run.toMillis() - milliseconds));
    whole.set("stages", stages);
    return new String(JsonTree.bytes(whole), StandardCharsets.UTF_8);
  }
}
