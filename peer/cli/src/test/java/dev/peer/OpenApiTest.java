package dev.peer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.peer.core.access.AccessRules;
import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.timestamp.TimestampAuthority;
import dev.peer.http.Https;
import dev.peer.http.Operations;
import dev.peer.http.ServerLimits;
import dev.peer.http.ServerSettings;
import dev.peer.pki.issue.Purpose;
import dev.peer.relay.RelayLimits;
import dev.peer.relay.RelayServer;
import dev.peer.rendezvous.EmbeddedIndex;
import dev.peer.rendezvous.IndexSettings;
import dev.peer.rendezvous.RendezvousServer;
import dev.peer.server.HeldFiles;
import dev.peer.server.PeerServer;
import dev.peer.tls.TestAuthority;
import dev.peer.wire.DialId;
import dev.peer.wire.InstanceId;
import dev.peer.wire.Limits;
import dev.peer.wire.OperationsPath;
import dev.peer.wire.PeerPath;
import dev.peer.wire.Problem;
import dev.peer.wire.RelayPath;
import dev.peer.wire.RendezvousPath;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The OpenAPI documents have every path and method that the servers have, and nothing else. */
@Timeout(300)
class OpenApiTest {

  private static final Path DIRECTORY = Path.of("src", "openapi");
  private static final Digest DIGEST = Digest.of(new byte[] {1});
  private static final RunKey KEY = new RunKey(DIGEST);
  private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch");

  private static final List<PeerPath> PEER =
      List.of(
          new PeerPath.Result(KEY),
          new PeerPath.RunOutput(KEY),
          new PeerPath.Blob(DIGEST),
          new PeerPath.Chunks(DIGEST),
          new PeerPath.ImageFile(DIGEST, "kernel"),
          new PeerPath.LargeFile(new RepoId("github.com/team/x"), DIGEST),
          new PeerPath.Runtimes(new RepoId("github.com/team/x"), DIGEST),
          new PeerPath.RuntimeContent(new RepoId("github.com/team/x"), DIGEST, DIGEST),
          new PeerPath.RuntimeChunks(
              new PeerPath.RuntimeContent(new RepoId("github.com/team/x"), DIGEST, DIGEST)),
          new PeerPath.RuntimeDelta(
              new PeerPath.RuntimeContent(new RepoId("github.com/team/x"), DIGEST, DIGEST), DIGEST),
          new PeerPath.Status());

  private static final List<RendezvousPath> RENDEZVOUS =
      List.of(
          new RendezvousPath.Lease(),
          new RendezvousPath.Result(new RepoId("github.com/team/x"), KEY),
          new RendezvousPath.Results(new RepoId("github.com/team/x")),
          new RendezvousPath.Reports(new RepoId("github.com/team/x"), KEY),
          new RendezvousPath.Hits(new RepoId("github.com/team/x"), KEY),
          new RendezvousPath.Events(new RepoId("github.com/team/x")),
          new RendezvousPath.Image(DIGEST),
          new RendezvousPath.Timestamp(),
          new RendezvousPath.Reach(),
          new RendezvousPath.Status());

  private static final List<RelayPath> RELAY =
      List.of(
          new RelayPath.Registration(new InstanceId("one")),
          new RelayPath.Peer(new PeerId("spiffe://team/x"), new InstanceId("one")),
          new RelayPath.Dial(DialId.random()),
          new RelayPath.Status());

  private static TestAuthority team;

  @BeforeAll
  static void issue() {
    team = new TestAuthority("team");
  }

  @Test
  void theSamplesAreOfEveryKindOfPath() {
    assertThat(PEER)
        .extracting(path -> (Object) path.getClass())
        .containsExactlyInAnyOrder((Object[]) PeerPath.class.getPermittedSubclasses());
    assertThat(RENDEZVOUS)
        .extracting(path -> (Object) path.getClass())
        .containsExactlyInAnyOrder((Object[]) RendezvousPath.class.getPermittedSubclasses());
    assertThat(RELAY)
        .extracting(path -> (Object) path.getClass())
        .containsExactlyInAnyOrder((Object[]) RelayPath.class.getPermittedSubclasses());
  }

  @Test
  void theDocumentOfAPeerHasItsPathsAndMethods() throws Exception {
    Map<String, String> samples = new TreeMap<>();
    PEER.forEach(path -> samples.put(path.template(), path.text()));
    try (PeerServer server =
            PeerServer.start(
                team.peer("spiffe://team/peer"),
                AccessRules::open,
                HeldFiles.NONE,
                Optional.of(
                    (_, _, _) -> {
                      throw new AssertionError("nothing is handed over here");
                    }),
                ServerSettings.quiet(Https.LOOPBACK, ServerLimits.PEER));
        Https client = new Https(team.peer("spiffe://team/client"), server.address())) {
      assertThat(documented("peer.yaml")).isEqualTo(served(client, samples));
    }
  }

  @Test
  void theDocumentOfARendezvousHasItsPathsAndMethods() throws Exception {
    Map<String, String> samples = new TreeMap<>();
    RENDEZVOUS.forEach(path -> samples.put(path.template(), path.text()));
    try (RendezvousServer server =
            RendezvousServer.start(
                team.peer("spiffe://team/rendezvous"),
                AccessRules::open,
                new EmbeddedIndex(IndexSettings.DEFAULT, System::nanoTime),
                Optional.of(timestamps()),
                ServerSettings.quiet(Https.LOOPBACK, ServerLimits.RENDEZVOUS));
        Https client = new Https(team.peer("spiffe://team/client"), server.address())) {
      assertThat(documented("rendezvous.yaml")).isEqualTo(served(client, samples));
    }
  }

  @Test
  void theDocumentOfARelayHasItsPathsAndMethods() throws Exception {
    Map<String, String> samples = new TreeMap<>();
    RELAY.forEach(path -> samples.put(path.template(), path.text()));
    try (RelayServer server =
            RelayServer.start(
                team.peer("spiffe://team/relay"),
                AccessRules::open,
                RelayLimits.DEFAULT,
                Https.LOOPBACK,
                Operations.quiet());
        Https client = new Https(team.peer("spiffe://team/client"), server.address())) {
      assertThat(documented("relay.yaml")).isEqualTo(served(client, samples));
    }
  }

  @Test
  void aTemplateHasANameWhereItsPathsDiffer() {
    PEER.forEach(path -> assertThat(path.text()).matches(pattern(path.template())));
    RENDEZVOUS.forEach(path -> assertThat(path.text()).matches(pattern(path.template())));
    RELAY.forEach(path -> assertThat(path.text()).matches(pattern(path.template())));
  }

  @Test
  void knowsEveryKindOfProblem() throws Exception {
    assertThat(document("common.yaml").at("/components/schemas/Problem/properties/type/enum"))
        .extracting(JsonNode::asText)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(Problem.Kind.values()).map(Problem.Kind::type).toList());
  }

  @Test
  void hasTheLimitsOfTheCode() throws Exception {
    JsonNode common = document("common.yaml").at("/components/schemas");
    JsonNode rendezvous = document("rendezvous.yaml").at("/components/schemas");
    JsonNode holders = common.at("/HolderList/properties/holders");

    assertThat(holders.at("/maxItems").asInt()).isEqualTo(Limits.HOLDERS);
    assertThat(holders.at("/items/properties/addresses/maxItems").asInt())
        .isEqualTo(Limits.ADDRESSES);
    assertThat(common.at("/Address/maxLength").asInt()).isEqualTo(Limits.ADDRESS);
    assertThat(rendezvous.at("/LeaseRequest/properties/addresses/maxItems").asInt())
        .isEqualTo(Limits.ADDRESSES);
    assertThat(rendezvous.at("/LeaseRequest/properties/images/maxItems").asInt())
        .isEqualTo(Limits.IMAGES);
    assertThat(rendezvous.at("/RunList/properties/runs/maxItems").asInt()).isEqualTo(Limits.RUNS);
    assertThat(rendezvous.at("/LeaseRequest/properties/relays/maxItems").asInt())
        .isEqualTo(Limits.RELAYS);
    assertThat(holders.at("/items/properties/relays/maxItems").asInt()).isEqualTo(Limits.RELAYS);
    assertThat(rendezvous.at("/LeaseTerms/properties/expiresAfterSeconds/maximum").asInt())
        .isEqualTo(Limits.LEASE_SECONDS);
    assertThat(document("rendezvous.yaml").at("/info/description").asText())
        .contains("at most " + Limits.HEADERS / 1024 + " KiB each");
    assertThat(Limits.REQUEST_BODY).isEqualTo(Limits.HEADERS);
    assertThat(at("rendezvous.yaml", "paths", "/v1/timestamp", "post", "requestBody").toString())
        .contains("At most " + Limits.TIMESTAMP_QUERY / 1024 + " KiB");
    assertThat(at("peer.yaml", "paths", "/v1/runs/{runKey}/output", "get").toString())
        .contains("at most " + Limits.FOLLOWERS + " at once");
    assertThat(at("peer.yaml", "paths", "/v1/results/{runKey}", "get", "responses").toString())
        .contains("at most " + Limits.ATTESTATION / 1024 / 1024 + " MiB");
  }

  @Test
  void theRelaysDocumentHasTheLimitsOfTheCode() throws Exception {
    assertThat(at("relay.yaml", "paths", "/v1/registrations/{instance}", "get").toString())
        .contains("every " + RelayLimits.DEFAULT.times().alive().toSeconds() + " seconds");
    assertThat(at("relay.yaml", "paths", "/v1/peers/{peer}/{instance}", "get").toString())
        .contains(
            RelayLimits.DEFAULT.times().idle().toSeconds() + " seconds have passed without a byte");
    assertThat(document("relay.yaml").at("/info/description").asText())
        .contains("at most " + Limits.HEADERS / 1024 + " KiB");
  }

  @Test
  void takesTheInstancesThatTheCodeTakes() throws Exception {
    String pattern =
        document("common.yaml").at("/components/parameters/instance/schema/pattern").asText();

    assertThat(InstanceId.random().text()).matches(pattern);
    assertThat("a".repeat(64)).matches(pattern);
    assertThat("a".repeat(65)).doesNotMatch(pattern);
  }

  /** The methods of each path, but HEAD, as a server names them to who uses another one. */
  private static Map<String, Set<String>> served(Https client, Map<String, String> samples)
      throws Exception {
    for (OperationsPath path : OperationsPath.values()) {
      samples.put(path.text(), path.text());
    }
    Map<String, Set<String>> methods = new TreeMap<>();
    for (Map.Entry<String, String> sample : samples.entrySet()) {
      Https.Answer answer = client.send("PATCH", sample.getValue());
      assertThat(answer.status()).as(sample.getKey()).isEqualTo(405);
      String allowed = answer.header("Allow").orElseThrow();
      Set<String> names = new TreeSet<>(List.of(allowed.toLowerCase(Locale.ROOT).split(", ")));
      names.remove("head");
      methods.put(sample.getKey(), names);
    }
    return methods;
  }

  private static Map<String, Set<String>> documented(String name) throws IOException {
    Map<String, Set<String>> methods = new TreeMap<>();
    document(name)
        .get("paths")
        .properties()
        .forEach(path -> methods.put(path.getKey(), methods(resolved(path.getValue()))));
    return methods;
  }

  private static Set<String> methods(JsonNode path) {
    Set<String> methods = new TreeSet<>();
    path.fieldNames().forEachRemaining(methods::add);
    methods.retainAll(METHODS);
    return methods;
  }

  private static JsonNode resolved(JsonNode node) {
    if (!node.has("$ref")) {
      return node;
    }
    String[] parts = node.get("$ref").asText().split("#");
    try {
      return document(parts[0]).at(parts[1]);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static JsonNode at(String document, String... fields) throws IOException {
    JsonNode node = document(document);
    for (String field : fields) {
      node = node.path(field);
    }
    return node;
  }

  private static JsonNode document(String name) throws IOException {
    return new YAMLMapper().readTree(DIRECTORY.resolve(name).toFile());
  }

  private static String pattern(String template) {
    return template.replaceAll("\\{\\w+}", "[^/]+");
  }

  private static TimestampAuthority timestamps() throws Exception {
    return TimestampAuthority.of(
        team.issue(TestAuthority.request("urn:peer:tsa").purposes(Purpose.TIME_STAMPING)),
        team.validator(),
        InstantSource.system());
  }
}
