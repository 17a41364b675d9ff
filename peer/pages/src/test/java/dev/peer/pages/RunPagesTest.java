package dev.peer.pages;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.access.AccessRules;
import dev.peer.core.id.RunKey;
import dev.peer.core.store.StoredRecord;
import dev.peer.http.Https;
import dev.peer.tls.Request;
import dev.peer.tls.Response;
import dev.peer.tls.TestAuthority;
import dev.peer.tls.TlsClient;
import dev.peer.wire.OutputFrame.Kind;
import dev.peer.wire.RunEnd;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class RunPagesTest {

  private static final String OPEN = "git.example.org/open";
  private static final String SCRIPT = "<script>alert(1)</script>";
  private static final int MOST = 3;

  private static TestAuthority team;

  @TempDir private Path directory;
  private volatile AccessRules rules = AccessRules.open();
  private KeptRuns kept;
  private ScriptedRun run;
  private PagesServer server;

  @BeforeAll
  static void issue() {
    team = new TestAuthority("team");
  }

  @BeforeEach
  void start() throws Exception {
    kept = new KeptRuns(team, directory);
    run = kept.begin(KeptRuns.inputs(OPEN, "test", SCRIPT), MOST);
    Pages pages = new Pages(() -> rules, kept.judge(), Optional.empty());
    server = PagesServer.of(team, pages, kept);
  }

  @AfterEach
  void stop() {
    run.end(new RunEnd.BrokenOff());
    server.close();
    kept.all().forEach(StoredRecord::close);
  }

  @Test
  void showsARunAsItIsNow() throws Exception {
    run.add(Kind.BEGUN, "").stage("prepare").add(Kind.STAGE_OUTPUT, "fetching\n");
    run.stage("test").add(Kind.STDOUT, "\u001b[31mred\u001b[m one\nno end");
    run.add(Kind.STDERR, "two\n");

    assertThat(server.page(path()))
        .contains(
            "Running, stage test",
            "<span class=\"bold\">prepare</span>",
            "<code>fetching</code>",
            "<li id=\"L1\" class=\"out\" value=\"1\">",
            "<span class=\"f1\">red</span> one",
            "<span class=\"stream\">err</span><code>two</code>",
            "<li class=\"out open\"><span class=\"number\"></span><code>no end</code>",
            "data-events=\"" + path() + "/events?after=3-2\"",
            "<noscript>");
    assertThat(server.page("/ui/")).contains("In progress", path());
    run.awaitOnlookers(0);
  }

  @Test
  void allowsThePageOfARunItsOwnScriptAndNoOther() throws Exception {
    Https.Answer answer = server.get(path());

    assertThat(answer.header("Content-Security-Policy"))
        .contains(
            "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src"
                + " 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
    assertThat(new String(answer.body(), UTF_8))
        .contains("<script src=\"/ui/run.js\" defer></script>")
        .doesNotContain(SCRIPT, " style=", " onerror", "http:", "https:");
    Https.Answer script = server.get("/ui/run.js");
    assertThat(script.header("Content-Type")).contains("text/javascript; charset=utf-8");
    assertThat(script.header("X-Content-Type-Options")).contains("nosniff");
    assertThat(server.get("/ui/").header("Content-Security-Policy").orElse(""))
        .doesNotContain("script-src");
  }

  @Test
  void sendsLinesAsTheyComeAndHowItEnded() throws Exception {
    run.add(Kind.BEGUN, "").stage("test").add(Kind.STDOUT, "one\n");
    try (Stream stream = new Stream("?after=0-0")) {
      assertThat(stream.await("output")).contains("id=\"L1\"", "<code>one</code>");
      run.add(Kind.STDOUT, "two");
      assertThat(stream.await("output"))
          .contains("<li class=\"out open\">", "<code>two</code>")
          .doesNotContain("one");
      run.add(Kind.STDOUT, " is whole\n");
      assertThat(stream.await("output")).contains("id=\"L2\"", "<code>two is whole</code>");
      run.end(new RunEnd.Passed());
      assertThat(stream.await("end"))
          .contains("Passed", "href=\"/ui/results/" + run.key().hex() + "\"");
      assertThat(stream.next()).isEmpty();
    }
    run.awaitOnlookers(0);
  }

  @Test
  void saysHowARunFailedOrWasBrokenOff() throws Exception {
    run.stage("test").add(Kind.STDOUT, "no end");
    run.end(new RunEnd.Failed("test", Optional.of(2), Instant.now()));
    ScriptedRun other = kept.begin(KeptRuns.inputs(OPEN, "lint"), MOST);
    try (Stream stream = new Stream(run, "?after=0-0");
        Stream brokenOff = new Stream(other, "?after=0-0")) {
      assertThat(stream.await("output")).contains("id=\"L1\"", "<code>no end</code>");
      assertThat(stream.await("end")).contains("Failed in test, exit code 2", "verdict not");
      other.end(new RunEnd.BrokenOff());
      assertThat(brokenOff.await("end")).contains("Broken off");
    }
  }

  @Test
  void goesOnWhereTheBrowserHasGotTo() throws Exception {
    run.stage("prepare").add(Kind.STAGE_OUTPUT, "a\nb\n").add(Kind.STDOUT, "one\ntwo\nthree\n");
    run.end(new RunEnd.BrokenOff());

    for (String[] asked : new String[][] {{"?after=2-2"}, {"?after=0-0", "Last-Event-ID", "2-2"}}) {
      String header = asked.length == 1 ? "Accept" : asked[1];
      String value = asked.length == 1 ? "text/event-stream" : asked[2];
      String body =
          new String(server.get(path() + "/events" + asked[0], header, value).body(), UTF_8);
      assertThat(body).contains("id=\"S3\"", "id=\"L3\"", "id: 3-3\n").endsWith("\n\n");
      assertThat(body).doesNotContain("id=\"S2\"", "id=\"L2\"");
    }
    assertThat(server.get(path() + "/events").status()).isEqualTo(400);
    assertThat(server.get(path() + "/events?after=x").status()).isEqualTo(400);
  }

  @Test
  void takesNothingFromARunForMarkupHoweverItIsCut() throws Exception {
    byte[] hostile =
        ("</code>"
                + SCRIPT
                + "\u001b]0;title\u0007\u001b[2J\u001b[31m\u00e9\u001b[m\r\ndata: x\n\n")
            .getBytes(UTF_8);
    for (byte one : hostile) {
      run.add(Kind.STDOUT, new byte[] {one});
      run.add(Kind.STDERR, new byte[] {(byte) 0xc3});
      run.add(Kind.STAGE_OUTPUT, new byte[] {one});
    }
    String page = server.page(path());
    run.end(new RunEnd.BrokenOff());
    String events = new String(server.get(path() + "/events?after=0-0").body(), UTF_8);

    for (String shown : List.of(page, events)) {
      assertThat(shown)
          .contains(
              "&lt;/code&gt;&lt;script&gt;alert(1)&lt;/script&gt;^[]0;title^G^[[2J<span"
                  + " class=\"f1\">\u00e9</span></code>",
              "<code>data: x</code>",
              "\ufffd")
          .doesNotContain(SCRIPT, "\u001b", "\u0007", "\r");
    }
    assertThat(events.lines())
        .allMatch(line -> line.isEmpty() || line.matches("(event|id|data): .*"));
  }

  @Test
  void showsNoMoreLinesThanAResultAndSaysSo() throws Exception {
    byte[] many = "x\n".repeat(12_000).getBytes(UTF_8);
    run.add(Kind.STDOUT, many);
    run.end(new RunEnd.Passed());

    String events = new String(server.get(path() + "/events?after=0-9999").body(), UTF_8);
    assertThat(events).contains("id=\"L10000\"", "2000 more lines are not shown");
    assertThat(events).doesNotContain("id=\"L10001\"", "id=\"L9999\"");
  }

  @Test
  void forgetsABrowserThatLeaves() throws Exception {
    try (Stream stream = new Stream("?after=0-0")) {
      assertThat(stream.await("state")).contains("About to begin");
      run.awaitOnlookers(1);
    }
    run.awaitOnlookers(0);
  }

  @Test
  void refusesMoreBrowsersThanMayLookOn() throws Exception {
    List<Stream> streams = new ArrayList<>();
    for (int i = 0; i < MOST; i++) {
      streams.add(new Stream("?after=0-0"));
      streams.getLast().await("state");
    }
    assertThat(server.get(path() + "/events?after=0-0").status()).isEqualTo(429);
    assertThat(server.get(path()).status()).isEqualTo(429);
    for (Stream stream : streams) {
      stream.close();
    }
    run.awaitOnlookers(0);
    assertThat(server.get(path()).status()).isEqualTo(200);
  }

  @Test
  void showsNothingToAMemberWithoutARule() throws Exception {
    rules = PagesServer.rules("uri:spiffe://team/other");
    assertKeptOut(403);
    rules = PagesServer.rules("git.example.org/other => anyone; * => uri:spiffe://team/other");
    assertKeptOut(403);
    assertThat(server.page("/ui/")).doesNotContain("In progress", OPEN);
  }

  private void assertKeptOut(int status) throws Exception {
    for (String path : List.of(path(), path() + "/events?after=0-0")) {
      Https.Answer answer = server.get(path);
      assertThat(answer.status()).as(path).isEqualTo(status);
      assertThat(new String(answer.body(), UTF_8)).doesNotContain("alert", "Running");
    }
    run.awaitOnlookers(0);
  }

  @Test
  void leadsToTheResultOfARunThatIsOver() throws Exception {
    StoredRecord record = kept.add(KeptRuns.inputs(OPEN, "over"), KeptRuns.Traces.output("one\n"));

    Https.Answer answer = server.get(new PagePath.Run(record.key()).text());
    assertThat(answer.status()).isEqualTo(303);
    assertThat(answer.header("Location")).contains(new PagePath.Result(record.key()).text());
    rules = PagesServer.rules("uri:spiffe://team/other");
    assertThat(server.get(new PagePath.Run(record.key()).text()).status()).isEqualTo(403);
    rules = AccessRules.open();
    assertThat(server.get(new PagePath.Run(RunKey.ofHex("a".repeat(64))).text()).status())
        .isEqualTo(404);
  }

  private String path() {
    return new PagePath.Run(run.key()).text();
  }

  /** The events as a browser gets them. */
  private final class Stream implements AutoCloseable {

    private final TlsClient client =
        TlsClient.ofService(team.peer(PagesServer.READER), Duration.ofSeconds(20));
    private final InputStream body;
    private final BufferedReader lines;

    Stream(String query) throws Exception {
      this(run, query);
    }

    Stream(ScriptedRun of, String query) throws Exception {
      Response answer =
          client.send(
              Request.get(
                  URI.create(server.origin() + new PagePath.RunEvents(of.key()).text() + query),
                  Duration.ofSeconds(20)));
      assertThat(answer.header("Content-Type")).contains("text/event-stream");
      body = answer.body();
      lines = new BufferedReader(new InputStreamReader(body, UTF_8));
    }

    /** The data of the next event of this type; others are passed over. */
    String await(String type) throws Exception {
      for (Optional<String> event = next(); event.isPresent(); event = next()) {
        if (event.get().startsWith("event: " + type + "\n")) {
          return event.get();
        }
      }
      throw new AssertionError("no " + type);
    }

    /** The next event; empty: there are no more. */
    Optional<String> next() throws Exception {
      StringBuilder event = new StringBuilder();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.isEmpty() && !event.isEmpty()) {
          return Optional.of(event.toString());
        }
        if (!line.isEmpty() && !line.equals(":")) {
          event.append(line).append('\n');
        }
      }
      return Optional.empty();
    }

    @Override
    public void close() throws IOException {
      body.close();
      client.close();
    }
  }
}
