package dev.peer.core.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.id.TreeId;
import dev.peer.core.json.JsonTree;
import dev.peer.core.key.RunInputs;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.StrictJson;
import dev.peer.core.record.TestReport;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * A run that did not pass, kept for inspection. It is unsigned and no result: it is never replayed,
 * and no other peer learns of it.
 *
 * @param subject what ran
 * @param startedAt when it began
 * @param endedAt when it ended
 * @param failure how it ended
 */
public record FailedRun(Subject subject, Instant startedAt, Instant endedAt, Failure failure) {

  /**
   * What ran.
   *
   * @param key the run's key
   * @param repo the repository
   * @param tree the revision's tree
   * @param target mk's target
   * @param arguments further arguments of mk
   */
  public record Subject(
      RunKey key, RepoId repo, TreeId tree, String target, List<String> arguments) {

    /** Copies the arguments. */
    public Subject {
      arguments = List.copyOf(arguments);
    }

    /** The run with these inputs. */
    public static Subject of(RunInputs inputs) {
      return new Subject(
          inputs.key(), inputs.repo(), inputs.tree(), inputs.target(), inputs.arguments());
    }
  }

  /**
   * How it ended.
   *
   * @param stage in which stage
   * @param exitCode mk's exit code, where a recipe failed
   * @param why one line
   * @param tests what the reports of the tests say, where there is one
   */
  public record Failure(
      String stage, Optional<Integer> exitCode, String why, Optional<TestReport> tests) {

    /** A failure that no recipe of the revision caused. */
    public Failure(String stage, String why) {
      this(stage, Optional.empty(), why, Optional.empty());
    }
  }

  /** Cuts times to milliseconds. */
  public FailedRun {
    startedAt = startedAt.truncatedTo(ChronoUnit.MILLIS);
    endedAt = endedAt.truncatedTo(ChronoUnit.MILLIS);
  }

  static FailedRun parse(byte[] json) throws MalformedException {
    StrictJson object = StrictJson.parse("failed run", json);
    Subject subject =
        new Subject(
            object.value("runKey", RunKey::ofHex),
            object.value("repository", RepoId::new),
            object.value("tree", TreeId::new),
            object.text("target"),
            object.texts("arguments"));
    Instant startedAt = object.instant("started");
    Instant endedAt = object.instant("ended");
    Failure failure =
        new Failure(
            object.text("stage"),
            object.has("exitCode")
                ? Optional.of((int) object.number("exitCode"))
                : Optional.empty(),
            object.text("why"),
            object.has("tests") ? Optional.of(TestReport.read(object)) : Optional.empty());
    object.end();
    return new FailedRun(subject, startedAt, endedAt, failure);
  }

  /** The form that {@link #parse} reads. */
  public ObjectNode json() {
    ObjectNode object = JsonTree.object();
    object.put("runKey", subject.key().hex());
    object.put("repository", subject.repo().text());
    object.put("tree", subject.tree().hex());
    object.put("target", subject.target());
    subject.arguments().forEach(object.putArray("arguments")::add);
    object.put("started", startedAt.toString());
    object.put("ended", endedAt.toString());
    object.put("stage", failure.stage());
    failure.exitCode().ifPresent(code -> object.put("exitCode", code));
    object.put("why", failure.why());
    failure.tests().ifPresent(tests -> tests.addTo(object));
    return object;
  }
}
