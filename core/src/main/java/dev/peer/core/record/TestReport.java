package dev.peer.core.record;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.Printable;
import java.util.ArrayList;
import java.util.List;

/**
 * What a run's reports say of its tests.
 *
 * @param failures the first tests that failed
 */
public record TestReport(TestCounts counts, List<FailedTest> failures) {

  /** The most failures of one report. */
  public static final int MOST_FAILURES = 10;

  /** Copies the list; refuses a longer one. */
  public TestReport {
    failures = List.copyOf(failures);
    if (failures.size() > Math.min(MOST_FAILURES, counts.failed())) {
      throw new IllegalArgumentException("more failures than counted: " + failures.size());
    }
  }

  /**
   * A test that failed, fit to be shown.
   *
   * @param name its name, with that of its class
   * @param message the first line of why; can be empty
   */
  public record FailedTest(String name, String message) {

    private static final int LONGEST = 200;

    /** Cuts the texts, and takes control characters out. */
    public FailedTest {
      name = shown(name);
      message = shown(message);
    }

    private static String shown(String text) {
      return Printable.plain(text.length() > LONGEST ? text.substring(0, LONGEST) + "..." : text);
    }

    @Override
    public String toString() {
      return message.isEmpty() ? name : name + ": " + message;
    }
  }

  /** A line for each of the first failures, and one for the others. */
  public List<String> failureLines() {
    List<String> lines = new ArrayList<>();
    failures.forEach(failure -> lines.add("failed test: " + failure));
    int more = counts.failed() - failures.size();
    if (more > 0) {
      lines.add(more + " more failed");
    }
    return lines;
  }

  /** Adds the counts and the failures to an object, as {@link #read} reads them. */
  public void addTo(ObjectNode json) {
    json.set("tests", counts.json());
    ArrayNode failed = json.putArray("failedTests");
    failures.forEach(
        failure ->
            failed.addObject().put("name", failure.name()).put("message", failure.message()));
  }

  /** Reads what {@link #addTo} added to an object. */
  public static TestReport read(StrictJson json) throws MalformedException {
    TestCounts counts = TestCounts.read(json.object("tests"));
    List<FailedTest> failures = new ArrayList<>();
    for (StrictJson failure : json.objects("failedTests")) {
      failures.add(new FailedTest(failure.text("name"), failure.text("message")));
      failure.end();
    }
    try {
      return new TestReport(counts, failures);
    } catch (IllegalArgumentException e) {
      throw new MalformedException(e.getMessage(), e);
    }
  }
}
