package dev.peer.pages;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.access.AccessRules;
import dev.peer.core.id.Digest;
import dev.peer.http.Https;
import dev.peer.http.ServerLimits;
import dev.peer.tls.TestAuthority;
import dev.peer.wire.PercentEncoding;
import dev.peer.wire.RunEnd;
import dev.peer.wire.RunState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RendezvousPagesTest {

  private static final String REPO = "git.example.org/team/project";
  private static final String LAPTOP = "spiffe://team/laptop";
  private static final String CI = "spiffe://team/ci";

  private static TestAuthority team;

  private final AnnouncedRuns announced = new AnnouncedRuns(REPO);
  private volatile AccessRules rules = AccessRules.open();
  private PagesServer server;

  @BeforeAll
  static void issue() {
    team = new TestAuthority("team");
  }

  @BeforeEach
  void start() throws Exception {
    RendezvousPages pages = new RendezvousPages(() -> rules, announced);
    server = new PagesServer(team, ServerLimits.RENDEZVOUS, pages::serve);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void asksForTheNameOfARepository() throws Exception {
    announced.add(1, LAPTOP, RunState.PASSED);

    assertThat(server.page("/ui/"))
        .contains("<dt>Processes of peers here</dt><dd>2</dd>", "name=\"repo\"")
        .doesNotContain(REPO, LAPTOP);
    assertThat(server.get("/").header("Location")).contains("/ui/");
    assertThat(server.get("/ui/style.css").status()).isEqualTo(200);
    assertThat(server.get("/ui/results/" + AnnouncedRuns.key(1).hex()).status()).isEqualTo(404);
  }

  @Test
  void showsWhoHoldsRunsAndFailedWhat() throws Exception {
    announced.add(1, LAPTOP, RunState.PASSED);
    announced.add(1, CI, RunState.PASSED);
    announced.addAtRelay(2, LAPTOP);
    announced.add(3, CI, RunState.RUNNING);
    announced.add(4, CI, RunState.of(new RunEnd.Failed("test", Optional.of(2), Instant.now())));
    announced.add(5, CI, RunState.FAILED);

    String page = server.page(of(REPO));
    assertThat(page)
        .contains(
            "1 has 1 holder, 1 has 2 holders.",
            "results 1 to 2 of 2",
            "https://laptop.example.org:7443/ui/results/" + AnnouncedRuns.key(1).hex(),
            "in test, exit code 2, 0 s ago",
            "not told",
            "relay.example.org:7444 (relay)",
            "https://laptop.example.org:7443/ui/runs/" + AnnouncedRuns.key(3).hex())
        .containsOnlyOnce("<code>" + AnnouncedRuns.key(3).hex());
    assertThat(page.indexOf("<code>" + AnnouncedRuns.key(2).hex()))
        .as("the one with the fewest holders comes first")
        .isLessThan(page.indexOf("<code>" + AnnouncedRuns.key(1).hex()));
    assertThat(server.page(of("git.example.org/none"))).contains("Nobody.", "no results");
  }

  @Test
  void showsHitsAndWhoSaidSo() throws Exception {
    assertThat(server.page(of(REPO))).contains("No peer has told this rendezvous of a hit.");
    Instant earlier = Instant.now().minusSeconds(600);
    announced.addHit(1, CI, LAPTOP, earlier, Duration.ofSeconds(30));
    announced.addHit(1, CI, LAPTOP, Instant.now(), Duration.ofSeconds(40));
    announced.addHit(2, LAPTOP, CI, Instant.now(), Duration.ofMinutes(3));

    String page = server.page(of(REPO));
    assertThat(page)
        .contains(
            "3 hits saved 4 min 10 s, as the peers that took the results say.",
            "3 hits, the first 10 min ago. Above the line how many",
            row(CI, LAPTOP, 2, "1 min 10 s"),
            row(LAPTOP, CI, 1, "3 min 0 s"),
            "<rect class=\"saved\"");
    assertThat(page.indexOf(row(CI, LAPTOP, 2, "1 min 10 s")))
        .isLessThan(page.indexOf(row(LAPTOP, CI, 1, "3 min 0 s")));
    assertThat(server.page(of(REPO) + "&key=" + AnnouncedRuns.key(2).hex()))
        .contains("1 hit saved 3 min 0 s", row(LAPTOP, CI, 1, "3 min 0 s"))
        .doesNotContain(row(CI, LAPTOP, 2, "1 min 10 s"));
    assertThat(server.page(of("git.example.org/none"))).doesNotContain(LAPTOP, "<rect");
  }

  private static String row(String by, String holder, int hits, String saved) {
    return "<td role=\"cell\" data-label=\"Said by\">"
        + by
        + "</td><td role=\"cell\" data-label=\"Taken from\">"
        + holder
        + "</td><td role=\"cell\" class=\"short\" data-label=\"Hits\">"
        + hits
        + "</td><td role=\"cell\" class=\"short\" data-label=\"Saved\">"
        + saved
        + "</td>";
  }

  @Test
  void showsRuntimesApartFromRuns() throws Exception {
    Digest image = Digest.of(new byte[] {1});
    Digest other = Digest.of(new byte[] {2});
    announced.add(1, LAPTOP, RunState.PASSED);
    announced.addRuntime(image, CI, RunState.RUNNING);
    announced.addRuntime(other, LAPTOP, RunState.PASSED);

    String page = server.page(of(REPO));
    assertThat(page)
        .contains(
            image + "</code></td><td role=\"cell\" data-label=\"Peer\">" + CI,
            "data-label=\"State\">preparing",
            "data-label=\"State\">ready",
            "results 1 to 1 of 1",
            "maker.example.org:7443")
        .contains("<h2 id=\"running\">In progress</h2>\n<p>Nothing.</p>")
        .doesNotContain("/ui/runs/");
    assertThat(server.page(of(REPO) + "&key=" + AnnouncedRuns.key(1).hex().substring(0, 8)))
        .doesNotContain(image.toString(), "maker.example.org");
  }

  @Test
  void findsARunByItsKey() throws Exception {
    for (int i = 0; i < 60; i++) {
      announced.add(i, LAPTOP, RunState.PASSED);
    }

    String whole = AnnouncedRuns.key(7).hex();
    assertThat(server.page(of(REPO))).contains("results 1 to 50 of 60", "&amp;page=2");
    assertThat(server.page(of(REPO) + "&page=2")).contains("results 51 to 60 of 60");
    assertThat(server.page(of(REPO) + "&page=9")).contains("results 51 to 60 of 60");
    assertThat(server.page(of(REPO) + "&key=" + whole.substring(0, 12)))
        .contains("results 1 to 1 of 1", whole);
    assertThat(server.page(of(REPO) + "&key=" + whole)).contains("results 1 to 1 of 1", whole);
    assertThat(server.page(of(REPO) + "&key=" + "0".repeat(64))).contains("no results");
    assertThat(server.get(of(REPO) + "&page=0").status()).isEqualTo(400);
    assertThat(server.get(of("with a blank")).status()).isEqualTo(400);
  }

  @Test
  void takesNothingFromOutsideForMarkup() throws Exception {
    announced.add(1, "spiffe://team/<script>alert(1)</script>", RunState.PASSED);
    announced.add(2, "\"><img src=x onerror=alert(1)>", RunState.RUNNING);
    announced.addRuntime(Digest.of(new byte[0]), "<img src=y>", RunState.RUNNING);
    announced.addHit(1, "<img src=z>", "<script>", Instant.now(), Duration.ZERO);

    for (String path :
        List.of(of(REPO), of("<script>"), of(REPO) + "&key=%22%3E%3Cimg", "/ui/%3Cscript%3E")) {
      Https.Answer answer = server.get(path);
      assertThat(new String(answer.body(), UTF_8))
          .as(path)
          .startsWith("<!DOCTYPE html>")
          .doesNotContain("<script", "<img", " style=");
      assertThat(answer.header("Content-Security-Policy").orElse(""))
          .startsWith("default-src 'none'; style-src 'self';");
    }
  }

  @Test
  void showsNothingToAMemberWithoutARule() throws Exception {
    announced.add(1, LAPTOP, RunState.PASSED);
    announced.addHit(1, LAPTOP, CI, Instant.now(), Duration.ofSeconds(1));
    rules = PagesServer.rules("uri:spiffe://team/other");

    for (String path : List.of("/ui/", of(REPO))) {
      Https.Answer answer = server.get(path);
      assertThat(answer.status()).as(path).isEqualTo(403);
      assertThat(new String(answer.body(), UTF_8)).doesNotContain(LAPTOP, CI, "here</dt>");
    }
  }

  @Test
  void showsOnlyRepositoriesThatTheReaderMayLookUp() throws Exception {
    announced.add(1, LAPTOP, RunState.PASSED);
    rules = PagesServer.rules("git.example.org/open => uri:spiffe://team/reader");

    assertThat(server.page("/ui/")).contains("name=\"repo\"");
    assertThat(server.get(of(REPO)).status()).isEqualTo(403);
    assertThat(server.get(of(REPO) + "&key=" + AnnouncedRuns.key(1).hex()).status()).isEqualTo(403);
    assertThat(server.page(of("git.example.org/open"))).contains("no results");
  }

  private static String of(String repo) {
    return "/ui/?repo=" + PercentEncoding.encode(repo);
  }
}
