package dev.peer.pages;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.peer.core.access.AccessRule;
import dev.peer.core.access.AccessRules;
import dev.peer.core.access.SignRules;
import dev.peer.core.access.Verb;
import dev.peer.core.find.Acceptance;
import dev.peer.core.id.PeerId;
import dev.peer.core.record.StageTimes;
import dev.peer.core.record.TestCounts;
import dev.peer.core.sign.SignedRuns;
import dev.peer.core.store.Hit;
import dev.peer.core.store.HitLog;
import dev.peer.core.store.StoredRecord;
import dev.peer.core.trust.Credentials;
import dev.peer.http.HttpCall;
import dev.peer.http.ProblemException;
import dev.peer.http.ServerLimits;
import dev.peer.pki.issue.PemText;
import dev.peer.tls.TestAuthority;
import dev.peer.wire.OutputFrame.Kind;
import dev.peer.wire.RelayStatus;
import dev.peer.wire.RunEnd;
import dev.peer.wire.RunState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The pages in a headless Chromium. Screenshots stay in {@code target/screenshots}. */
@Timeout(600)
class PagesIT {

  private static final Path SCRIPTS = Path.of("src", "test", "browser");
  private static final Path SCREENSHOTS = Path.of("target", "screenshots");
  private static final String MARKUP = "<script>alert(1)</script><img src=x onerror=alert(2)><b>";

  /** Colours differ by the scheme alone, and the layout by the width alone. */
  private static final List<String> EVERY_LOOK = List.of("light-360", "dark-1280");

  /** For what is the same in each: who is kept out. */
  private static final List<String> ONE_LOOK = EVERY_LOOK.subList(0, 1);

  private static Path modules;
  private static TestAuthority team;

  @TempDir private Path directory;
  private volatile AccessRules rules = AccessRules.open();
  private final DaemonView daemon = Daemons.busy(MARKUP);
  private KeptRuns kept;
  private PagesServer server;

  @BeforeAll
  static void find() {
    modules = Path.of("..", "..", "examples", "target", "pages-browser").toAbsolutePath();
    assertThat(modules.resolve("node_modules")).as("examples/verify installs it").exists();
    assumeThat(Files.isExecutable(Path.of("/usr/bin/chromium"))).as("chromium is there").isTrue();
    team = new TestAuthority("team");
  }

  @BeforeEach
  void start() throws Exception {
    kept = new KeptRuns(team, directory);
    Pages pages = new Pages(() -> rules, kept.judge(), Optional.of(() -> Optional.of(daemon)));
    server = PagesServer.of(team, pages, kept);
  }

  @AfterEach
  void stop() {
    server.close();
    kept.all().forEach(StoredRecord::close);
  }

  @Test
  void everyPageIsReadableAndNothingFromOutsideRuns() throws Exception {
    for (int i = 0; i < 55; i++) {
      kept.add(
          KeptRuns.inputs("git.example.org/team/project", "test", "SHARD=" + i),
          KeptRuns.Traces.output("passed\n"));
    }
    for (int i = 0; i < 300; i++) {
      HitLog.add(
          kept.all().get(i % 55),
          new Hit(
              Instant.now().minusSeconds(5L * i * i),
              i % 3 == 0,
              Duration.ofSeconds(20 + i % 90),
              Duration.ofMillis(400)));
    }
    StoredRecord hostile =
        kept.add(KeptRuns.inputs("git.example.org/x", "test", MARKUP), left(), stages());
    Path file = directory.resolve("result.html");
    try (OpenedResult opened = OpenedResult.of(hostile, kept.judge())) {
      Files.write(
          file,
          ResultDocument.of(
              opened.verified(), SignRules.everywhere(AccessRule.anyone()), Acceptance.EVERYTHING));
    }

    String result = new PagePath.Result(hostile.key()).text();
    List<String> paths =
        List.of(
            "/ui/",
            result,
            "/ui/?target=" + "%3Cscript%3E",
            "/ui/none",
            "/ui/daemon",
            file.toUri().toString());
    JsonNode looks = look(team.issue(PagesServer.READER), "pages", paths);
    assertReadable(looks, paths);
    assertThat(looks.get(0).path("text").asText()).contains("Hits, and the time that they saved");
    assertThat(looks.get(1).path("text").asText()).contains(MARKUP, "stderr of <i>a test</i>");
  }

  @Test
  void aRunInProgressIsReadable() throws Exception {
    ScriptedRun run = begin();
    List<String> paths = List.of(new PagePath.Run(run.key()).text(), "/ui/", "/ui/daemon");

    JsonNode looks = look(team.issue(PagesServer.READER), "run", paths);
    assertReadable(looks, paths);
    assertThat(looks.get(0).path("text").asText()).contains(MARKUP, "Running, stage test");
    run.awaitOnlookers(0);
  }

  private ScriptedRun begin() {
    return kept.begin(KeptRuns.inputs("git.example.org/x", "test", MARKUP), 10)
        .add(Kind.BEGUN, "")
        .stage("prepare")
        .add(Kind.STAGE_OUTPUT, "fetching " + MARKUP + "\n")
        .stage("test")
        .add(Kind.STDOUT, "\u001b[32mok\u001b[m 1\nbegun")
        .add(Kind.STDERR, "oops\n");
  }

  @Test
  void aBrowserFollowsARunAndObeysNothingOfIt() throws Exception {
    ScriptedRun run = begin();
    List<String> path = List.of(new PagePath.Run(run.key()).text());

    Process browser = node("follow.mjs", team.issue(PagesServer.READER), "follow", path);
    run.awaitFollowed();
    run.add(Kind.STDOUT, " and ended\n" + MARKUP + "\n</code></li></ol>");
    for (byte one : "\u001b[31m\u00e9\u001b[m\u001b]0;x\u0007".getBytes(UTF_8)) {
      run.add(Kind.STDOUT, new byte[] {one});
    }
    run.add(Kind.STDERR, "line\n".repeat(200)).add(Kind.STDOUT, "half a line");
    run.end(new RunEnd.Passed());
    JsonNode seen = seen(browser);

    assertThat(seen.path("plain").asText()).contains("Load it again", "begun");
    assertThat(seen.path("first").asText()).contains("begun").doesNotContain("ended");
    assertThat(seen.path("text").asText())
        .contains("begun and ended", MARKUP, "</code></li></ol>\u00e9^[]0;x^Ghalf a line")
        .doesNotContain("Load it again");
    assertThat(seen.path("lines")).hasSize(205);
    for (int i = 0; i < 205; i++) {
      assertThat(seen.path("lines").get(i).asText()).isEqualTo("L" + (i + 1));
    }
    assertThat(seen.path("atEnd").asBoolean()).isTrue();
    assertThat(seen.path("foreign").asInt()).isZero();
    for (String none : List.of("refused", "dialogs", "serious")) {
      assertThat(seen.path(none)).as(none).isEmpty();
    }
    run.awaitOnlookers(0);
  }

  @Test
  void everyPageOfARendezvousIsReadable() throws Exception {
    String peer = "spiffe://team/" + MARKUP.replace(" ", "");
    AnnouncedRuns announced = new AnnouncedRuns("git.example.org/team/project");
    for (int i = 0; i < 60; i++) {
      announced.add(i, i % 3 == 0 ? peer : "spiffe://team/laptop", RunState.PASSED);
      announced.addAtRelay(i / 2, "spiffe://team/ci");
    }
    announced.add(100, peer, RunState.RUNNING);
    announced.add(101, "spiffe://team/ci", RunState.of(failed()));
    RendezvousPages pages = new RendezvousPages(() -> rules, announced);
    server.close();
    server = new PagesServer(team, ServerLimits.RENDEZVOUS, pages::serve);

    List<String> paths =
        List.of(
            "/ui/",
            "/ui/?repo=git.example.org%2Fteam%2Fproject",
            "/ui/?repo=%3Cscript%3Ealert(1)%3C%2Fscript%3E",
            "/ui/none");
    JsonNode looks = look(team.issue(PagesServer.READER), "rendezvous", paths);
    assertReadable(looks, paths);
    assertThat(looks.get(1).path("text").asText())
        .contains(peer, "in test, exit code 2", "results 1 to 50 of 60");
    rules = PagesServer.rules("uri:spiffe://team/other");
    for (JsonNode look : glance(team.issue(PagesServer.READER), "member", paths.subList(0, 2))) {
      assertThat(look.path("status").asInt()).isEqualTo(403);
      assertThat(look.path("text").asText()).doesNotContain("spiffe://team/laptop", "Processes");
    }
  }

  @Test
  void thePageOfARelayIsReadable() throws Exception {
    List<RelayView.Entry> registered = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      registered.add(
          new RelayView.Entry(
              new PeerId(i % 4 == 0 ? "spiffe://team/" + MARKUP : "spiffe://team/laptop-" + i),
              Instant.now().minusSeconds(1_000L * i * i)));
    }
    server.close();
    server =
        new PagesServer(
            team,
            ServerLimits.PEER,
            call ->
                RelayPages.serve(
                    new CallAtRelay(call),
                    () -> {
                      call.require(() -> rules, Verb.FETCH);
                      return RelayView.of(new RelayStatus(20, 7, 123_456_789), registered);
                    }));

    List<String> paths = List.of("/ui/", "/ui/none");
    JsonNode looks = look(team.issue(PagesServer.READER), "relay", paths);
    assertReadable(looks, paths);
    assertThat(looks.get(0).path("text").asText())
        .contains(MARKUP, "spiffe://team/laptop-1", "117.7 MiB");
    rules = PagesServer.rules("uri:spiffe://team/other");
    for (JsonNode look : glance(team.issue(PagesServer.READER), "member", paths.subList(0, 1))) {
      assertThat(look.path("status").asInt()).isEqualTo(403);
      assertThat(look.path("text").asText()).doesNotContain("laptop", "Processes");
    }
  }

  /** The relay writes its answers itself; here a server does. */
  private record CallAtRelay(HttpCall call) implements RelayCall {

    @Override
    public String path() {
      return call.path();
    }

    @Override
    public void isOf(String template) throws ProblemException {
      call.requireMethod("GET");
      call.setTemplate(template);
    }

    @Override
    public void answer(int status, String mediaType, byte[] body, Map<String, String> headers)
        throws IOException {
      headers.forEach(call::set);
      call.answer(status, mediaType, body);
    }
  }

  private static RunEnd.Failed failed() {
    return new RunEnd.Failed("test", Optional.of(2), Instant.now());
  }

  private void assertReadable(JsonNode looks, List<String> paths) {
    assertThat(looks).hasSize(paths.size() * EVERY_LOOK.size());
    for (JsonNode look : looks) {
      String name = look.path("path") + " " + look.path("colorScheme") + " " + look.path("width");
      assertThat(look.path("failure").asText()).as(name).isEmpty();
      assertThat(look.path("status").asInt())
          .as(name)
          .isEqualTo(look.path("path").asText().equals("/ui/none") ? 404 : 200);
      assertThat(look.path("serious")).as(name).isEmpty();
      assertThat(look.path("passes").asInt()).as(name).isGreaterThan(10);
      assertThat(look.path("foreign")).as(name).isEmpty();
      assertThat(look.path("dialogs")).as(name).isEmpty();
      assertThat(look.path("styled").asInt()).as(name).isEqualTo(1);
      assertThat(look.path("overflows").asBoolean()).as(name).isFalse();
      for (JsonNode request : look.path("requests")) {
        assertThat(request.asText())
            .as(name)
            .matches("(\\Q" + server.origin() + "\\E/|file:///).*");
      }
    }
  }

  @Test
  void strangersAndMembersWithoutARuleSeeNothing() throws Exception {
    kept.add(KeptRuns.inputs("git.example.org/team/secret", "test"), left());
    rules = PagesServer.rules("uri:spiffe://team/other");

    JsonNode member = glance(team.issue(PagesServer.READER), "member", List.of("/ui/")).get(0);
    assertThat(member.path("status").asInt()).isEqualTo(403);
    assertThat(member.path("text").asText()).contains("may not fetch").doesNotContain("secret");
    rules = AccessRules.open();
    assertKeptOut(
        glance(new TestAuthority("other").issue(PagesServer.READER), "other", List.of("/ui/")));
    assertKeptOut(glance(null, "nobody", List.of("/ui/")));
    JsonNode friend = glance(team.issue(PagesServer.READER), "friend", List.of("/ui/")).get(0);
    assertThat(friend.path("text").asText()).contains("git.example.org/team/secret");
  }

  /**
   * The server refuses the certificate when the browser has already begun to send: it sees the
   * alert, or the end of the connection. A server that is not there is CONNECTION_REFUSED.
   */
  private static void assertKeptOut(JsonNode looks) {
    assertThat(looks).hasSize(1);
    JsonNode look = looks.get(0);
    assertThat(look.path("failure").asText() + look.path("text").asText())
        .containsPattern("SSL|SOCKET_NOT_CONNECTED|CONNECTION_CLOSED|CONNECTION_RESET")
        .doesNotContain("peer:", "secret");
    assertThat(look.path("status").asInt()).isNotEqualTo(200);
  }

  private static KeptRuns.Traces left() {
    List<String> output = new ArrayList<>();
    output.add("\u001b[1mrunning\u001b[m " + MARKUP + "\n");
    output.add("!\u001b[31mstderr of <i>a test</i>\u001b[m\n");
    for (int colour = 0; colour < 8; colour++) {
      output.add(
          "\u001b[3%dmtext %d\u001b[m \u001b[9%dmbright\u001b[m \u001b[4%dmon it\u001b[m \u001b[2mfaint\u001b[m%n"
              .formatted(colour, colour, colour, colour));
    }
    output.add("x".repeat(500) + "\n");
    output.add("line\n".repeat(200));
    String report =
        "<testsuite><testcase classname='a.Test' name='adds'><failure message='1 is not &lt;b>'/>"
            + "</testcase><testcase classname='a.Test' name='subtracts'/></testsuite>";
    return new KeptRuns.Traces(
        output,
        Map.of("reports/TEST-a.xml", report, "site/<img src=x>.html", MARKUP),
        Optional.of(new TestCounts(2, 1, 0, 1, 0)));
  }

  /** Among them one of the longest name. */
  private static StageTimes stages() {
    List<StageTimes.Stage> stages = new ArrayList<>(SignedRuns.STAGES.list());
    stages.add(new StageTimes.Stage("x".repeat(31), Duration.ZERO));
    return new StageTimes(stages);
  }

  /**
   * Looks at pages in each colour scheme and width.
   *
   * @param reader whose certificate the browser shows; null: none
   */
  private JsonNode look(Credentials reader, String name, List<String> paths)
      throws IOException, InterruptedException {
    return look(reader, name, EVERY_LOOK, paths);
  }

  /** Looks at pages once each. */
  private JsonNode glance(Credentials reader, String name, List<String> paths)
      throws IOException, InterruptedException {
    return look(reader, name, ONE_LOOK, paths);
  }

  private JsonNode look(Credentials reader, String name, List<String> looks, List<String> paths)
      throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of(String.join(",", looks)));
    arguments.addAll(paths);
    return seen(node("look.mjs", reader, name, arguments));
  }

  private Process node(String script, Credentials reader, String name, List<String> arguments)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "node", SCRIPTS.resolve(script).toString(), modules.toString(), server.origin()));
    if (reader == null) {
      command.addAll(List.of("-", "-"));
    } else {
      command.add(write("reader.pem", PemText.chain(reader)));
      command.add(write("reader-key.pem", PemText.privateKey(reader.privateKey())));
    }
    command.add(SCREENSHOTS.resolve(name).toString());
    command.addAll(arguments);
    return new ProcessBuilder(command)
        .redirectOutput(directory.resolve("seen.json").toFile())
        .redirectError(directory.resolve("said").toFile())
        .start();
  }

  /** What a script has seen, when it has ended. */
  private JsonNode seen(Process node) throws IOException, InterruptedException {
    try {
      assertThat(node.waitFor(400, TimeUnit.SECONDS)).as("it ends").isTrue();
    } finally {
      node.destroy();
    }
    assertThat(node.exitValue()).as(Files.readString(directory.resolve("said"))).isZero();
    return new ObjectMapper().readTree(directory.resolve("seen.json").toFile());
  }

  private String write(String name, String pem) throws IOException {
    return Files.writeString(directory.resolve(name), pem).toString();
  }
}
