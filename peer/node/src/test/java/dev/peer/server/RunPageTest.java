package dev.peer.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.access.AccessRules;
import dev.peer.core.find.Acceptance;
import dev.peer.core.key.RunInputs;
import dev.peer.core.record.OutputStreamName;
import dev.peer.core.sign.SignedRuns;
import dev.peer.http.Https;
import dev.peer.http.ServerLimits;
import dev.peer.http.ServerSettings;
import dev.peer.pages.Pages;
import dev.peer.pages.ResultJudge;
import dev.peer.tls.TestAuthority;
import dev.peer.wire.RunEnd;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page of a run in progress at the server whose followers see it too. */
@Timeout(120)
class RunPageTest {

  private static final RunInputs RUN = SignedRuns.inputs("test");

  @TempDir private Path directory;

  @Test
  void showsARunUntilItHasEnded() throws Exception {
    TestAuthority team = new TestAuthority("team");
    Pages pages =
        new Pages(
            AccessRules::open,
            new ResultJudge(
                () -> {
                  throw new AssertionError("a run in progress is no result");
                },
                Acceptance.EVERYTHING,
                () -> {
                  throw new AssertionError("a run in progress is not unpacked");
                }),
            Optional.empty());
    try (PeerServer server =
            PeerServer.start(
                team.peer("spiffe://team/laptop"),
                AccessRules::open,
                HeldFiles.NONE,
                Optional.empty(),
                Optional.of(pages),
                ServerSettings.quiet(Https.LOOPBACK, ServerLimits.PEER));
        Https reader = new Https(team.peer("spiffe://team/reader"), server.address())) {
      LiveRun run = new LiveRun(RUN.repo(), RUN.key(), RUN.goal());
      server.addRun(run);
      String path = "/ui/runs/" + RUN.key().hex();
      assertThat(text(reader, path)).contains("About to begin", RUN.repo().text());
      run.begin(directory.resolve("live"));
      run.stage("test");
      byte[] output = "one <b>\n".getBytes(UTF_8);
      run.write(OutputStreamName.STDERR, output, 0, output.length);

      assertThat(text(reader, "/ui/")).contains("In progress", path);
      assertThat(text(reader, path)).contains("Running, stage test", "<code>one &lt;b&gt;</code>");

      run.end(new RunEnd.Failed("test", Optional.of(1), Instant.now()));
      assertThat(text(reader, "/ui/")).doesNotContain("In progress");
      assertThat(reader.send("GET", path).status()).isEqualTo(404);
      assertThat(reader.send("GET", path + "/events?after=0-0").status()).isEqualTo(404);
    }
  }

  private static String text(Https reader, String path) throws Exception {
    return new String(reader.send("GET", path).body(), UTF_8);
  }
}
