package dev.peer.vm.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import dev.peer.core.id.Digest;
import dev.peer.core.json.JsonTree;
import dev.peer.core.network.Registry;
import dev.peer.vm.network.FirstNotes;
import dev.peer.vm.network.ReachPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one guest's preparation asks in the place of registries: it gives what is kept, and asks the
 * registry for the rest. A tag is asked for each time. What it cannot give, podman asks the
 * registry itself for.
 */
public final class RegistryMirror implements AutoCloseable {

  private static final String TYPE = "Content-Type";
  private static final String DIGEST = "Docker-Content-Digest";
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final int BAD_GATEWAY = 502;
  private static final byte[] NOTHING = {};

  /** The most of a manifest that podman reads. */
  private static final int LARGEST_MANIFEST = 4 << 20;

  private static final int BUFFER = 1 << 16;
  private static final Pattern REQUEST =
      Pattern.compile(
          "(?<registry>\\d{1,2})/(?<repository>[a-z0-9]+(?:[._/-]+[a-z0-9]+)*)"
              + "/(?<kind>manifests|blobs)/(?<reference>[A-Za-z0-9_][A-Za-z0-9_.:+-]{0,255})");

  private final RegistryServer server;
  private final RegistryAccess access;
  private final RegistryClient client;
  private final Consumer<String> notes;
  private final String word = newWord();
  private final FirstNotes failures;
  private final AtomicLong kept = new AtomicLong();
  private final AtomicLong fetched = new AtomicLong();

  private RegistryMirror(
      RegistryServer server, RegistryAccess access, ReachPolicy policy, Consumer<String> notes) {
    this.server = server;
    this.access = access;
    this.client = new RegistryClient(policy, access.transport());
    this.notes = notes;
    this.failures = new FirstNotes(notes);
  }

  /**
   * Answers from now on.
   *
   * @param policy what may be asked in the guest's place
   * @param notes told why a registry is of no use, and at the end how much was kept and fetched
   */
  public static RegistryMirror open(
      RegistryAccess access, ReachPolicy policy, Consumer<String> notes)
      throws IOException, InterruptedException {
    RegistryMirror mirror = new RegistryMirror(RegistryServer.ofProcess(), access, policy, notes);
    mirror.server.add(mirror.word, mirror);
    return mirror;
  }

  /** The port of this host's loopback interface where it answers, as all of this process do. */
  public int port() {
    return server.port();
  }

  /**
   * Podman's configuration of the registries.
   *
   * @param host the guest's name of this host
   */
  public String configuration(String host) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < access.registries().size(); i++) {
      Registry registry = access.registries().get(i);
      text.append("[[registry]]\n")
          .append("location = \"%s\"\n".formatted(registry))
          .append("insecure = %s\n".formatted(registry.plain()))
          .append("[[registry.mirror]]\n")
          .append("location = \"%s:%d/%s/%d\"\n".formatted(host, port(), word, i))
          .append("insecure = true\n");
    }
    return text.toString();
  }

  /** Cuts off what is in progress, and says what it gave. */
  @Override
  public void close() {
    server.remove(word);
    client.close();
    if (kept.get() + fetched.get() > 0) {
      notes.accept(
          "container images: %.1f MiB were kept by digest, %.1f MiB came from registries"
              .formatted(mebibytes(kept), mebibytes(fetched)));
    }
  }

  private static double mebibytes(AtomicLong bytes) {
    return bytes.get() / (double) (1 << 20);
  }

  /** Answers a request, whose path goes on so behind the word. */
  void answer(HttpExchange exchange, String path) throws IOException {
    Matcher request = REQUEST.matcher(path);
    if (!request.matches()
        || Integer.parseInt(request.group("registry")) >= access.registries().size()) {
      send(exchange, NOT_FOUND, NOTHING);
      return;
    }
    Registry registry = access.registries().get(Integer.parseInt(request.group("registry")));
    try {
      answer(exchange, registry, request);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      String text = "no container image comes from " + registry + ": " + e.getMessage();
      failures.say(text, text);
      if (exchange.getResponseCode() < 0) {
        send(exchange, BAD_GATEWAY, NOTHING);
      }
    }
  }

  private void answer(HttpExchange exchange, Registry registry, Matcher request)
      throws IOException, InterruptedException {
    String reference = request.group("reference");
    boolean isManifest = request.group("kind").equals("manifests");
    Optional<Digest> digest = digest(reference);
    Optional<Path> here = digest.isEmpty() ? Optional.empty() : access.blobs().find(digest.get());
    if (here.isPresent()) {
      sendKept(exchange, here.get(), digest.get(), isManifest);
      return;
    }
    Transport.Answer answer =
        client.get(
            registry,
            request.group("repository"),
            request.group("kind") + "/" + reference,
            exchange.getRequestHeaders().getOrDefault("Accept", List.of()));
    try (InputStream _ = answer.body()) {
      if (answer.status() != OK) {
        send(exchange, answer.status() / 100 == 4 ? NOT_FOUND : BAD_GATEWAY, NOTHING);
      } else if (isManifest) {
        passManifest(exchange, answer, digest);
      } else {
        passBlob(exchange, answer, digest);
      }
    }
  }

  private static Optional<Digest> digest(String reference) {
    try {
      return Optional.of(Digest.parse(reference));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private void sendKept(HttpExchange exchange, Path file, Digest digest, boolean isManifest)
      throws IOException {
    kept.addAndGet(Files.size(file));
    exchange.getResponseHeaders().set(DIGEST, digest.toString());
    if (isManifest) {
      byte[] manifest = Files.readAllBytes(file);
      exchange.getResponseHeaders().set(TYPE, manifestType(manifest));
      send(exchange, OK, manifest);
      return;
    }
    try (InputStream in = Files.newInputStream(file)) {
      begin(exchange, Files.size(file));
      in.transferTo(exchange.getResponseBody());
    }
  }

  /** What kind of manifest it is; older ones of OCI do not say so themselves. */
  private static String manifestType(byte[] manifest) throws IOException {
    JsonNode json = JsonTree.read(manifest);
    String otherwise =
        json.has("manifests")
            ? "application/vnd.oci.image.index.v1+json"
            : "application/vnd.oci.image.manifest.v1+json";
    return json.path("mediaType").asText(otherwise);
  }

  private void passManifest(
      HttpExchange exchange, Transport.Answer answer, Optional<Digest> expected)
      throws IOException {
    byte[] manifest = answer.body().readNBytes(LARGEST_MANIFEST + 1);
    Digest digest = Digest.of(manifest);
    if (manifest.length > LARGEST_MANIFEST) {
      throw new IOException("a manifest is too large");
    }
    try (KeptBlobs.NewBlob blob = access.blobs().take(expected.orElse(digest))) {
      blob.write(manifest);
      blob.keep();
    }
    answer.header(TYPE).ifPresent(t -> exchange.getResponseHeaders().set(TYPE, t));
    exchange.getResponseHeaders().set(DIGEST, digest.toString());
    fetched.addAndGet(manifest.length);
    send(exchange, OK, manifest);
  }

  private void passBlob(HttpExchange exchange, Transport.Answer answer, Optional<Digest> digest)
      throws IOException {
    begin(exchange, answer.header("Content-Length").map(Long::parseLong).orElse(0L));
    if (exchange.getRequestMethod().equals("HEAD")) {
      return;
    }
    if (digest.isEmpty()) {
      fetched.addAndGet(answer.body().transferTo(exchange.getResponseBody()));
      return;
    }
    try (KeptBlobs.NewBlob blob = access.blobs().take(digest.get())) {
      byte[] buffer = new byte[BUFFER];
      OutputStream out = exchange.getResponseBody();
      for (int count = 0; count >= 0; count = answer.body().read(buffer)) {
        blob.write(buffer, 0, count);
        out.write(buffer, 0, count);
        fetched.addAndGet(count);
      }
      blob.keep();
    }
  }

  /** Begins an answer of so many bytes, or of an unknown number of them if that is 0. */
  private static void begin(HttpExchange exchange, long bytes) throws IOException {
    boolean isHead = exchange.getRequestMethod().equals("HEAD");
    exchange.getResponseHeaders().putIfAbsent(TYPE, List.of("application/octet-stream"));
    exchange.sendResponseHeaders(OK, isHead ? -1 : bytes);
  }

  private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    boolean isHead = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, isHead || body.length == 0 ? -1 : body.length);
    if (!isHead) {
      exchange.getResponseBody().write(body);
    }
  }

  private static String newWord() {
    byte[] random = new byte[16];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }
}
