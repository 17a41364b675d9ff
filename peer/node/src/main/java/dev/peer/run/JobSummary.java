package dev.peer.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.find.Replayable;
import dev.peer.core.id.Printable;
import dev.peer.core.record.RunRecord;
import dev.peer.core.record.TestCounts;
import dev.peer.core.record.TestReport;
import dev.peer.core.sign.Evidence;
import dev.peer.core.sign.VerifiedAttestation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a CI job's page shows of a run: GitHub and Forgejo name a file for it in {@value #VARIABLE}.
 *
 * <p>The file is Markdown, and this part of it one block of HTML: it has no empty line, so nothing
 * in it is read as Markdown, and every text in it is escaped.
 */
public final class JobSummary {

  /** The variable that names the file. */
  public static final String VARIABLE = "GITHUB_STEP_SUMMARY";

  private JobSummary() {}

  /** The file that these variables name. */
  public static Optional<Path> file(Map<String, String> environment) {
    return Optional.ofNullable(environment.get(VARIABLE))
        .filter(name -> !name.isEmpty())
        .map(name -> Path.of(name).toAbsolutePath());
  }

  /**
   * A result that a run made or took.
   *
   * @param facts its rows of the table
   * @param tests what its reports count
   */
  record Result(Map<String, String> facts, Optional<TestCounts> tests) {

    static Result of(Replayable result) {
      VerifiedAttestation verified = result.verified().attestation();
      RunRecord record = verified.record();
      Map<String, String> facts = new LinkedHashMap<>();
      facts.put("ran by", verified.signer().id().text());
      facts.put(
          "ran",
          record.startedAt()
              + " to "
              + record.finishedAt()
              + " ("
              + Results.duration(record)
              + ")"
              + Results.tries(record));
      facts.put("verified", verified(verified.evidence(), result.holder().isPresent()));
      result.holder().ifPresent(holder -> facts.put("got from", holder.text()));
      return new Result(facts, record.tests());
    }

    private static String verified(Evidence evidence, boolean fetched) {
      return "signature, certificate and "
          + (fetched ? "every byte that was fetched" : "every byte of the bundle")
          + "; holds until "
          + evidence.until()
          + evidence
              .timestamp()
              .map(stamp -> " by the timestamp of " + stamp.time() + " of " + stamp.authority())
              .orElse(" by the certificate");
    }
  }

  /**
   * The block.
   *
   * @param json what {@code --json} says of the run
   * @param message why it did not pass; empty if it did
   * @param tests the reports of a run that did not pass
   */
  static String of(
      ObjectNode json,
      String outcome,
      String message,
      Optional<Result> result,
      Optional<TestReport> tests) {
    Optional<TestCounts> counts =
        result.isPresent() ? result.get().tests() : tests.map(TestReport::counts);
    StringBuilder html = new StringBuilder("\n<h3>peer: ");
    if (json.has("target")) {
      html.append(code(json.path("target").asText())).append(' ');
    }
    html.append(escaped(outcome + counts.map(all -> ", " + all).orElse(""))).append("</h3>\n");
    html.append("<table>\n");
    if (!message.isEmpty()) {
      row(html, "why", message);
    }
    counts.ifPresent(all -> row(html, "tests", all.toString()));
    result.ifPresent(found -> found.facts().forEach((name, value) -> row(html, name, value)));
    for (String name : List.of("repository", "commit", "tree", "runKey", "trace")) {
      if (json.has(name)) {
        row(html, name.equals("runKey") ? "run" : name, json.path(name).asText());
      }
    }
    html.append("</table>\n");
    if (tests.isPresent() && !tests.get().failures().isEmpty()) {
      html.append("<ul>\n");
      tests
          .get()
          .failureLines()
          .forEach(line -> html.append("<li>").append(code(line)).append("</li>\n"));
      html.append("</ul>\n");
    }
    return html.append('\n').toString();
  }

  private static void row(StringBuilder html, String name, String value) {
    html.append("<tr><th>").append(escaped(name)).append("</th><td>").append(code(value));
    html.append("</td></tr>\n");
  }

  /** As code: a forge makes no links and no mentions of it. */
  private static String code(String text) {
    return "<code>" + escaped(text) + "</code>";
  }

  private static String escaped(String text) {
    return Printable.plain(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  /** Appends a block to the job's file. */
  static void append(Path file, String block) throws IOException {
    Files.write(
        file,
        block.getBytes(StandardCharsets.UTF_8),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }
}
