package dev.peer.core.record;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.json.JsonTree;
import java.util.ArrayList;
import java.util.List;

/**
 * The counts of the tests in a run's reports. They are what the tests wrote: no verdict depends on
 * them.
 *
 * @param tests how many tests the reports name
 * @param failed how many of them failed, or ended with an error
 * @param skipped how many of them were skipped or are disabled
 * @param reports how many reports were read
 * @param unread how many reports could not be read; their tests are not counted
 */
public record TestCounts(int tests, int failed, int skipped, int reports, int unread) {

  /** Refuses counts that no reports have. */
  public TestCounts {
    if (tests < 0
        || failed < 0
        || skipped < 0
        || (long) failed + skipped > tests
        || reports < 0
        || unread < 0
        || (reports == 0 && (tests > 0 || unread == 0))) {
      throw new IllegalArgumentException(
          "not the counts of reports: "
              + List.of(tests, failed, skipped, reports, unread)
              + " (tests, failed, skipped, reports, unread)");
    }
  }

  /** The counts for a person, to follow a comma. */
  @Override
  public String toString() {
    List<String> parts = new ArrayList<>();
    if (reports > 0) {
      parts.add(tests + (tests == 1 ? " test" : " tests"));
    }
    if (failed > 0) {
      parts.add(failed + " failed");
    }
    if (skipped > 0) {
      parts.add(skipped + " skipped");
    }
    if (unread > 0) {
      parts.add(unread + (unread == 1 ? " report" : " reports") + " not read");
    }
    return String.join(", ", parts);
  }

  /** The form that {@link #read} reads. */
  public ObjectNode json() {
    return JsonTree.object()
        .put("count", tests)
        .put("failed", failed)
        .put("skipped", skipped)
        .put("reports", reports)
        .put("unread", unread);
  }

  /** Reads counts; the object is read to its end. */
  public static TestCounts read(StrictJson json) throws MalformedException {
    try {
      TestCounts counts =
          new TestCounts(
              count(json, "count"),
              count(json, "failed"),
              count(json, "skipped"),
              count(json, "reports"),
              count(json, "unread"));
      json.end();
      return counts;
    } catch (IllegalArgumentException e) {
      throw new MalformedException(e.getMessage(), e);
    }
  }

  private static int count(StrictJson json, String field) throws MalformedException {
    return Math.clamp(json.number(field), -1, Integer.MAX_VALUE);
  }
}
