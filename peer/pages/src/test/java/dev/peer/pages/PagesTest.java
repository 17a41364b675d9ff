package dev.peer.pages;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peer.core.access.AccessRules;
import dev.peer.core.record.OutputStreamName;
import dev.peer.core.record.StageTimes;
import dev.peer.core.record.TestCounts;
import dev.peer.core.store.Hit;
import dev.peer.core.store.HitLog;
import dev.peer.core.store.SentLog;
import dev.peer.core.store.StoredRecord;
import dev.peer.http.Https;
import dev.peer.tls.TestAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PagesTest {

  private static final String SCRIPT = "<script>alert(1)</script>";
  private static final String MARKUP = "\"><img src=x onerror=alert(1)>";
  private static final String OPEN = "git.example.org/open";
  private static final String SECRET = "git.example.org/secret";

  private static TestAuthority team;

  @TempDir private Path directory;
  private KeptRuns kept;
  private volatile AccessRules rules;
  private PagesServer server;

  @BeforeAll
  static void issue() {
    team = new TestAuthority("team");
  }

  @BeforeEach
  void start() throws Exception {
    kept = new KeptRuns(team, directory);
    rules = AccessRules.open();
    Pages pages = new Pages(() -> rules, kept.judge(), Optional.empty());
    server = PagesServer.of(team, pages, kept);
  }

  @AfterEach
  void stop() {
    server.close();
    kept.all().forEach(StoredRecord::close);
  }

  @Test
  void listsResultsAndLinksToEach() throws Exception {
    StoredRecord record = add(OPEN, "test");

    assertThat(server.page("/ui/"))
        .contains("results 1 to 1 of 1", OPEN, "spiffe://team/signer", path(record));
    assertThat(server.get("/").status()).isEqualTo(303);
    assertThat(server.get("/").header("Location")).contains("/ui/");
  }

  @Test
  void filtersAndPages() throws Exception {
    for (int i = 0; i < 60; i++) {
      add(OPEN, "test", "N=" + i);
    }
    add(OPEN, "lint");

    assertThat(server.page("/ui/"))
        .contains("results 1 to 50 of 61", "?page=2", "61 runs, which ended")
        .doesNotContain("Newer");
    assertThat(server.page("/ui/?page=2"))
        .contains("results 51 to 61 of 61")
        .doesNotContain("Older");
    assertThat(server.page("/ui/?page=99")).contains("results 51 to 61 of 61");
    assertThat(server.page("/ui/?target=lint"))
        .contains("results 1 to 1 of 1", "value=\"lint\"")
        .doesNotContain("<svg");
    assertThat(server.page("/ui/?target=test&page=2")).contains("target=test").contains("51 to 60");
    assertThat(server.page("/ui/?signer=nobody")).contains("no results");
    assertThat(server.get("/ui/?page=0").status()).isEqualTo(400);
    assertThat(server.get("/ui/?target=%FF").status()).isEqualTo(400);
  }

  @Test
  void drawsTheHitsOfTheListedResultsOfWhatTheReaderMayFetch() throws Exception {
    StoredRecord open = add(OPEN, "test");
    StoredRecord lint = add(OPEN, "lint");
    StoredRecord secret = add(SECRET, "test");
    assertThat(server.page("/ui/")).doesNotContain("Hits, and the time");
    for (StoredRecord hit : List.of(open, open, lint, secret)) {
      HitLog.add(hit, new Hit(Instant.now(), true, Duration.ofSeconds(90), Duration.ofMillis(500)));
    }

    assertThat(server.page("/ui/")).contains("Hits, and the time", "4 hits on this machine");
    assertThat(server.page("/ui/?target=lint"))
        .contains("1 hit on this machine, ", " s ago: 0 in the store, 1 from other peers.")
        .contains("in all 1 min 29 s.");
    rules = PagesServer.rules(OPEN + " => uri:spiffe://team/reader");
    assertThat(server.page("/ui/")).contains("3 hits on this machine");
  }

  @Test
  void showsWhatAResultWasGoodForHere() throws Exception {
    StoredRecord record = add(OPEN, "test");
    assertThat(server.page(path(record))).doesNotContain("<dt>Hits</dt>", "<dt>Sent</dt>");
    assertThat(server.page("/ui/")).doesNotContain("Sent to other peers");

    HitLog.add(record, new Hit(Instant.now(), true, Duration.ofSeconds(90), Duration.ZERO));
    SentLog.add(record, Instant.now());

    assertThat(server.page(path(record)))
        .contains("<dt>Hits</dt><dd>1 here, saved 1 min 30 s</dd>")
        .contains("<dt>Sent</dt><dd>1 time to other peers</dd>");
    assertThat(server.page("/ui/")).contains("<summary>Sent to other peers</summary>", "1 time, ");
  }

  @Test
  void showsAResultWithItsEvidenceAndOutput() throws Exception {
    StoredRecord record =
        kept.add(
            KeptRuns.inputs(OPEN, "test"),
            KeptRuns.Traces.output("\u001b[1;31mred\u001b[m plain\n", "!oops\n"));

    assertThat(server.page(path(record)))
        .contains(
            "<p class=\"verdict\">Passed</p>",
            "spiffe://team/signer signed the result.",
            "The machine started from a blank disk.",
            "<span class=\"f1 bold\">red</span> plain",
            "<li id=\"L2\" class=\"err\"",
            "<span class=\"stream\">err</span><code>oops</code>");
  }

  @Test
  void showsTheStagesOfARunThatStatesThem() throws Exception {
    KeptRuns.Traces none = new KeptRuns.Traces(List.of(), Map.of(), Optional.empty());
    StoredRecord before = kept.add(KeptRuns.inputs(OPEN, "old"), none, StageTimes.UNSTATED);

    assertThat(server.page(path(add(OPEN, "test"))))
        .contains(
            "<h2 id=\"timeline\">Stages</h2>",
            "<li><span>prepare</span> <span>7.0 s</span> <svg viewBox=\"0 0 1000 10\""
                + " preserveAspectRatio=\"none\" aria-hidden=\"true\">"
                + "<rect x=\"67\" y=\"0\" width=\"233\" height=\"10\"></rect></svg></li>",
            "together they took 30.0 s.");
    assertThat(server.page(path(before))).contains("Output over time").doesNotContain("Stages");
  }

  @Test
  void showsTestsThatFailedBeforeAnythingElse() throws Exception {
    String report =
        "<testsuite><testcase classname='a' name='"
            + "&lt;script&gt;'><failure message='"
            + "&lt;b&gt;no'/></testcase></testsuite>";
    StoredRecord record =
        kept.add(
            KeptRuns.inputs(OPEN, "test"),
            new KeptRuns.Traces(
                List.of(),
                Map.of("report.xml", report),
                Optional.of(new TestCounts(1, 1, 0, 1, 0))));

    String page = server.page(path(record));
    assertThat(page).contains("failed test: a.&lt;script&gt;: &lt;b&gt;no");
    assertThat(page.indexOf("Failed tests")).isLessThan(page.indexOf("What ran"));
  }

  @Test
  void takesNothingFromOutsideForMarkup() throws Exception {
    String name = "<script>alert(1)<" + "\u00a0script>";
    StoredRecord record =
        kept.add(
            KeptRuns.inputs(OPEN, "test", SCRIPT, MARKUP),
            new KeptRuns.Traces(
                List.of(SCRIPT + "\n", "!" + MARKUP + "\u001b]0;title\u0007\u001b[2J\n", "</code>"),
                Map.of(name, "x", "a/" + MARKUP.replace("/", ""), "y"),
                Optional.empty()));

    for (String path :
        List.of(
            "/ui/",
            path(record),
            "/ui/?target=%3Cscript%3Ealert(1)%3C%2Fscript%3E",
            "/ui/?signer=%22%3E%3Cimg+src%3Dx%3E",
            "/ui/%3Cscript%3E")) {
      assertThat(new String(server.get(path).body(), UTF_8))
          .as(path)
          .doesNotContain("<script", "<img", "\u001b", "\u0007")
          .startsWith("<!DOCTYPE html>");
    }
    assertThat(server.page(path(record))).contains("^[]0;title^G^[[2J", "&lt;/code&gt;");
  }

  @Test
  void allowsPagesNothingButTheirStyle() throws Exception {
    StoredRecord record = add(OPEN, "test");

    for (String path : List.of("/ui/", path(record), "/ui/none", "/ui/style.css")) {
      Https.Answer answer = server.get(path);
      assertThat(answer.header("Content-Security-Policy"))
          .as(path)
          .contains(
              "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self';"
                  + " base-uri 'none'; frame-ancestors 'none'");
      assertThat(answer.header("X-Content-Type-Options")).contains("nosniff");
      assertThat(answer.header("Cross-Origin-Resource-Policy")).contains("same-origin");
      assertThat(new String(answer.body(), UTF_8))
          .doesNotContain(" style=", " onerror", "src=", "http:", "https:");
    }
  }

  @Test
  void givesArtifactsAndOutputAsAttachments() throws Exception {
    StoredRecord record =
        kept.add(
            KeptRuns.inputs(OPEN, "test"),
            new KeptRuns.Traces(
                List.of("<b>out\n"), Map.of("site/\"<é>.html", SCRIPT), Optional.empty()));

    for (PagePath path :
        List.of(
            new PagePath.File(record.key(), "site/\"<é>.html"),
            new PagePath.Output(record.key(), OutputStreamName.STDOUT))) {
      Https.Answer answer = server.get(path.text());
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("Content-Type")).contains("application/octet-stream");
      assertThat(answer.header("X-Content-Type-Options")).contains("nosniff");
      assertThat(answer.header("Content-Security-Policy")).contains("default-src 'none'; sandbox");
      assertThat(answer.header("Content-Disposition").orElse(""))
          .matches("attachment; filename\\*=UTF-8''[A-Za-z0-9.%_~-]+");
    }
    assertThat(server.get(new PagePath.File(record.key(), "site/\"<é>.html").text()).body())
        .isEqualTo(SCRIPT.getBytes(UTF_8));
    assertThat(server.get(new PagePath.File(record.key(), "../../../lock").text()).status())
        .isEqualTo(404);
  }

  @Test
  void showsNothingToAMemberWithoutARule() throws Exception {
    StoredRecord record = add(SECRET, "test");
    rules = PagesServer.rules("uri:spiffe://team/other");

    for (String path :
        List.of(
            "/ui/",
            path(record),
            new PagePath.Output(record.key(), OutputStreamName.STDOUT).text(),
            new PagePath.File(record.key(), "x").text())) {
      Https.Answer answer = server.get(path);
      assertThat(answer.status()).as(path).isEqualTo(403);
      assertThat(new String(answer.body(), UTF_8)).doesNotContain(SECRET, "signer");
    }
  }

  @Test
  void showsOnlyRepositoriesThatTheReaderMayFetchFrom() throws Exception {
    add(OPEN, "test");
    StoredRecord secret = add(SECRET, "test");
    rules =
        PagesServer.rules(
            OPEN + " => uri:spiffe://team/reader; " + SECRET + " => uri:spiffe://team/other");

    assertThat(server.page("/ui/")).contains(OPEN, "1 to 1 of 1").doesNotContain(SECRET);
    assertThat(server.page("/ui/?repo=" + SECRET.replace("/", "%2F"))).contains("no results");
    assertThat(server.get(path(secret)).status()).isEqualTo(403);
  }

  @Test
  void showsAStrangerNothing() throws Exception {
    add(OPEN, "test");
    TestAuthority other = new TestAuthority("other");

    try (Https stranger = server.client(team.peer(other.issue(PagesServer.READER)))) {
      assertThatThrownBy(() -> stranger.send("GET", "/ui/")).isInstanceOf(IOException.class);
    }
  }

  @Test
  void refusesAResultThatNoLongerHolds() throws Exception {
    StoredRecord record = add(OPEN, "test");
    byte[] bundle = Files.readAllBytes(record.bundleFile());
    bundle[bundle.length / 2] ^= 1;
    Files.write(record.bundleFile(), bundle);

    Https.Answer answer = server.get(path(record));
    assertThat(answer.status()).isEqualTo(422);
    assertThat(new String(answer.body(), UTF_8)).contains("the result is refused");
  }

  @Test
  void hasNoOtherMethod() throws Exception {
    try (Https client = server.client(team.peer(PagesServer.READER))) {
      assertThat(client.send("POST", "/ui/").status()).isEqualTo(405);
      assertThat(client.send("HEAD", "/ui/").status()).isEqualTo(200);
    }
  }

  private StoredRecord add(String repo, String target, String... arguments) throws Exception {
    return kept.add(
        KeptRuns.inputs(repo, target, arguments), KeptRuns.Traces.output("one\n", "!two\n"));
  }

  private static String path(StoredRecord record) {
    return new PagePath.Result(record.key()).text();
  }
}
