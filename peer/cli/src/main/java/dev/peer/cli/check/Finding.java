package dev.peer.cli.check;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.json.JsonTree;
import dev.peer.report.ExitCode;
import java.util.List;
import java.util.Locale;

/**
 * One check of {@code peer doctor}, and its outcome.
 *
 * @param name its subject, one word
 * @param what one line
 * @param mend the remedy, one line; empty if nothing is wrong
 */
record Finding(String name, Verdict verdict, String what, String mend) {

  /** How it is. */
  enum Verdict {
    OK,
    /** Something cannot be done here, or not for long. */
    WARNING,
    /** The settings do not work, because they are wrong. */
    MISCONFIGURED,
    /** The settings do not work, because what they name is missing or broken. */
    BROKEN
  }

  static Finding ok(String name, String what) {
    return new Finding(name, Verdict.OK, what, "");
  }

  static Finding warning(String name, String what, String mend) {
    return new Finding(name, Verdict.WARNING, what, mend);
  }

  static Finding misconfigured(String name, String what, String mend) {
    return new Finding(name, Verdict.MISCONFIGURED, what, mend);
  }

  static Finding broken(String name, String what, String mend) {
    return new Finding(name, Verdict.BROKEN, what, mend);
  }

  /** The lines for people. */
  List<String> lines() {
    String line = String.format(Locale.ROOT, "%-8s %-12s %s", word(), name, what);
    return mend.isEmpty() ? List.of(line) : List.of(line, " ".repeat(22) + "fix: " + mend);
  }

  ObjectNode json() {
    ObjectNode json = JsonTree.object();
    json.put("check", name);
    json.put("verdict", word());
    json.put("what", what);
    if (!mend.isEmpty()) {
      json.put("mend", mend);
    }
    return json;
  }

  private String word() {
    return switch (verdict) {
      case OK -> "ok";
      case WARNING -> "warning";
      case MISCONFIGURED, BROKEN -> "error";
    };
  }

  /** The exit code for this finding. */
  ExitCode exitCode() {
    return switch (verdict) {
      case OK, WARNING -> ExitCode.PASSED;
      case MISCONFIGURED -> ExitCode.USAGE;
      case BROKEN -> ExitCode.INFRASTRUCTURE;
    };
  }
}
