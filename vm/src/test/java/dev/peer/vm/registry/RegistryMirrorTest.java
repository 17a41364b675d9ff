package dev.peer.vm.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.peer.core.id.Digest;
import dev.peer.core.network.Reach;
import dev.peer.core.network.Registry;
import dev.peer.vm.network.ReachPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A mirror and a registry that can lie, over sockets. The guest is an HTTP client. */
@Timeout(60)
class RegistryMirrorTest {

  private static final String LAYER = "the layer";
  private static final String MANIFEST = "{\"schemaVersion\":2,\"config\":{}}";
  private static final String TYPE = "application/vnd.oci.image.manifest.v1+json";

  @TempDir private Path directory;
  private final HttpClient guest = HttpClient.newHttpClient();
  private final ArrayBlockingQueue<String> asked = new ArrayBlockingQueue<>(100);
  private final List<String> notes = Collections.synchronizedList(new ArrayList<>());
  private final Map<String, String> contents = new ConcurrentHashMap<>();
  private HttpServer registry;
  private KeptBlobs blobs;
  private RegistryMirror mirror;

  @BeforeEach
  void start() throws Exception {
    registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    registry.createContext("/", this::answer);
    registry.start();
    blobs = new KeptBlobs(directory.resolve("blobs"), Duration.ofDays(1), 1 << 20);
    contents.put("manifests/1", MANIFEST);
    contents.put("blobs/" + digest(LAYER), LAYER);
    mirror = open(Reach.parse(server()));
  }

  @AfterEach
  void end() {
    mirror.close();
    registry.stop(0);
    guest.close();
  }

  private String server() {
    return "10.0.2.2:" + registry.getAddress().getPort();
  }

  private RegistryMirror open(Reach reach) throws Exception {
    return RegistryMirror.open(
        new RegistryAccess(Registry.parse("docker.io,http://" + server()), Requests::new, blobs),
        ReachPolicy.of(reach),
        notes::add);
  }

  /** Of this host, through no proxy. */
  private static final class Requests implements Transport {

    private final HttpClient http = HttpClient.newHttpClient();

    @Override
    public Answer get(URI uri, Map<String, String> headers, Duration most)
        throws IOException, InterruptedException {
      HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(most);
      headers.forEach(request::header);
      HttpResponse<InputStream> answer = http.send(request.build(), BodyHandlers.ofInputStream());
      return new Answer(answer.statusCode(), answer.headers()::firstValue, answer.body());
    }

    @Override
    public void close() {
      http.shutdownNow();
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().toString();
      String authorization =
          Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization")).orElse("-");
      asked.add(path + " " + authorization);
      String what = path.replaceFirst("^/v2/team/base/", "");
      String content = contents.get(what);
      String here = "http://" + server();
      if (path.startsWith("/token?")) {
        send(exchange, 200, "{\"token\":\"abc\"}");
      } else if (content == null) {
        send(exchange, 404, "");
      } else if (content.equals("token") && authorization.equals("-")) {
        exchange
            .getResponseHeaders()
            .set(
                "WWW-Authenticate",
                "Bearer realm=\"%s/token\",service=\"s\",scope=\"a:b\"".formatted(here));
        send(exchange, 401, "");
      } else if (content.startsWith("to ")) {
        exchange.getResponseHeaders().set("Location", content.substring(3));
        send(exchange, 307, "");
      } else {
        exchange.getResponseHeaders().set("Content-Type", TYPE);
        send(exchange, 200, content);
      }
    }
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    exchange.sendResponseHeaders(status, body.isEmpty() ? -1 : body.length());
    exchange.getResponseBody().write(body.getBytes(UTF_8));
  }

  private static String digest(String text) {
    return Digest.of(text.getBytes(UTF_8)).toString();
  }

  /** Where podman finds the second registry. */
  private String place() {
    Matcher location =
        Pattern.compile("mirror]]\nlocation = \"([^\"]+/1)\"")
            .matcher(mirror.configuration("127.0.0.1"));
    assertThat(location.find()).isTrue();
    return location.group(1);
  }

  private HttpResponse<String> ask(String what) throws Exception {
    return send("GET", what);
  }

  private HttpResponse<String> send(String method, String what) throws Exception {
    String place = place();
    int slash = place.indexOf('/');
    URI uri =
        URI.create(
            "http://" + place.substring(0, slash) + "/v2" + place.substring(slash) + "/" + what);
    return guest.send(
        HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.noBody()).build(),
        BodyHandlers.ofString());
  }

  private List<String> asked() {
    return asked.stream().map(line -> line.replaceFirst(" .*", "")).toList();
  }

  @Test
  void namesItselfInThePlaceOfEachRegistry() {
    assertThat(mirror.configuration("10.0.2.2"))
        .matches(
            Pattern.compile(
                """
                \\[\\[registry]]
                location = "docker.io"
                insecure = false
                \\[\\[registry.mirror]]
                location = "10.0.2.2:%d/[0-9a-f]{32}/0"
                insecure = true
                \\[\\[registry]]
                location = "%s"
                insecure = true
                \\[\\[registry.mirror]]
                location = "10.0.2.2:%d/[0-9a-f]{32}/1"
                insecure = true
                """
                    .formatted(mirror.port(), server(), mirror.port())));
  }

  @Test
  void asksForATagEachTimeAndForABlobOnce() throws Exception {
    for (int i = 0; i < 2; i++) {
      HttpResponse<String> manifest = ask("team/base/manifests/1");
      assertThat(manifest.body()).isEqualTo(MANIFEST);
      assertThat(manifest.headers().firstValue("Content-Type")).contains(TYPE);
      assertThat(manifest.headers().firstValue("Docker-Content-Digest")).contains(digest(MANIFEST));
      assertThat(ask("team/base/blobs/" + digest(LAYER)).body()).isEqualTo(LAYER);
    }
    assertThat(ask("team/base/manifests/" + digest(MANIFEST)).headers().firstValue("Content-Type"))
        .contains(TYPE);

    assertThat(asked())
        .containsExactly(
            "/v2/team/base/manifests/1",
            "/v2/team/base/blobs/" + digest(LAYER),
            "/v2/team/base/manifests/1");
    assertThat(blobs.summary()).hasValueSatisfying(all -> assertThat(all.files()).isEqualTo(2));
    mirror.close();
    assertThat(notes)
        .containsExactly(
            "container images: 0.0 MiB were kept by digest, 0.0 MiB came from registries");
  }

  @Test
  void answersHeadWithoutABody() throws Exception {
    assertThat(send("HEAD", "team/base/manifests/1").body()).isEmpty();
    assertThat(send("HEAD", "team/base/blobs/" + digest(LAYER)).statusCode()).isEqualTo(200);
    assertThat(send("DELETE", "team/base/manifests/1").statusCode()).isEqualTo(405);
  }

  @Test
  void getsATokenAsAnybodyAndKeepsItForTheRepository() throws Exception {
    contents.put("manifests/2", "token");
    contents.put("manifests/3", "token");

    assertThat(ask("team/base/manifests/2").statusCode()).isEqualTo(200);
    assertThat(ask("team/base/manifests/3").statusCode()).isEqualTo(200);

    assertThat(asked)
        .containsExactly(
            "/v2/team/base/manifests/2 -",
            "/token?service=s&scope=a%3Ab -",
            "/v2/team/base/manifests/2 Bearer abc",
            "/v2/team/base/manifests/3 Bearer abc");
  }

  @Test
  void followsARedirectWithoutTheToken() throws Exception {
    contents.put("manifests/2", "token");
    assertThat(ask("team/base/manifests/2").statusCode()).isEqualTo(200);
    contents.put("blobs/" + digest(LAYER), "to http://127.0.0.1:1/elsewhere");
    assertThat(ask("team/base/blobs/" + digest(LAYER)).statusCode()).isEqualTo(502);
    contents.put("blobs/" + digest(LAYER), "to /v2/team/base/here");
    contents.put("here", LAYER);

    assertThat(ask("team/base/blobs/" + digest(LAYER)).body()).isEqualTo(LAYER);
    assertThat(notes)
        .containsExactly(
            "no container image comes from %s: 127.0.0.1:1 is not asked: PEER_PREPARE_NETWORK omits it"
                .formatted(server()));
  }

  @Test
  void endsACircleOfRedirects() throws Exception {
    contents.put("manifests/1", "to /v2/team/base/manifests/1");

    assertThat(ask("team/base/manifests/1").statusCode()).isEqualTo(502);
    assertThat(asked).hasSize(6);
  }

  @Test
  void keepsNothingThatIsNotWhatItsDigestSays() throws Exception {
    contents.put("blobs/" + digest(LAYER), "others!!!");
    contents.put("manifests/" + digest(MANIFEST), "{}");

    assertThat(ask("team/base/blobs/" + digest(LAYER)).body()).isEqualTo("others!!!");
    assertThat(ask("team/base/manifests/" + digest(MANIFEST)).statusCode()).isEqualTo(502);

    assertThat(blobs.summary()).isEmpty();
    assertThat(notes)
        .containsExactlyInAnyOrder(
            "no container image comes from %s: other bytes came for %s"
                .formatted(server(), digest(LAYER)),
            "no container image comes from %s: other bytes came for %s"
                .formatted(server(), digest(MANIFEST)));
  }

  @Test
  void fetchesAgainWhatWasDamagedHere() throws Exception {
    ask("team/base/blobs/" + digest(LAYER));
    try (Stream<Path> files = Files.list(directory.resolve("blobs/sha256"))) {
      Files.writeString(files.toList().getFirst(), "damaged");
    }

    assertThat(ask("team/base/blobs/" + digest(LAYER)).body()).isEqualTo(LAYER);
    assertThat(asked).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "team/base/manifests/none",
        "team/base/blobs/sha256:0000",
        "team/base/other/1",
        "team/../base/manifests/1",
        "TEAM/manifests/1"
      })
  void knowsNothingElse(String what) throws Exception {
    assertThat(ask(what).statusCode()).isEqualTo(404);
    assertThat(notes).isEmpty();
  }

  @Test
  void answersNobodyWithoutItsWordOrAfterItsEnd() throws Exception {
    String other = place().replaceFirst("/[0-9a-f]{32}/", "/v2/" + "0".repeat(32) + "/");
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + other + "/team/base/manifests/1")).build();
    assertThat(guest.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(404);
    mirror.close();
    assertThat(ask("team/base/manifests/1").statusCode()).isEqualTo(404);
    assertThat(asked).isEmpty();
  }

  @Test
  void asksNoServerThatTheGuestMayNotReach() throws Exception {
    mirror.close();
    mirror = open(new Reach.Open());

    assertThat(ask("team/base/manifests/1").statusCode()).isEqualTo(502);
    assertThat(asked).isEmpty();
    assertThat(notes).singleElement().asString().contains("is not asked: it is this host");
  }

  @Test
  void keepsNoMoreThanThereIsRoomFor() throws Exception {
    mirror.close();
    blobs = new KeptBlobs(directory.resolve("blobs"), Duration.ofDays(1), MANIFEST.length());
    mirror = open(Reach.parse(server()));
    String large = LAYER.repeat(1000);
    contents.put("blobs/" + digest(large), large);
    ask("team/base/blobs/" + digest(LAYER));
    assertThat(ask("team/base/blobs/" + digest(large)).body()).isEqualTo(large);
    assertThat(kept()).containsExactly(digest(LAYER));

    ask("team/base/manifests/1");
    assertThat(kept()).as("the other was used longer ago").containsExactly(digest(MANIFEST));
    blobs.drop();
    assertThat(blobs.summary()).isEmpty();
  }

  private List<String> kept() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("blobs/sha256"))) {
      return files.map(file -> "sha256:" + file.getFileName()).toList();
    }
  }
}
