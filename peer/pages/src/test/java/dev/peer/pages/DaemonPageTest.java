package dev.peer.pages;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.access.AccessRules;
import dev.peer.http.Https;
import dev.peer.tls.TestAuthority;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DaemonPageTest {

  private static final String MARKUP = "</td><script>alert(1)</script>";
  private static final String EVERYTHING_OF_THE_MACHINE = "1 of at most 2";

  private static TestAuthority team;

  @TempDir private Path directory;
  private volatile AccessRules rules = AccessRules.open();
  private volatile Optional<DaemonView> now = Optional.of(Daemons.busy(MARKUP));
  private PagesServer server;

  @BeforeAll
  static void issue() {
    team = new TestAuthority("team");
  }

  @BeforeEach
  void start() throws Exception {
    KeptRuns kept = new KeptRuns(team, directory);
    server =
        PagesServer.of(team, new Pages(() -> rules, kept.judge(), Optional.of(() -> now)), kept);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void showsEverythingToOneWhoMayFetchFromEveryRepository() throws Exception {
    assertThat(server.page("/ui/")).contains("href=\"/ui/daemon\"");
    assertThat(server.page("/ui/daemon"))
        .contains(
            Daemons.OPEN.text(),
            Daemons.SECRET.text(),
            "waiting, place 1",
            "not known",
            "next 2030-01-31T03:00:00Z",
            "It cannot be watched now",
            "700.0 MiB",
            "3 files of Git LFS",
            EVERYTHING_OF_THE_MACHINE,
            "it was damaged or changed");
  }

  @Test
  void showsNothingOfOtherRepositoriesOrOfTheMachine() throws Exception {
    rules = PagesServer.rules(Daemons.OPEN.text() + " => anyone; * => uri:spiffe://team/other");

    assertThat(server.page("/ui/daemon"))
        .contains(Daemons.OPEN.text(), "700.0 MiB", "next 2030-01-31T03:00:00Z")
        .doesNotContain(
            Daemons.SECRET.text(),
            "lint",
            "place 1",
            "unknown",
            "not known",
            "Git LFS",
            "damaged",
            "memory",
            EVERYTHING_OF_THE_MACHINE);
  }

  @Test
  void aRuleForSomeRepositoriesIsNoneForTheMachine() throws Exception {
    rules = PagesServer.rules("git.example.org/* => uri:spiffe://team/reader");

    assertThat(server.page("/ui/daemon"))
        .contains(Daemons.OPEN.text(), Daemons.SECRET.text())
        .doesNotContain(EVERYTHING_OF_THE_MACHINE, "damaged", "not known");
  }

  @Test
  void showsAMemberWithoutARuleNothing() throws Exception {
    rules = PagesServer.rules("uri:spiffe://team/other");

    Https.Answer answer = server.get("/ui/daemon");
    assertThat(answer.status()).isEqualTo(403);
    assertThat(new String(answer.body(), UTF_8)).doesNotContain(Daemons.OPEN.text(), "Queue");
  }

  @Test
  void takesNothingFromOutsideForMarkup() throws Exception {
    assertThat(server.page("/ui/daemon"))
        .contains("&lt;script&gt;")
        .doesNotContain("<script", " style=", " onerror");
  }

  @Test
  void aDaemonThatStartsSaysSo() throws Exception {
    now = Optional.empty();

    Https.Answer answer = server.get("/ui/daemon");
    assertThat(answer.status()).isEqualTo(429);
    assertThat(new String(answer.body(), UTF_8)).contains("the daemon is starting");
  }

  @Test
  void aPeerWithoutADaemonHasNoSuchPage() throws Exception {
    server.close();
    KeptRuns kept = new KeptRuns(team, directory);
    server = PagesServer.of(team, new Pages(() -> rules, kept.judge(), Optional.empty()), kept);

    assertThat(server.get("/ui/daemon").status()).isEqualTo(404);
    assertThat(server.page("/ui/")).doesNotContain("/ui/daemon");
  }
}
