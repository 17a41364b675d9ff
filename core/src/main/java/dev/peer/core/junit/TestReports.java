package dev.peer.core.junit;

import dev.peer.core.id.Digest;
import dev.peer.core.record.Artifact;
import dev.peer.core.record.RunFiles;
import dev.peer.core.record.TestCounts;
import dev.peer.core.record.TestReport;
import dev.peer.core.record.TestReport.FailedTest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * All reports of one run. A test that two reports name by the same class and name counts once, as
 * the worse of the two has it; one that a report names twice counts twice. Of two reports with the
 * same bytes one counts.
 */
public final class TestReports {

  private static final int MOST_FILES = 10_000;
  private static final int MOST_TESTS = 200_000;
  private static final long LARGEST = 32L << 20;
  private static final long LARGEST_ALL = 256L << 20;

  private final UnaryOperator<String> mask;
  private final Consumer<String> notes;
  private final Map<Digest, Outcome> outcomes = new HashMap<>();
  private final List<FailedTest> failures = new ArrayList<>();
  private final Set<Digest> contents = new HashSet<>();
  private int reports;
  private int unread;
  private int files;
  private long bytes;

  private TestReports(UnaryOperator<String> mask, Consumer<String> notes) {
    this.mask = mask;
    this.notes = notes;
  }

  /**
   * Reads the reports among the artifacts: the files with the ending {@code .xml} that are one.
   *
   * @param mask takes secrets out of a text
   * @param notes receives a line for each report that cannot be read
   * @return what they say; empty if there is none
   */
  public static Optional<TestReport> read(
      RunFiles files, List<Artifact> artifacts, UnaryOperator<String> mask, Consumer<String> notes)
      throws IOException {
    TestReports all = new TestReports(mask, notes);
    for (Artifact artifact : artifacts) {
      if (artifact instanceof Artifact.File file
          && file.path().toLowerCase(Locale.ROOT).endsWith(".xml")
          && all.contents.add(file.content().digest())) {
        all.add(files, file);
      }
    }
    return all.report();
  }

  private void add(RunFiles run, Artifact.File file) throws IOException {
    files++;
    boolean fits =
        files <= MOST_FILES && file.size() <= LARGEST && bytes + file.size() <= LARGEST_ALL;
    try (InputStream in = Files.newInputStream(run.artifact(file))) {
      Optional<List<TestCase>> tests = ReportParser.read(in, fits, MOST_TESTS - outcomes.size());
      if (tests.isPresent()) {
        reports++;
        bytes += file.size();
        add(tests.get());
      }
    } catch (UnreadableException e) {
      unread++;
      notes.accept(
          mask.apply("the test report " + file.shown() + " is not counted: it " + e.getMessage()));
    }
  }

  private void add(List<TestCase> tests) {
    Map<Digest, Integer> seen = new HashMap<>();
    for (TestCase test : tests) {
      int time = seen.merge(digest(test.group(), test.name(), 0), 1, Integer::sum);
      Digest id = digest(test.group(), test.name(), time);
      Outcome before = outcomes.get(id);
      Outcome now = before == null ? test.outcome() : before.worse(test.outcome());
      outcomes.put(id, now);
      if (now == Outcome.FAILED
          && before != Outcome.FAILED
          && failures.size() < TestReport.MOST_FAILURES) {
        failures.add(
            new FailedTest(mask.apply(test.shown()), firstLine(mask.apply(test.message()))));
      }
    }
  }

  private static Digest digest(String group, String name, int time) {
    return Digest.of((group + '\0' + name + '\0' + time).getBytes(StandardCharsets.UTF_8));
  }

  private static String firstLine(String text) {
    return text.lines().map(String::strip).filter(line -> !line.isEmpty()).findFirst().orElse("");
  }

  private Optional<TestReport> report() {
    if (reports == 0 && unread == 0) {
      return Optional.empty();
    }
    TestCounts counts =
        new TestCounts(
            outcomes.size(), count(Outcome.FAILED), count(Outcome.SKIPPED), reports, unread);
    return Optional.of(new TestReport(counts, failures));
  }

  private int count(Outcome outcome) {
    return Math.toIntExact(outcomes.values().stream().filter(one -> one == outcome).count());
  }
}
