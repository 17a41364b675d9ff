package dev.peer.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.json.JsonTree;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.StrictJson;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/** How a run has ended, as the peer says that ran it. Nothing of it is signed. */
public sealed interface RunEnd {

  /** The names of stages. */
  Pattern STAGE = Pattern.compile("[a-z][a-z-]{0,31}");

  /** It passed, and that peer serves the signed result. */
  record Passed() implements RunEnd {}

  /**
   * A recipe of the revision failed, or the revision cannot be run as it is.
   *
   * @param stage where
   * @param exitCode mk's exit code, where it is one
   * @param at when
   */
  record Failed(String stage, Optional<Integer> exitCode, Instant at) implements RunEnd {

    /** Refuses a text that is no stage's name. */
    public Failed {
      requireStage(stage);
      if (exitCode.isPresent() && !isExitCode(exitCode.get())) {
        throw new IllegalArgumentException("not the exit code of a failure (1 to 255 expected)");
      }
    }

    /**
     * Reads {@code {"stage":"test","exitCode":1,"at":"2030-01-31T12:00:00Z"}}, where the exit code
     * may be missing.
     */
    public static Failed parse(byte[] json) throws MalformedException {
      return read(StrictJson.parse("failure", json));
    }

    static Failed read(StrictJson object) throws MalformedException {
      Failed failed = fields(object);
      object.end();
      return failed;
    }

    private static Failed fields(StrictJson object) throws MalformedException {
      return new Failed(
          object.value("stage", RunEnd::requireStage),
          object.has("exitCode") ? Optional.of(RunEnd.exitCode(object)) : Optional.empty(),
          object.instant("at"));
    }

    void write(ObjectNode object) {
      object.put("stage", stage);
      exitCode.ifPresent(code -> object.put("exitCode", code));
      object.put("at", at.toString());
    }

    /** The form that {@link #parse} reads, as part of others. */
    public byte[] bareJson() {
      ObjectNode object = JsonTree.object();
      write(object);
      return JsonTree.bytes(object);
    }
  }

  /** There is no outcome: it was interrupted, its machine failed, or another run has it. */
  record BrokenOff() implements RunEnd {}

  /** Whether a process that fails may end with this. */
  static boolean isExitCode(long code) {
    return code >= 1 && code <= 255;
  }

  /** Refuses a name that no stage has: lower case letters and dashes, at most 32. */
  static String requireStage(String name) {
    if (!STAGE.matcher(name).matches()) {
      throw new IllegalArgumentException("not a stage (such as post-test)");
    }
    return name;
  }

  /**
   * Reads {@code {"end":"passed"}}, {@code {"end":"broken-off"}} or {@code
   * {"end":"failed","stage":"test","exitCode":1,"at":"2030-01-31T12:00:00Z"}}, where the exit code
   * may be missing.
   */
  static RunEnd parse(byte[] json) throws MalformedException {
    StrictJson object = StrictJson.parse("end", json);
    RunEnd end =
        switch (object.text("end")) {
          case "passed" -> new Passed();
          case "broken-off" -> new BrokenOff();
          case "failed" -> Failed.fields(object);
          default -> throw new MalformedException("end: passed, failed or broken-off was expected");
        };
    object.end();
    return end;
  }

  private static int exitCode(StrictJson object) throws MalformedException {
    long code = object.number("exitCode");
    if (!isExitCode(code)) {
      throw new MalformedException("end.exitCode: 1 to 255 was expected");
    }
    return (int) code;
  }

  /** The form that {@link #parse} reads. */
  default byte[] json() {
    ObjectNode object = JsonTree.object();
    switch (this) {
      case Passed _ -> object.put("end", "passed");
      case BrokenOff _ -> object.put("end", "broken-off");
      case Failed failed -> {
        object.put("end", "failed");
        failed.write(object);
      }
    }
    return JsonTree.bytes(object);
  }
}
