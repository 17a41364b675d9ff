package dev.peer.rendezvous;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.access.AccessRule;
import dev.peer.core.access.AccessRules;
import dev.peer.core.access.NamespaceRules;
import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.http.Https;
import dev.peer.http.ServerLimits;
import dev.peer.tls.TestAuthority;
import dev.peer.wire.HitReport;
import dev.peer.wire.HolderList;
import dev.peer.wire.HolderReport;
import dev.peer.wire.InstanceId;
import dev.peer.wire.LargeFilesKey;
import dev.peer.wire.LeaseRequest;
import dev.peer.wire.LeaseTerms;
import dev.peer.wire.PeerAddress;
import dev.peer.wire.Problem;
import dev.peer.wire.RendezvousPath;
import dev.peer.wire.RendezvousStatus;
import dev.peer.wire.ResultState;
import dev.peer.wire.RunEnd;
import dev.peer.wire.RunList;
import dev.peer.wire.RunState;
import dev.peer.wire.RuntimesKey;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RendezvousServerTest {

  private static final URI ADDRESS = PeerAddress.parse("https://10.0.0.1:7443");
  private static final byte[] LEASE = new LeaseRequest(List.of(ADDRESS)).json();
  private static final RunKey KEY = new RunKey(Digest.of(new byte[] {1}));
  private static final String RESULT =
      new RendezvousPath.Result(new RepoId("git.example.org/team/project"), KEY).text();
  private static final String PAGE = "/ui/?repo=git.example.org%2Fteam%2Fproject";
  private static final AccessRules RULES =
      new AccessRules(
          AccessRule.parse("uri:spiffe://team/*"),
          AccessRule.parse("uri:spiffe://team/laptop,uri:spiffe://other/writer"),
          AccessRule.anyone());

  private static TestAuthority authority;

  private final AtomicLong clock = new AtomicLong();
  private RendezvousServer server;
  private Https laptop;
  private Https ci;

  @BeforeAll
  static void issue() {
    authority = new TestAuthority("team");
  }

  @BeforeEach
  void start() throws Exception {
    IndexSettings settings =
        new IndexSettings(new LeaseTerms(Duration.ofSeconds(10), Duration.ofSeconds(30)), 2, 3);
    server =
        RendezvousServer.start(
            authority.peer("spiffe://team/rendezvous"),
            () -> RULES,
            new EmbeddedIndex(settings, clock::get),
            Https.LOOPBACK,
            ServerLimits.RENDEZVOUS);
    laptop = new Https(authority.peer("spiffe://team/laptop"), server.address());
    ci = new Https(authority.peer("spiffe://team/ci"), server.address());
  }

  @AfterEach
  void stop() {
    laptop.close();
    ci.close();
    server.close();
  }

  @Test
  void leadsNobodyToAddressesThatMeanNoOtherMachine() throws Exception {
    List<URI> astray =
        List.of(
            PeerAddress.parse("https://169.254.169.254:443"),
            PeerAddress.parse("https://[fe80::1]:7443"),
            PeerAddress.parse("https://10.0.0.2:22"));
    List<URI> all = new ArrayList<>(astray);
    all.add(ADDRESS);

    Https.Answer refused = laptop.send("PUT", "/v1/lease", new LeaseRequest(astray).json());
    assertThat(refused.status()).isEqualTo(400);
    assertThat(new String(refused.body(), UTF_8)).contains("none of the addresses");
    assertThat(laptop.send("PUT", "/v1/lease", new LeaseRequest(all).json()).status())
        .isEqualTo(201);
    laptop.send("PUT", RESULT);

    assertThat(HolderList.parse(ci.send("GET", RESULT).body()).holders())
        .containsExactly(
            new HolderList.Entry(new PeerId("spiffe://team/laptop"), List.of(ADDRESS)));
  }

  @Test
  void showsWhatIsAnnounced() throws Exception {
    Https.Answer lease = laptop.send("PUT", "/v1/lease", LEASE);
    assertThat(lease.status()).isEqualTo(201);
    assertThat(LeaseTerms.parse(lease.body()).expiresAfter()).isEqualTo(Duration.ofSeconds(30));
    assertThat(laptop.send("PUT", RESULT).status()).isEqualTo(204);

    Https.Answer found = ci.send("GET", RESULT);

    assertThat(found.status()).isEqualTo(200);
    assertThat(found.header("Content-Type")).contains("application/json");
    assertThat(HolderList.parse(found.body()).holders())
        .containsExactly(
            new HolderList.Entry(new PeerId("spiffe://team/laptop"), List.of(ADDRESS)));
    assertThat(ci.send("HEAD", RESULT).status()).isEqualTo(200);
    assertThat(RendezvousStatus.parse(ci.send("GET", "/v1/status").body()))
        .isEqualTo(new RendezvousStatus(1, 1));
  }

  @Test
  void hasPagesOfWhatAReaderMayLookUp() throws Exception {
    laptop.send("PUT", "/v1/lease", LEASE);
    laptop.send("PUT", RESULT);

    Https.Answer page = ci.send("GET", PAGE);
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.header("Content-Type")).contains("text/html; charset=utf-8");
    assertThat(new String(page.body(), UTF_8))
        .contains(KEY.hex(), "spiffe://team/laptop", "https://10.0.0.1:7443/ui/results/");
    assertThat(ci.send("GET", "/").header("Location")).contains("/ui/");
    try (Https writer = new Https(authority.peer("spiffe://other/writer"), server.address())) {
      Https.Answer refused = writer.send("GET", PAGE);
      assertThat(refused.status()).isEqualTo(403);
      assertThat(new String(refused.body(), UTF_8))
          .doesNotContain(KEY.hex(), "spiffe://team/laptop");
    }
  }

  @Test
  void leavesOutOfItsPagesAHolderThatSeveralReported() throws Exception {
    laptop.send("PUT", "/v1/lease", LEASE);
    laptop.send("PUT", RESULT);
    byte[] report =
        new HolderReport(new PeerId("spiffe://team/laptop"), HolderReport.Fault.WRONG).json();
    for (int i = 0; i < Reports.LEFT_OUT_BY; i++) {
      try (Https one = new Https(authority.peer("spiffe://team/r" + i), server.address())) {
        assertThat(one.send("POST", RESULT + "/reports", report).status()).isEqualTo(204);
      }
    }

    assertThat(new String(ci.send("GET", PAGE).body(), UTF_8)).contains("no results");
  }

  @Test
  void showsWhoHoldsAnImage() throws Exception {
    Digest image = Digest.of(new byte[] {2});
    String path = new RendezvousPath.Image(image).text();
    assertProblem(ci.send("GET", path), Problem.Kind.NO_SUCH_IMAGE);
    laptop.send("PUT", "/v1/lease", new LeaseRequest(List.of(ADDRESS), List.of(image)).json());

    Https.Answer found = ci.send("GET", path);
    assertThat(HolderList.parse(found.body()).holders())
        .containsExactly(
            new HolderList.Entry(new PeerId("spiffe://team/laptop"), List.of(ADDRESS)));
    assertThat(found.header("Cache-Control")).contains("no-store");

    laptop.send("DELETE", "/v1/lease");
    assertProblem(ci.send("GET", path), Problem.Kind.NO_SUCH_IMAGE);
  }

  @Test
  void showsTheHoldersOfAnImageToWhoMayFetchAlone() throws Exception {
    String path = new RendezvousPath.Image(Digest.of(new byte[] {2})).text();
    try (Https writer = new Https(authority.peer("spiffe://other/writer"), server.address())) {
      assertProblem(writer.send("GET", path), Problem.Kind.NOT_ALLOWED);
    }
    assertProblem(ci.send("PUT", path), Problem.Kind.NO_SUCH_METHOD);
    assertProblem(ci.send("GET", path, new byte[1]), Problem.Kind.TOO_LARGE);
  }

  @Test
  void saysWhetherALeaseIsNew() throws Exception {
    assertThat(laptop.send("PUT", "/v1/lease", LEASE).status()).isEqualTo(201);
    assertThat(laptop.send("PUT", "/v1/lease", LEASE).status()).isEqualTo(200);
    clock.addAndGet(Duration.ofSeconds(31).toNanos());
    assertThat(laptop.send("PUT", "/v1/lease", LEASE).status()).isEqualTo(201);
  }

  @Test
  void forgetsWithTheLease() throws Exception {
    laptop.send("PUT", "/v1/lease", LEASE);
    laptop.send("PUT", RESULT);
    assertThat(laptop.send("DELETE", "/v1/lease").status()).isEqualTo(204);

    assertProblem(ci.send("GET", RESULT), Problem.Kind.NO_SUCH_RESULT);
    assertThat(laptop.send("DELETE", "/v1/lease").status()).isEqualTo(204);
  }

  @Test
  void takesAnAnnouncementBack() throws Exception {
    laptop.send("PUT", "/v1/lease", LEASE);
    laptop.send("PUT", RESULT);
    assertThat(laptop.send("DELETE", RESULT).status()).isEqualTo(204);

    assertProblem(ci.send("GET", RESULT), Problem.Kind.NO_SUCH_RESULT);
  }

  @Test
  void letsTheFirstThatSaysSoRun() throws Exception {
    laptop.send("PUT", "/v1/lease?instance=a", LEASE);
    laptop.send("PUT", "/v1/lease?instance=b", LEASE);
    HolderList.Entry running =
        new HolderList.Entry(
            new PeerId("spiffe://team/laptop"), List.of(ADDRESS), RunState.RUNNING);

    Https.Answer first = laptop.send("PUT", RESULT + "?instance=a&state=running");
    Https.Answer second = laptop.send("PUT", RESULT + "?instance=b&state=running");

    assertThat(first.status()).isEqualTo(200);
    assertThat(HolderList.parse(first.body()).holders()).containsExactly(running);
    assertThat(HolderList.parse(second.body()).holders()).containsExactly(running, running);
    assertThat(laptop.send("PUT", RESULT + "?instance=b&state=failed").status()).isEqualTo(204);
    assertThat(laptop.send("PUT", RESULT + "?instance=a").status()).isEqualTo(204);
    assertThat(HolderList.parse(ci.send("GET", RESULT).body()).holders())
        .extracting(HolderList.Entry::state)
        .containsExactly(ResultState.PASSED, ResultState.FAILED);
  }

  @Test
  void tellsHowARunFailed() throws Exception {
    RunEnd.Failed how = new RunEnd.Failed("test", Optional.of(3), Instant.EPOCH);
    laptop.send("PUT", "/v1/lease", LEASE);
    assertThat(laptop.send("PUT", RESULT + "?state=failed", how.bareJson()).status())
        .isEqualTo(204);

    assertThat(HolderList.parse(ci.send("GET", RESULT).body()).holders())
        .extracting(HolderList.Entry::run)
        .containsExactly(RunState.of(how));
    for (String query : List.of("?state=running", "?state=passed", "")) {
      assertProblem(laptop.send("PUT", RESULT + query, how.bareJson()), Problem.Kind.TOO_LARGE);
    }
    assertProblem(laptop.send("PUT", RESULT + "?state=failed", how.json()), Problem.Kind.MALFORMED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"?state=", "?state=done", "?state=running&instance=a", "?state=failed&x"})
  void refusesAStateThatIsNone(String query) throws Exception {
    laptop.send("PUT", "/v1/lease", LEASE);

    assertProblem(laptop.send("PUT", RESULT + query), Problem.Kind.MALFORMED);
    assertProblem(laptop.send("DELETE", RESULT + "?state=failed"), Problem.Kind.MALFORMED);
    assertThat(ci.send("GET", RESULT).status()).isEqualTo(404);
  }

  @Test
  void keepsTheProcessesOfOnePeerApart() throws Exception {
    String one = new InstanceId("one").query();
    String two = new InstanceId("two").query();
    byte[] other = new LeaseRequest(List.of(PeerAddress.parse("https://10.0.0.1:9999"))).json();
    laptop.send("PUT", "/v1/lease" + one, LEASE);
    laptop.send("PUT", "/v1/lease" + two, other);
    laptop.send("PUT", RESULT + one);
    laptop.send("PUT", RESULT + two);
    laptop.send("DELETE", "/v1/lease" + two);

    assertThat(HolderList.parse(ci.send("GET", RESULT).body()).holders())
        .extracting(HolderList.Entry::addresses)
        .containsExactly(List.of(ADDRESS));
    laptop.send("PUT", "/v1/lease" + two, other);
    assertProblem(
        laptop.send("PUT", "/v1/lease" + new InstanceId("three").query(), LEASE),
        Problem.Kind.TOO_MANY);
  }

  @Test
  void wantsALeaseForAnAnnouncement() throws Exception {
    assertProblem(laptop.send("PUT", RESULT), Problem.Kind.NO_LEASE);
  }

  @Test
  void boundsAFloodFromOnePeer() throws Exception {
    laptop.send("PUT", "/v1/lease", LEASE);
    for (int i = 0; i < 3; i++) {
      assertThat(laptop.send("PUT", result("repo-" + i)).status()).isEqualTo(204);
    }

    assertProblem(laptop.send("PUT", result("repo-3")), Problem.Kind.TOO_MANY);
    assertThat(ci.send("GET", result("repo-0")).status()).isEqualTo(200);
  }

  @Test
  void showsResultsThatAreAnnouncedTogether() throws Exception {
    RunKey one = new RunKey(Digest.of(new byte[] {1}));
    RunKey two = new RunKey(Digest.of(new byte[] {2}));
    RepoId repo = new RepoId("git.example.org/team/together");
    String path = new RendezvousPath.Results(repo).text();
    byte[] runs = new RunList(List.of(one, two)).json();
    assertProblem(laptop.send("POST", path, runs), Problem.Kind.NO_LEASE);
    laptop.send("PUT", "/v1/lease?instance=a", LEASE);

    assertThat(laptop.send("POST", path + "?instance=a", runs).status()).isEqualTo(204);

    for (RunKey run : List.of(one, two)) {
      String result = new RendezvousPath.Result(repo, run).text();
      assertThat(ci.send("GET", result).status()).isEqualTo(200);
    }
    assertProblem(laptop.send("GET", path), Problem.Kind.NO_SUCH_METHOD);
    assertProblem(
        laptop.send("POST", path, "{\"runs\":[]}".getBytes(UTF_8)), Problem.Kind.MALFORMED);
    assertProblem(laptop.send("POST", path + "?state=failed", runs), Problem.Kind.MALFORMED);
    try (Https reader = new Https(authority.peer("spiffe://other/reader"), server.address())) {
      assertProblem(reader.send("POST", path, runs), Problem.Kind.NOT_ALLOWED);
    }
  }

  @Test
  void listsWhomSeveralReportLowerThenNotAtAll() throws Exception {
    try (Https writer = new Https(authority.peer("spiffe://other/writer"), server.address())) {
      writer.send("PUT", "/v1/lease", LEASE);
      writer.send("PUT", RESULT);
    }
    laptop.send("PUT", "/v1/lease", LEASE);
    laptop.send("PUT", RESULT);
    assertHolders("spiffe://team/laptop", "spiffe://other/writer");

    report("spiffe://team/a");
    report("spiffe://team/a");
    assertHolders("spiffe://team/laptop", "spiffe://other/writer");
    report("spiffe://team/b");
    assertHolders("spiffe://other/writer", "spiffe://team/laptop");
    report("spiffe://team/c");
    assertHolders("spiffe://other/writer");
  }

  @Test
  void takesNoReportOfOneThatIsNotNamedOrFromOneThatMayNotFetch() throws Exception {
    byte[] report =
        new HolderReport(new PeerId("spiffe://team/laptop"), HolderReport.Fault.WRONG).json();
    assertProblem(ci.send("POST", RESULT + "/reports", report), Problem.Kind.NO_SUCH_RESULT);
    laptop.send("PUT", "/v1/lease", LEASE);
    laptop.send("PUT", RESULT);

    assertThat(ci.send("POST", RESULT + "/reports", report).status()).isEqualTo(204);
    assertProblem(ci.send("GET", RESULT + "/reports"), Problem.Kind.NO_SUCH_METHOD);
    assertProblem(ci.send("POST", RESULT + "/reports"), Problem.Kind.MALFORMED);
    try (Https writer = new Https(authority.peer("spiffe://other/writer"), server.address())) {
      assertProblem(writer.send("POST", RESULT + "/reports", report), Problem.Kind.NOT_ALLOWED);
    }
  }

  @Test
  void showsAndCountsTheHitsThatPeersTell() throws Exception {
    laptop.send("PUT", "/v1/lease", LEASE);
    laptop.send("PUT", RESULT);

    assertThat(ci.send("POST", RESULT + "/hits", hit("spiffe://team/laptop", 90)).status())
        .isEqualTo(204);
    assertThat(ci.send("POST", RESULT + "/hits", hit("spiffe://team/laptop", 30)).status())
        .isEqualTo(204);

    assertThat(new String(ci.send("GET", PAGE).body(), UTF_8))
        .contains("2 hits saved 2 min 0 s", "spiffe://team/ci");
    assertThat(new String(ci.send("GET", "/metrics").body(), UTF_8))
        .contains("peer_hits_total 2\n", "peer_hits_saved_seconds_total 120\n");
  }

  @Test
  void takesNoHitAtOneThatIsNotNamedOrFromOneThatMayNotFetch() throws Exception {
    byte[] hit = hit("spiffe://team/laptop", 90);
    assertProblem(ci.send("POST", RESULT + "/hits", hit), Problem.Kind.NO_SUCH_RESULT);
    laptop.send("PUT", "/v1/lease", LEASE);
    laptop.send("PUT", RESULT + "?state=running");
    assertProblem(ci.send("POST", RESULT + "/hits", hit), Problem.Kind.NO_SUCH_RESULT);
    laptop.send("PUT", RESULT);

    assertProblem(
        ci.send("POST", RESULT + "/hits", hit("spiffe://team/other", 90)),
        Problem.Kind.NO_SUCH_RESULT);
    assertProblem(ci.send("GET", RESULT + "/hits"), Problem.Kind.NO_SUCH_METHOD);
    assertProblem(ci.send("POST", RESULT + "/hits"), Problem.Kind.MALFORMED);
    try (Https writer = new Https(authority.peer("spiffe://other/writer"), server.address())) {
      assertProblem(writer.send("POST", RESULT + "/hits", hit), Problem.Kind.NOT_ALLOWED);
    }
    assertThat(new String(ci.send("GET", PAGE).body(), UTF_8))
        .contains("No peer has told this rendezvous of a hit.");
  }

  private static byte[] hit(String holder, int seconds) {
    return new HitReport(new PeerId(holder), Duration.ofSeconds(seconds)).json();
  }

  @Test
  void showsARuntimeInTheMakingApartFromRuns() throws Exception {
    RepoId repo = new RepoId("git.example.org/team/project");
    Digest image = Digest.of(new byte[] {2});
    String runtime = new RendezvousPath.Result(repo, RuntimesKey.of(repo, image)).text();
    String files = new RendezvousPath.Result(repo, LargeFilesKey.of(repo)).text();
    laptop.send("PUT", "/v1/lease", new LeaseRequest(List.of(ADDRESS), List.of(image)).json());
    laptop.send("PUT", RESULT + "?state=running");
    laptop.send("PUT", runtime + "?state=running");
    laptop.send("PUT", files);

    assertThat(new String(ci.send("GET", PAGE).body(), UTF_8))
        .contains(KEY.hex(), image.toString(), "preparing", "no results")
        .doesNotContain(RuntimesKey.of(repo, image).hex(), LargeFilesKey.of(repo).hex());
    laptop.send("PUT", runtime);
    assertThat(new String(ci.send("GET", PAGE).body(), UTF_8))
        .contains(image.toString(), "ready", "no results")
        .doesNotContain("preparing");
  }

  private void report(String by) throws Exception {
    byte[] report =
        new HolderReport(new PeerId("spiffe://team/laptop"), HolderReport.Fault.WRONG).json();
    try (Https reporter = new Https(authority.peer(by), server.address())) {
      assertThat(reporter.send("POST", RESULT + "/reports", report).status()).isEqualTo(204);
    }
  }

  private void assertHolders(String... peers) throws Exception {
    assertThat(HolderList.parse(ci.send("GET", RESULT).body()).holders())
        .extracting(entry -> entry.peer().text())
        .containsExactly(peers);
  }

  @Test
  void followsTheRuleOfEachVerb() throws Exception {
    try (Https writer = new Https(authority.peer("spiffe://other/writer"), server.address())) {
      assertThat(writer.send("PUT", "/v1/lease", LEASE).status()).isEqualTo(201);
      assertThat(writer.send("PUT", RESULT).status()).isEqualTo(204);
      assertProblem(writer.send("GET", RESULT), Problem.Kind.NOT_ALLOWED);
    }
    assertProblem(ci.send("PUT", "/v1/lease", LEASE), Problem.Kind.NOT_ALLOWED);
    assertProblem(ci.send("DELETE", "/v1/lease"), Problem.Kind.NOT_ALLOWED);
    assertProblem(ci.send("PUT", RESULT), Problem.Kind.NOT_ALLOWED);
    assertProblem(ci.send("DELETE", RESULT), Problem.Kind.NOT_ALLOWED);
    assertThat(ci.send("GET", RESULT).status()).isEqualTo(200);
  }

  @Test
  void keepsTheNamespacesOfAGroupApart() throws Exception {
    AccessRules rules =
        new AccessRules(
            NamespaceRules.parse("example.org/a/* => uri:spiffe://a/*; example.org/b/* => anyone"),
            NamespaceRules.parse(
                "example.org/a/* => uri:spiffe://a/*; example.org/b/* => uri:spiffe://b/*"),
            AccessRule.anyone());
    try (RendezvousServer group = start(rules);
        Https a = new Https(authority.peer("spiffe://a/laptop"), group.address());
        Https b = new Https(authority.peer("spiffe://b/laptop"), group.address());
        Https c = new Https(authority.peer("spiffe://c/laptop"), group.address())) {
      assertThat(a.send("PUT", "/v1/lease", LEASE).status()).isEqualTo(201);
      assertThat(b.send("PUT", "/v1/lease", LEASE).status()).isEqualTo(201);
      assertProblem(c.send("PUT", "/v1/lease", LEASE), Problem.Kind.NOT_ALLOWED);

      assertThat(a.send("PUT", result("example.org/a/x")).status()).isEqualTo(204);
      assertThat(b.send("PUT", result("example.org/b/x")).status()).isEqualTo(204);
      assertThat(a.send("GET", result("example.org/a/x")).status()).isEqualTo(200);
      assertThat(c.send("GET", result("example.org/b/x")).status()).isEqualTo(200);

      for (String method : List.of("PUT", "DELETE")) {
        assertProblem(b.send(method, result("example.org/a/x")), Problem.Kind.NOT_ALLOWED);
        assertProblem(a.send(method, result("example.org/c/x")), Problem.Kind.NOT_ALLOWED);
        assertProblem(c.send(method, result("example.org/b/x")), Problem.Kind.NOT_ALLOWED);
      }
      assertProblem(b.send("GET", result("example.org/a/x")), Problem.Kind.NOT_ALLOWED);
      assertProblem(a.send("GET", result("example.org/c/x")), Problem.Kind.NOT_ALLOWED);
      assertThat(a.send("GET", result("example.org/a/x")).status()).isEqualTo(200);
    }
  }

  /** Each as it goes over the wire; decoded once, none of them is below example.org/b. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "example.org%2Fb%2F..%2Fa%2Fx",
        "example.org%2Fb%2F%2e%2e%2Fa%2Fx",
        "example.org%252Fb%252Fx",
        "example.org%2Fb%252Fx",
        "example.org%2FB%2Fx",
        "EXAMPLE.org%2Fb%2Fx",
        "example.org%2Fb%2F",
        "example.org%2Fbx",
        "example.org%2Fb%2F%2Fx"
      })
  void takesNoNameForOneOfAnotherNamespace(String repo) throws Exception {
    AccessRules rules =
        new AccessRules(
            NamespaceRules.parse("example.org/b/* => anyone"),
            NamespaceRules.parse("example.org/b/* => anyone"),
            AccessRule.anyone());
    String path = "/v1/repos/" + repo + "/results/" + KEY.hex();
    try (RendezvousServer group = start(rules);
        Https b = new Https(authority.peer("spiffe://b/laptop"), group.address())) {
      b.send("PUT", "/v1/lease", LEASE);
      assertThat(b.send("PUT", result("example.org/b/x")).status()).isEqualTo(204);
      assertThat(
              b.send("PUT", RESULT.replaceFirst("repos/[^/]*", "repos/%65xample.org%2fb%2fx"))
                  .status())
          .isEqualTo(204);

      assertProblem(b.send("PUT", path), Problem.Kind.NOT_ALLOWED);
      assertProblem(b.send("GET", path), Problem.Kind.NOT_ALLOWED);
    }
  }

  @Test
  void takesWhoAnnouncesFromTheConnectionAlone() throws Exception {
    String[] claims = {
      "X-Forwarded-Client-Cert", "URI=spiffe://team/laptop",
      "X-SSL-Client-S-DN", "CN=laptop",
      "X-Client-Cert", "spiffe://team/laptop",
      "Forwarded", "for=10.0.0.1;by=spiffe://team/laptop",
      "From", "spiffe://team/laptop",
      "Authorization", "Basic c3BpZmZlOi8vdGVhbS9sYXB0b3A6"
    };
    String claimed =
        "{\"addresses\":[\"https://10.0.0.1:7443\"],\"peer\":\"spiffe://team/laptop\"}";

    assertProblem(ci.send("PUT", "/v1/lease", LEASE, claims), Problem.Kind.NOT_ALLOWED);
    assertProblem(ci.send("PUT", RESULT, claims), Problem.Kind.NOT_ALLOWED);
    assertProblem(laptop.send("PUT", "/v1/lease", claimed.getBytes(UTF_8)), Problem.Kind.MALFORMED);
    assertProblem(
        laptop.send("PUT", "/v1/lease?peer=spiffe://other/writer", LEASE), Problem.Kind.MALFORMED);
    try (Https writer = new Https(authority.peer("spiffe://other/writer"), server.address())) {
      writer.send("PUT", "/v1/lease", LEASE, claims);
      writer.send("PUT", RESULT, claims);
    }
    assertThat(HolderList.parse(ci.send("GET", RESULT).body()).holders())
        .extracting(HolderList.Entry::peer)
        .containsExactly(new PeerId("spiffe://other/writer"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a/b", "100%", "a%2Fb", "..", "../../x", "ä/プロジェクト/🙂", "a?b#c;d=e", "//"})
  void takesEveryRepositoryForWhatItIs(String repo) throws Exception {
    laptop.send("PUT", "/v1/lease", LEASE);
    assertThat(laptop.send("PUT", result(repo)).status()).isEqualTo(204);

    assertThat(ci.send("GET", result(repo)).status()).isEqualTo(200);
    assertThat(ci.send("GET", result("b")).status()).isEqualTo(404);
    assertThat(ci.send("GET", result("a")).status()).isEqualTo(404);
  }

  @Test
  void takesALongRepository() throws Exception {
    assertProblem(ci.send("GET", result("é".repeat(512))), Problem.Kind.NO_SUCH_RESULT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1", "/v1/leases", "/v2/status", "/v1/repos/a/b/results/x"})
  void knowsNoOtherPath(String path) throws Exception {
    assertProblem(ci.send("GET", path), Problem.Kind.NO_SUCH_PATH);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/v1/repos/a%FFb/results/0", "/v1/repos/a/results/0", "/v1/repos//results/0"})
  void refusesAMalformedPath(String path) throws Exception {
    assertProblem(ci.send("GET", path), Problem.Kind.MALFORMED);
  }

  @ParameterizedTest
  @CsvSource({
    "POST,/v1/lease,'PUT, DELETE'",
    "GET,/v1/lease,'PUT, DELETE'",
    "PUT,/v1/status,'GET, HEAD'",
    "OPTIONS,/v1/status,'GET, HEAD'",
    "TRACE,/v1/status,'GET, HEAD'"
  })
  void namesTheMethodsOfAPath(String method, String path, String allowed) throws Exception {
    Https.Answer answer = laptop.send(method, path);

    assertProblem(answer, Problem.Kind.NO_SUCH_METHOD);
    assertThat(answer.header("Allow")).contains(allowed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "nonsense",
        "{\"addresses\":[\"https://h:7001/path\"]}",
        "{\"addresses\":[\"https://h:7001\"],\"peer\":\"spiffe://team/ci\"}",
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
      })
  void refusesAMalformedLease(String json) throws Exception {
    assertProblem(laptop.send("PUT", "/v1/lease", json.getBytes(UTF_8)), Problem.Kind.MALFORMED);
  }

  @Test
  void refusesWhatIsTooLarge() throws Exception {
    assertProblem(laptop.send("PUT", "/v1/lease", new byte[20_000]), Problem.Kind.TOO_LARGE);
    assertProblem(laptop.send("PUT", RESULT, new byte[1]), Problem.Kind.TOO_LARGE);
  }

  @Test
  void refusesAnotherQuery() throws Exception {
    assertProblem(laptop.send("PUT", "/v1/lease?peer=ci", LEASE), Problem.Kind.MALFORMED);
  }

  private static RendezvousServer start(AccessRules rules) throws Exception {
    return RendezvousServer.start(
        authority.peer("spiffe://team/rendezvous"),
        () -> rules,
        new EmbeddedIndex(IndexSettings.DEFAULT, System::nanoTime),
        Https.LOOPBACK,
        ServerLimits.RENDEZVOUS);
  }

  private static String result(String repo) {
    return new RendezvousPath.Result(new RepoId(repo), KEY).text();
  }

  private static void assertProblem(Https.Answer answer, Problem.Kind kind) throws Exception {
    assertThat(answer.status()).isEqualTo(kind.status());
    assertThat(answer.header("Content-Type")).contains("application/problem+json");
    assertThat(Problem.parse(answer.body()).orElseThrow().kind()).isEqualTo(kind);
    assertThat(answer.body()).asString(UTF_8).doesNotContain("java.", "\tat ", "/tmp");
  }
}
