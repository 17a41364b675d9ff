package dev.peer.rendezvous;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.access.AccessRule;
import dev.peer.core.access.AccessRules;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.http.Https;
import dev.peer.http.ServerLimits;
import dev.peer.tls.Request;
import dev.peer.tls.Response;
import dev.peer.tls.TestAuthority;
import dev.peer.tls.TlsClient;
import dev.peer.tls.TlsIdentity;
import dev.peer.wire.LargeFilesKey;
import dev.peer.wire.LeaseRequest;
import dev.peer.wire.PeerAddress;
import dev.peer.wire.RendezvousPath;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Events as they go over the wire. */
@Timeout(300)
class EventStreamTest {

  private static final RepoId REPO = new RepoId("git.example.org/team/project");
  private static final String EVENTS = new RendezvousPath.Events(REPO).text();
  private static final String ADDRESS = "https://10.0.0.1:7443";
  private static final ServerLimits LIMITS =
      new ServerLimits(100, Duration.ofSeconds(2), Duration.ofSeconds(2), Duration.ofSeconds(9));

  private static TestAuthority authority;
  private static TlsIdentity ci;

  private final List<AutoCloseable> open = new ArrayList<>();
  private RendezvousServer server;
  private Https laptop;

  @BeforeAll
  static void issue() {
    authority = new TestAuthority("team");
    ci = authority.peer("spiffe://team/ci");
  }

  @BeforeEach
  void start() throws Exception {
    server =
        RendezvousServer.start(
            authority.peer("spiffe://team/rendezvous"),
            () ->
                new AccessRules(
                    AccessRule.parse("uri:spiffe://team/*"),
                    AccessRule.anyone(),
                    AccessRule.anyone()),
            new EmbeddedIndex(IndexSettings.DEFAULT, System::nanoTime),
            Https.LOOPBACK,
            LIMITS);
    laptop = new Https(authority.peer("spiffe://team/laptop"), server.address());
    laptop.send("PUT", "/v1/lease", new LeaseRequest(List.of(PeerAddress.parse(ADDRESS))).json());
  }

  @AfterEach
  void stop() throws Exception {
    laptop.close();
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
    server.close();
  }

  @Test
  void tellsWhatIsAnnouncedAndWhatIsTakenBack() throws Exception {
    announce(1);
    BufferedReader events = follow("");
    assertThat(event(events)).containsExactly("event: reset", "id: ", "data: {}");
    List<String> first = event(events);
    assertThat(first.getFirst()).isEqualTo("event: passed");
    assertThat(first.get(1)).startsWith("id: ");
    assertThat(first.getLast())
        .isEqualTo(
            "data: {\"runKey\":\""
                + key(1)
                + "\",\"peer\":\"spiffe://team/laptop\",\"addresses\":[\""
                + ADDRESS
                + "\"]}");

    announce(2);
    assertThat(event(events).getLast()).contains(key(2).hex());
    laptop.send("DELETE", path(1));
    assertThat(event(events)).first().isEqualTo("event: gone");

    BufferedReader again = follow(first.get(1).substring(4));
    assertThat(event(again).getLast()).contains(key(2).hex());
    assertThat(event(again)).first().isEqualTo("event: gone");
  }

  /** Whoever follows results would ask for one. */
  @Test
  void leavesOutFilesOfGitLfs() throws Exception {
    announce(LargeFilesKey.of(REPO));
    BufferedReader events = follow("");
    announce(1);
    laptop.send("DELETE", path(LargeFilesKey.of(REPO)));
    announce(2);

    List<String> lines = new ArrayList<>();
    for (String line = ""; !line.contains(key(2).hex()); line = events.readLine()) {
      lines.add(line);
    }
    assertThat(lines)
        .anyMatch(line -> line.contains(key(1).hex()))
        .noneMatch(line -> line.contains(LargeFilesKey.of(REPO).hex()))
        .doesNotContain("event: gone");
  }

  /** Longer than a connection may be idle, and than a request may take. */
  @Test
  void staysOpenWhileNothingHappens() throws Exception {
    BufferedReader events = follow("");
    event(events);
    for (int comments = 0; comments < 6; comments++) {
      assertThat(events.readLine()).isEqualTo(":");
      assertThat(events.readLine()).isEmpty();
    }
    announce(1);
    assertThat(event(events)).first().isEqualTo("event: passed");
  }

  @Test
  void isForWhoMayFetchAlone() throws Exception {
    try (Https other = new Https(authority.peer("spiffe://other/x"), server.address())) {
      assertThat(other.send("GET", EVENTS).status()).isEqualTo(403);
    }
    assertThat(laptop.send("PUT", EVENTS).status()).isEqualTo(405);
    assertThat(laptop.send("GET", "/v1/repos/a%FFb/events").status()).isEqualTo(400);
  }

  @Test
  void boundsTheStreamsOfOnePeer() throws Exception {
    for (int i = 0; i < EventStreams.OF_ONE_PEER; i++) {
      follow("");
    }

    assertThat(send("").status()).isEqualTo(429);
    try (Https other = new Https(authority.peer("spiffe://team/other"), server.address())) {
      assertThat(other.send("GET", "/v1/status").status()).isEqualTo(200);
    }
    open.removeFirst().close();
    while (send("").status() == 429) {
      Thread.sleep(20);
    }
  }

  @Test
  void endsWithTheServer() throws Exception {
    BufferedReader events = follow("");
    event(events);
    server.close();

    while (!isOver(events)) {
      // What was on its way.
    }
  }

  private static boolean isOver(BufferedReader events) {
    try {
      return events.readLine() == null;
    } catch (IOException e) {
      return true;
    }
  }

  private BufferedReader follow(String lastId) throws Exception {
    Response answer = send(lastId);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Content-Type")).contains("text/event-stream");
    return new BufferedReader(new InputStreamReader(answer.body(), UTF_8));
  }

  private Response send(String lastId) throws Exception {
    TlsClient client = TlsClient.ofService(ci, Duration.ofSeconds(20));
    open.add(client);
    Request request =
        Request.get(
            URI.create("https://127.0.0.1:" + server.address().getPort() + EVENTS),
            Duration.ofSeconds(20));
    Response answer =
        client.send(lastId.isEmpty() ? request : request.with("Last-Event-ID", lastId));
    open.add(answer.body());
    return answer;
  }

  /** The lines of the next event; comments are passed over. */
  private static List<String> event(BufferedReader events) throws IOException {
    List<String> lines = new ArrayList<>();
    while (lines.isEmpty()) {
      for (String line = events.readLine(); !line.isEmpty(); line = events.readLine()) {
        if (!line.startsWith(":")) {
          lines.add(line);
        }
      }
    }
    return lines;
  }

  private void announce(int number) throws Exception {
    announce(key(number));
  }

  private void announce(RunKey key) throws Exception {
    assertThat(laptop.send("PUT", path(key)).status()).isEqualTo(204);
  }

  private static String path(int number) {
    return path(key(number));
  }

  private static String path(RunKey key) {
    return new RendezvousPath.Result(REPO, key).text();
  }

  private static RunKey key(int number) {
    return new RunKey(Digest.of(new byte[] {(byte) number}));
  }
}
