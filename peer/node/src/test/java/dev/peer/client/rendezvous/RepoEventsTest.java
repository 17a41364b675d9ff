package dev.peer.client.rendezvous;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.client.announce.AnnounceAndLookupTest;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.tls.TestAuthority;
import dev.peer.wire.LargeFilesKey;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class RepoEventsTest {

  private static final RepoId REPO = new RepoId("git.example.org/team/project");
  private static final Duration LONG = Duration.ofMinutes(1);

  private static TestAuthority team;

  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> notices = new LinkedBlockingQueue<>();
  private ScriptedStreams rendezvous;
  private RepoEvents events;

  @BeforeAll
  static void issue() {
    team = new TestAuthority("team");
  }

  @BeforeEach
  void start() throws Exception {
    rendezvous = new ScriptedStreams(team.issue("spiffe://team/rendezvous"));
  }

  @AfterEach
  void stop() throws Exception {
    events.close();
    rendezvous.close();
  }

  @Test
  void tellsWhatPassed() throws Exception {
    follow(LONG);
    rendezvous.thenIsSilent(ScriptedStreams.HEAD + event("passed", "1", 1) + event("gone", "2", 1));

    assertThat(rendezvous.request())
        .contains(
            "GET /v1/repos/git.example.org%2Fteam%2Fproject/events HTTP/1.1",
            "Accept: text/event-stream")
        .noneMatch(line -> line.startsWith("Last-Event-ID"));
    assertThat(told.take()).isEqualTo("spiffe://team/laptop " + key(1));
    assertThat(told).isEmpty();
    assertThat(notices).isEmpty();
  }

  /** A rendezvous of before 0.6 tells of them. */
  @Test
  void passesOverFilesOfGitLfs() throws Exception {
    follow(LONG);
    rendezvous.thenIsSilent(
        ScriptedStreams.HEAD
            + event("passed", "1", LargeFilesKey.of(REPO))
            + event("passed", "2", 1));

    assertThat(told.take()).isEqualTo("spiffe://team/laptop " + key(1));
  }

  @Test
  void goesOnWhereTheStreamBrokeOff() throws Exception {
    follow(LONG);
    rendezvous.thenEnds(ScriptedStreams.HEAD + event("passed", "41", 1) + "event: passed\nid: 42");
    rendezvous.thenIsSilent(ScriptedStreams.HEAD + event("passed", "42", 2));

    assertThat(rendezvous.request()).noneMatch(line -> line.startsWith("Last-Event-ID"));
    assertThat(rendezvous.request()).contains("Last-Event-ID: 41");
    assertThat(told.take()).endsWith(key(1).hex());
    assertThat(told.take()).endsWith(key(2).hex());
  }

  @Test
  void aResetIsFollowedByWhatThereIs() throws Exception {
    follow(LONG);
    rendezvous.thenEnds(ScriptedStreams.HEAD + event("passed", "9", 1));
    rendezvous.thenEnds(
        ScriptedStreams.HEAD + "event: reset\nid: 1\ndata: {}\n\n" + event("passed", "2", 1));
    rendezvous.thenIsSilent(ScriptedStreams.HEAD);

    rendezvous.request();
    assertThat(rendezvous.request()).contains("Last-Event-ID: 9");
    assertThat(rendezvous.request()).contains("Last-Event-ID: 2");
    assertThat(told).hasSize(2);
  }

  @Test
  void leavesAStreamThatHasGoneSilent() throws Exception {
    follow(Duration.ofSeconds(2));
    rendezvous.thenIsSilent(ScriptedStreams.HEAD + event("passed", "5", 1));
    rendezvous.thenIsSilent(ScriptedStreams.HEAD);

    rendezvous.request();
    assertThat(rendezvous.request()).contains("Last-Event-ID: 5");
    assertThat(notices.take())
        .startsWith("results of " + REPO + " are not followed, trying on: rendezvous ")
        .contains("the transfer stalled");
    assertThat(notices.take()).startsWith("results of " + REPO + " are followed again at ");
  }

  @Test
  void leavesAStreamOfNonsense() throws Exception {
    follow(LONG);
    rendezvous.thenIsSilent(ScriptedStreams.HEAD + "event: passed\nid: 1\ndata: {\"a\":1}\n\n");
    rendezvous.thenIsSilent(ScriptedStreams.HEAD + event("passed", "2", 1));

    rendezvous.request();
    assertThat(rendezvous.request()).noneMatch(line -> line.startsWith("Last-Event-ID"));
    assertThat(told.take()).endsWith(key(1).hex());
    assertThat(notices.take()).contains("nonsense");
  }

  @Test
  void waitsAsLongAsItIsTold() throws Exception {
    follow(LONG);
    rendezvous.thenEnds(
        "HTTP/1.1 429 Too Many\r\n"
            + "Retry-After: 0\r\n"
            + "Connection: close\r\n"
            + "Content-Length: 0\r\n\r\n");
    rendezvous.thenIsSilent(ScriptedStreams.HEAD + event("passed", "1", 1));

    assertThat(told.take()).endsWith(key(1).hex());
    assertThat(notices.take()).contains("status 429");
    assertThat(notices.take()).contains("followed again");
  }

  @Test
  void endsWhenItIsClosed() throws Exception {
    follow(LONG);
    rendezvous.thenIsSilent(ScriptedStreams.HEAD + event("passed", "1", 1));
    told.take();

    events.close();

    assertThat(notices).isEmpty();
  }

  private void follow(Duration silence) {
    events =
        new RepoEvents(
            team.peer("spiffe://team/daemon"),
            new RepoEvents.Source(rendezvous.address(), REPO),
            AnnounceAndLookupTest.PATIENCE,
            silence,
            (peer, key) -> told.add(peer + " " + key),
            notices::add);
    events.start();
  }

  private static String event(String type, String id, int number) {
    return event(type, id, key(number));
  }

  private static String event(String type, String id, RunKey key) {
    return "event: "
        + type
        + "\nid: "
        + id
        + "\ndata: {\"runKey\":\""
        + key
        + "\",\"peer\":\"spiffe://team/laptop\",\"addresses\":[\"https://127.0.0.1:1\"]}\n\n";
  }

  private static RunKey key(int number) {
    return new RunKey(Digest.of(new byte[] {(byte) number}));
  }
}
