package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What peer says of the single tests, from the reports that they write. */
@Timeout(600)
class ReportsIT {

  private static final String MKFILE =
      """
      test:VQ:
      \tmkdir -p reports
      \tcp a.xml b.xml cut.xml reports
      fails:VQ: test
      \texit 3
      test-reports:V: /var/run/ci/artifacts/all
      /var/run/ci/artifacts/all:Q:
      \tmkdir $target && cp reports/*.xml $target
      /var/run/ci/artifacts/released:Q:
      \techo released and said >&2; echo released >$target
      """;

  private static final String A =
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuite name="A" tests="2">
        <testcase classname="A" name="passes" time="0.1"/>
        <testcase classname="A" name="waits"><skipped/></testcase>
      </testsuite>
      """;

  private static final String B =
      """
      <testsuites><testsuite name="B"><testcase classname="B" name="also passes"/>
        <testcase classname="B" name="fails"><failure
          message="&lt;/code&gt;&lt;img src=x&gt; | @team&#10;second line"/></testcase>
      </testsuite></testsuites>
      """;

  private static final String CUT = "<testsuite><testcase name='lost'>";

  private Team team;
  private Repository repository;

  @BeforeEach
  void makeTeam() throws Exception {
    team = Team.create();
    repository =
        team.repository("reported", MKFILE)
            .write("a.xml", A)
            .write("b.xml", B)
            .write("cut.xml", CUT)
            .commit();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    assertThat(team.machines()).isEmpty();
    assertThat(team.scratch()).isEmpty();
    team.close();
  }

  @Test
  void aPassSaysWhatTheReportsCountWhereverItIsShown() throws Exception {
    team.startRendezvous();
    String counts = "4 tests, 1 failed, 1 skipped, 1 report not read";
    Path summary = Files.writeString(team.root().resolve("summary"), "# Job\n");
    Peer laptop = team.peer("laptop").with("GITHUB_STEP_SUMMARY", summary.toString());

    Run run = laptop.start(repository, "run");
    run.awaitLine("^peer: serving the result");

    assertThat(run.stderr())
        .contains("peer: the test report all/cut.xml is not counted: it is not well-formed\n")
        .contains("peer: failed test: B.fails: </code><img src=x> | @team\n")
        .containsPattern("peer: passed, " + counts + ", in [0-9.]+ s\n");
    assertThat(laptop.here().run(repository, "ls").hasExitCode(0).stdout())
        .contains(", " + counts + ", ");
    assertThat(laptop.here().run(repository, "show").hasExitCode(0).stdout())
        .containsPattern("tests +" + counts + "\n");
    hasCounts(laptop.here().run(repository, "ls", "--json").stdout(), "/results/0/tests");
    hasCounts(laptop.here().run(repository, "show", "--json").stdout(), "/tests");

    Peer ci = team.peer("ci").withoutQemu().with("GITHUB_STEP_SUMMARY", summary.toString());
    Run replay = ci.here().run(repository, "replay", "--json").hasExitCode(0);
    hasCounts(replay.stdout(), "/tests");
    assertThat(replay.stderr()).containsPattern("peer: passed, " + counts + ", replayed: ");
    assertThat(Files.readString(summary))
        .startsWith("# Job\n\n<h3>peer: <code>test</code> passed, " + counts + "</h3>\n<table>\n")
        .containsPattern("<th>ran by</th><td><code>[^<]*laptop</code>")
        .contains("every byte of the bundle; holds until ")
        .contains("every byte that was fetched; holds until ")
        .containsPattern("<th>got from</th><td><code>[^<]*laptop</code>")
        .doesNotContain("<img");
    run.signal("TERM").await().hasExitCode(0);
  }

  @Test
  void aFailingRunNamesTheFirstFailuresAndStaysWhatItIs() throws Exception {
    Path summary = team.root().resolve("summary");
    Peer laptop = team.peer("laptop").with("GITHUB_STEP_SUMMARY", summary.toString());

    Run run = laptop.run(repository, "run", "--exit", "--json", "fails").hasExitCode(1);

    String counts = "4 tests, 1 failed, 1 skipped, 1 report not read";
    assertThat(run.stderr())
        .contains("peer: failed test: B.fails: </code><img src=x> | @team\n")
        .contains("peer: failed: the stage test ended with 1, " + counts + "\n")
        .doesNotContain("released");
    JsonNode json = new ObjectMapper().readTree(run.stdout());
    assertThat(json.at("/outcome").asText()).isEqualTo("failed");
    assertThat(json.at("/failedTests/0/name").asText()).isEqualTo("B.fails");
    hasCounts(run.stdout(), "/tests");
    hasCounts(
        laptop.here().run(repository, "show", "--failed", "--json").hasExitCode(0).stdout(),
        "/tests");
    assertThat(laptop.here().run(repository, "show", "--failed").hasExitCode(0).stdout())
        .containsPattern("tests +" + counts + "\n +failed test: B.fails: ");
    assertThat(Files.readString(summary))
        .contains("<h3>peer: <code>fails</code> failed, " + counts + "</h3>\n")
        .contains(
            "<li><code>failed test: B.fails: &lt;/code&gt;&lt;img src=x&gt; | @team</code></li>\n");
  }

  private static void hasCounts(String json, String at) throws Exception {
    JsonNode tests = new ObjectMapper().readTree(json).at(at);
    assertThat(tests.toString())
        .isEqualTo("{\"count\":4,\"failed\":1,\"skipped\":1,\"reports\":2,\"unread\":1}");
  }
}
