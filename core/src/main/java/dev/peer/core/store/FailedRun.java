package dev.peer.core.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.id.TreeId;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.StrictJson;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * A run that did not pass, kept for inspection. It is unsigned and no result: it is never replayed,
 * and no other peer learns of it.
 *
 * @param key the run's key
 * @param repo the repository
 * @param tree the revision's tree
 * @param target mk's target
 * @param arguments further arguments of mk
 * @param startedAt when it began
 * @param endedAt when it ended
 * @param stage in which stage
 * @param exitCode mk's exit code, where a recipe failed
 * @param why one line
 */
public record FailedRun(
    RunKey key,
    RepoId repo,
    TreeId tree,
    String target,
    List<String> arguments,
    Instant startedAt,
    Instant endedAt,
    String stage,
    Optional<Integer> exitCode,
    String why) {

  /** Copies the arguments, and cuts times to milliseconds. */
  public FailedRun {
    arguments = List.copyOf(arguments);
    startedAt = startedAt.truncatedTo(ChronoUnit.MILLIS);
    endedAt = endedAt.truncatedTo(ChronoUnit.MILLIS);
  }

  static FailedRun parse(byte[] json) throws MalformedException {
    StrictJson object = StrictJson.parse("failed run", json);
    FailedRun run =
        new FailedRun(
            object.value("runKey", RunKey::ofHex),
            object.value("repository", RepoId::new),
            object.value("tree", TreeId::new),
            object.text("target"),
            object.texts("arguments"),
            object.value("started", FailedRun::instant),
            object.value("ended", FailedRun::instant),
            object.text("stage"),
            object.has("exitCode")
                ? Optional.of((int) object.number("exitCode"))
                : Optional.empty(),
            object.text("why"));
    object.end();
    return run;
  }

  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("not a time (2030-01-31T12:00:00Z expected)", e);
    }
  }

  /** The form that {@link #parse} reads. */
  public ObjectNode json() {
    ObjectNode object = StrictJson.object();
    object.put("runKey", key.hex());
    object.put("repository", repo.text());
    object.put("tree", tree.hex());
    object.put("target", target);
    arguments.forEach(object.putArray("arguments")::add);
    object.put("started", startedAt.toString());
    object.put("ended", endedAt.toString());
    object.put("stage", stage);
    exitCode.ifPresent(code -> object.put("exitCode", code));
    object.put("why", why);
    return object;
  }
}
