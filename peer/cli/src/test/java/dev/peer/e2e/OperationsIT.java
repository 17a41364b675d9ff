package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A rendezvous and peers as those see them who watch over them, with the tools that they use. */
@Timeout(900)
class OperationsIT {

  private static final JsonMapper JSON = new JsonMapper();

  private Team team;

  @BeforeEach
  void create() throws Exception {
    team = Team.create();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    team.close();
  }

  @Test
  void promtoolTakesTheMetricsOfARendezvousAndOfAPeer() throws Exception {
    team.startRendezvous(team.peer("rendezvous"));
    String address = free();
    Peer holder = team.peer("marigold").with("PEER_LISTEN", address);
    SignedResult result = SignedResult.of(team, holder, "out", "err");
    holder.start(result.repository(), "run").awaitLine("^peer: serving the result");
    team.peer("reader").run(result.repository(), "replay").hasExitCode(0);
    Authority.Identity prometheus = team.authority().issue("prometheus", Authority.Key.EC_P256);

    String rendezvous = get(prometheus, team.rendezvous() + "/metrics");
    String peer = get(prometheus, "https://" + address + "/metrics");

    assertThat(rendezvous)
        .contains("peer_index_leases 1\n", "peer_index_results 1\n")
        .contains(
            "peer_http_requests_total{path=\"/v1/repos/{repo}/results/{runKey}\",method=\"GET\"");
    assertThat(peer)
        .contains("peer_results_served 1\n")
        .contains(
            "peer_http_requests_total{path=\"/v1/results/{runKey}\",method=\"GET\","
                + "status=\"200\"} 1\n");
    for (String metrics : List.of(rendezvous, peer)) {
      Path file = Files.writeString(team.root().resolve("metrics"), metrics);
      Run checked = team.tool("sh", "-c", "promtool check metrics < \"$1\"", "sh", file.toString());
      checked.hasExitCode(0);
      assertThat(checked.stdout() + checked.stderr()).isEmpty();
      assertThat(metrics).doesNotContain("marigold", "reader", "prometheus").contains("version=\"");
    }
  }

  @Test
  void oneTraceJoinsTheLogsOfRendezvousAndPeer() throws Exception {
    Run rendezvous = start(team.peer("rendezvous"));
    Peer holder = known(team.peer("holder"), rendezvous);
    SignedResult result = SignedResult.of(team, holder, "out", "err");
    Run serving = holder.start(result.repository(), "run", "--log", "json");
    serving.awaitLine("\"message\":\"(serving the result) ");

    Run replay =
        known(team.peer("reader"), rendezvous)
            .run(result.repository(), "replay", "--json")
            .hasExitCode(0);

    String trace = JSON.readTree(lastLine(replay.stdout())).get("trace").asText();
    rendezvous.awaitLine("\"trace\":\"" + trace + "\".*(\"status\":200)");
    serving.awaitLine("\"trace\":\"" + trace + "\".*(/v1/results/).*\"status\":200");
    rendezvous.signal("TERM").await();
    serving.signal("TERM").await();
    JsonNode asked = requests(rendezvous, trace).getFirst();
    assertThat(asked.get("template").asText()).isEqualTo("/v1/repos/{repo}/results/{runKey}");
    assertThat(asked.get("peer").asText()).contains("reader");
    assertThat(asked.get("bytes").asLong()).isPositive();
    assertThat(requests(serving, trace))
        .extracting(request -> request.get("template").asText())
        .containsExactly("/v1/results/{runKey}");
    assertThat(requests(rendezvous, trace))
        .allMatch(request -> !request.toString().contains("instance="));
    assertThat(rendezvous.stdout()).isEmpty();
  }

  @Test
  void theRendezvousLearnsOfAHitAndTheHolderOfASending() throws Exception {
    Run rendezvous = start(team.peer("rendezvous"));
    Peer holder = known(team.peer("holder"), rendezvous);
    SignedResult result = SignedResult.of(team, holder, "out", "err");
    Run serving = holder.start(result.repository(), "run", "--log", "json");
    serving.awaitLine("\"message\":\"(serving the result) ");

    known(team.peer("reader"), rendezvous).start(result.repository(), "run");

    rendezvous.awaitLine("(/results/\\{runKey\\}/hits)\".*\"status\":204");
    serving.awaitLine("(/v1/results/).*\"status\":200");
    assertThat(holder.here().run(result.repository(), "show").hasExitCode(0).stdout())
        .as("its own hit was in its store")
        .containsPattern("(?m)^hits +1 here, saved ")
        .containsPattern("(?m)^sent +1 time to other peers$");
  }

  @Test
  void sayingNothingOfFormsStderrIsForPeopleAndHasNoLineForARequest() throws Exception {
    Run rendezvous = team.startRendezvous(team.peer("rendezvous"));
    Authority.Identity client = team.authority().issue("client", Authority.Key.EC_P256);
    get(client, team.rendezvous() + "/v1/status");

    rendezvous.signal("TERM").await();

    assertThat(rendezvous.stderr().lines()).allMatch(line -> line.startsWith("peer: "));
    assertThat(rendezvous.stderr()).doesNotContain("/v1/status");
    Run refused = team.peer("other").run(team.root(), "rendezvous", "--log", "xml");
    refused.refuses(2, "xml");
  }

  @Test
  void aPeerWhoseHomeIsFullOrGoneIsNotHealthy() throws Exception {
    team.startRendezvous();
    String address = free();
    Peer holder = team.peer("holder").with("PEER_LISTEN", address);
    SignedResult result = SignedResult.of(team, holder, "out", "err");
    holder.start(result.repository(), "run").awaitLine("^peer: serving the result");
    Authority.Identity client = team.authority().issue("client", Authority.Key.EC_P256);
    String health = "https://" + address + "/healthz";
    assertThat(get(client, health)).isEqualTo("{\"healthy\":true}");

    Path away = holder.home().resolveSibling("away");
    Files.move(holder.home(), away);

    assertThat(get(client, health)).contains("unhealthy", "PEER_HOME");
    Files.move(away, holder.home());
    assertThat(get(client, health)).isEqualTo("{\"healthy\":true}");
  }

  @Test
  void theLinterHasNothingToSayOfTheDocuments() throws Exception {
    Path linter = Dist.sources().resolve("examples/target/openapi-lint/node_modules/.bin/redocly");
    assertThat(linter).as("`examples/verify` installs it").exists();
    Path documents = Dist.sources().resolve("peer/cli/src/openapi");

    Run said =
        team.start(
                team.root(),
                Map.of("PATH", System.getenv("PATH"), "REDOCLY_TELEMETRY", "off"),
                List.of(
                    linter.toString(),
                    "lint",
                    "--format=json",
                    // A relay's connections are upgraded.
                    "--skip-rule=operation-2xx-response",
                    documents.resolve("peer.yaml").toString(),
                    documents.resolve("relay.yaml").toString(),
                    documents.resolve("rendezvous.yaml").toString()))
            .await()
            .hasExitCode(0);

    assertThat(said.stdout().split("\"problems\": \\[]", -1)).hasSize(4);
    for (String name : List.of("common.yaml", "peer.yaml", "relay.yaml", "rendezvous.yaml")) {
      assertThat(Dist.command("peer").getParent().resolveSibling("share/openapi").resolve(name))
          .hasSameBinaryContentAs(documents.resolve(name));
    }
  }

  @Test
  void systemdTakesTheUnitsAndFindsLittleThatTheyLeaveOpen() throws Exception {
    Path deploy = Dist.sources().resolve("examples/deploy");
    for (String name : List.of("peer-rendezvous.service", "peer-relay.service")) {
      Path here =
          Files.writeString(
              team.root().resolve(name),
              Files.readString(deploy.resolve(name)).replace("/opt/peer", Dist.home().toString()));

      Run verified = team.tool("systemd-analyze", "verify", "--man=no", here.toString());
      verified.hasExitCode(0);
      assertThat(verified.stderr()).isEmpty();
      team.tool("systemd-analyze", "security", "--offline=true", "--threshold=20", here.toString())
          .hasExitCode(0);
    }
    assertTakesTheUnitOfAUser(deploy);
    team.tool(
            "systemd-sysusers",
            "--dry-run",
            deploy.resolve("peer-rendezvous.sysusers").toString(),
            deploy.resolve("peer.sysusers").toString())
        .hasExitCode(0);
    Run rules = team.tool("promtool", "check", "rules", deploy.resolve("alerts.yaml").toString());
    rules.hasExitCode(0);
    Path prometheus =
        Files.copy(deploy.resolve("prometheus.yaml"), team.root().resolve("prometheus.yaml"));
    team.tool("promtool", "check", "config", "--syntax-only", prometheus.toString()).hasExitCode(0);
  }

  private void assertTakesTheUnitOfAUser(Path deploy) throws Exception {
    String unit = Files.readString(deploy.resolve("peer-daemon.service"));
    Path here =
        Files.writeString(
            team.root().resolve("peer-daemon.service"),
            unit.replace("/opt/peer", Dist.home().toString()));
    Path runtime = Files.createDirectory(team.root().resolve("user"));
    Run verified =
        team.start(
                team.root(),
                Map.of(
                    "PATH", System.getenv("PATH"),
                    "HOME", team.root().toString(),
                    "XDG_RUNTIME_DIR", runtime.toString()),
                List.of("systemd-analyze", "--user", "verify", "--man=no", here.toString()))
            .await()
            .hasExitCode(0);
    assertThat(verified.stderr()).isEmpty();
  }

  @Test
  void theRuntimeHasNoSecurityProvidersButItsOwn() throws Exception {
    Path dist = Dist.command("peer").getParent().getParent();
    List<String> providers =
        Files.readAllLines(dist.resolve("lib/runtime/conf/security/java.security")).stream()
            .filter(line -> line.startsWith("security.provider."))
            .map(line -> line.substring(line.indexOf('=') + 1))
            .toList();

    assertThat(providers).containsExactly("SUN", "SunRsaSign", "SunEC", "SunJSSE", "SunJCE");
  }

  /** What the container's recipe relies on; no container is started. */
  @Test
  void theDistNeedsNothingButACLibraryAndAShell() throws Exception {
    Path dist = Dist.command("peer").getParent().getParent();
    List<String> libraries = new ArrayList<>(List.of("ldd"));
    libraries.add(dist.resolve("lib/runtime/bin/java").toString());
    libraries.add(dist.resolve("lib/runtime/lib/server/libjvm.so").toString());
    libraries.add(dist.resolve("lib/native/libzstd-jni.so").toString());
    libraries.add(dist.resolve("lib/native/libpeer-openssl.so").toString());
    libraries.add(dist.resolve("lib/native/libpeer-files.so").toString());

    String needed = team.tool(libraries.toArray(String[]::new)).hasExitCode(0).stdout();

    assertThat(needed.lines().filter(line -> line.startsWith("\t")).map(String::strip))
        .isNotEmpty()
        .allMatch(
            line ->
                line.matches(
                    "(linux-vdso|lib(jli|c|m|dl|rt|pthread|z)|/lib64/ld-linux-x86-64)[.]so.*"));
    String recipe = Files.readString(Dist.sources().resolve("examples/deploy/Containerfile"));
    assertThat(recipe).contains("COPY . /opt/peer\n", "ENTRYPOINT [\"/opt/peer/bin/peer\"]\n");
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(dist.resolve("bin/peer"))))
        .isEqualTo("rwxr-xr-x");
  }

  private Run start(Peer peer) throws IOException {
    return peer.start(team.root(), "rendezvous", "--listen", "127.0.0.1:0", "--log", "json");
  }

  private static String free() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return "127.0.0.1:" + socket.getLocalPort();
    }
  }

  private static Peer known(Peer peer, Run rendezvous) throws InterruptedException {
    return peer.with(
        "PEER_RENDEZVOUS", rendezvous.awaitLine("\"message\":\"rendezvous at (https://[^\"]+)\""));
  }

  /** The requests of a trace in the log; each line of it must be JSON. */
  private static List<JsonNode> requests(Run run, String trace) throws IOException {
    List<JsonNode> requests = new ArrayList<>();
    for (String line : run.stderr().lines().filter(text -> text.startsWith("{")).toList()) {
      JsonNode entry = JSON.readTree(line);
      assertThat(entry.get("time").asText()).matches("\\S+T\\S+Z");
      if (entry.path("trace").asText().equals(trace)) {
        requests.add(entry);
      }
    }
    return requests;
  }

  private static String lastLine(String text) {
    return text.lines().toList().getLast();
  }

  private String get(Authority.Identity client, String url)
      throws IOException, InterruptedException {
    return team.tool(
            "curl",
            "-sS",
            "-k",
            "--cert",
            client.certificate().toString(),
            "--key",
            client.key().toString(),
            url)
        .hasExitCode(0)
        .stdout();
  }
}
