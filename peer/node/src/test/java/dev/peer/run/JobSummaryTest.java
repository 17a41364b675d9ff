package dev.peer.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.json.JsonTree;
import dev.peer.core.record.TestCounts;
import dev.peer.core.record.TestReport;
import dev.peer.core.record.TestReport.FailedTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobSummaryTest {

  private static final String HOSTILE =
      "</code></table><script>x</script>\n\n# title\r\n\n[a](http://b) `c` | d \u2028 &amp; \"'";

  @TempDir private Path directory;

  @Test
  void noTextOfATestOrRepositoryIsReadAsMarkupOrMarkdown() {
    ObjectNode json = JsonTree.object().put("target", HOSTILE).put("repository", HOSTILE);
    TestReport tests =
        new TestReport(new TestCounts(3, 2, 0, 1, 0), List.of(new FailedTest(HOSTILE, HOSTILE)));

    String block = JobSummary.of(json, "failed", HOSTILE, Optional.empty(), Optional.of(tests));

    String safe =
        "&lt;/code&gt;&lt;/table&gt;&lt;script&gt;x&lt;/script&gt;??# title???[a](http://b) `c` | d"
            + " ? &amp;amp; &quot;&#39;";
    assertThat(block)
        .isEqualTo(
            """

            <h3>peer: <code>SAFE</code> failed, 3 tests, 2 failed</h3>
            <table>
            <tr><th>why</th><td><code>SAFE</code></td></tr>
            <tr><th>tests</th><td><code>3 tests, 2 failed</code></td></tr>
            <tr><th>repository</th><td><code>SAFE</code></td></tr>
            </table>
            <ul>
            <li><code>failed test: SAFE: SAFE</code></li>
            <li><code>1 more failed</code></li>
            </ul>

            """
                .replace("SAFE", safe));
  }

  @Test
  void goesBelowWhatOtherStepsOfTheJobWrote() throws Exception {
    Path file = Files.writeString(directory.resolve("summary"), "others\n");

    JobSummary.append(file, "ours\n");

    assertThat(file).hasContent("others\nours\n");
  }

  @Test
  void isWrittenOnlyWhereTheVariableNamesAFile() {
    assertThat(JobSummary.file(Map.of())).isEmpty();
    assertThat(JobSummary.file(Map.of("GITHUB_STEP_SUMMARY", ""))).isEmpty();
    assertThat(JobSummary.file(Map.of("GITHUB_STEP_SUMMARY", "/a/b"))).contains(Path.of("/a/b"));
  }
}
