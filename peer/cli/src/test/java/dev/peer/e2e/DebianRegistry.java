package dev.peer.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.peer.core.id.Digest;
import dev.peer.ports.FreePorts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** A real registry of container images on the loopback interface, as Debian packages it. */
final class DebianRegistry {

  private static final String OCI = "application/vnd.oci.image.";
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path directory;
  private final int port;
  private final Process process;
  private final HttpClient http = HttpClient.newHttpClient();

  private DebianRegistry(Path directory, int port, Process process) {
    this.directory = directory;
    this.port = port;
    this.process = process;
  }

  /** Starts an empty one. */
  static DebianRegistry start(Path directory) throws IOException, InterruptedException {
    int port = FreePorts.find(1).getFirst();
    Path configuration = Files.createDirectories(directory).resolve("config.yml");
    Files.writeString(
        configuration,
        """
        version: 0.1
        storage:
          filesystem:
            rootdirectory: %s
        http:
          addr: 127.0.0.1:%d
        """
            .formatted(directory.resolve("data"), port));
    DebianRegistry registry =
        new DebianRegistry(
            directory,
            port,
            new ProcessBuilder(
                    Dist.sources()
                        .resolve("examples/target/docker-registry/usr/bin/docker-registry")
                        .toString(),
                    "serve",
                    configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start());
    registry.awaitAnswer();
    return registry;
  }

  private void awaitAnswer() throws IOException, InterruptedException {
    Instant end = Instant.now().plus(PATIENCE);
    while (true) {
      try {
        send(HttpRequest.newBuilder(at("/v2/")).GET(), 200);
        return;
      } catch (IOException e) {
        assertThat(process.isAlive()).as(log()).isTrue();
        assertThat(Instant.now()).as(log()).isBefore(end);
        Thread.sleep(50);
      }
    }
  }

  /** Its name in a guest that may reach it. */
  String name() {
    return "10.0.2.2:" + port;
  }

  /** What it says of the requests. */
  String log() throws IOException {
    return Files.readString(directory.resolve("log"));
  }

  /** Takes an image of one file; the digest of its manifest. */
  String push(String repository, String tag, String file, byte[] content)
      throws IOException, InterruptedException {
    byte[] tar = tar(file, content);
    byte[] layer = gzip(tar);
    byte[] configuration =
        JSON.writeValueAsBytes(
            Map.of(
                "architecture",
                "amd64",
                "os",
                "linux",
                "config",
                Map.of(),
                "rootfs",
                Map.of("type", "layers", "diff_ids", List.of(Digest.of(tar).toString()))));
    byte[] manifest =
        JSON.writeValueAsBytes(
            Map.of(
                "schemaVersion",
                2,
                "mediaType",
                OCI + "manifest.v1+json",
                "config",
                blob(repository, OCI + "config.v1+json", configuration),
                "layers",
                List.of(blob(repository, OCI + "layer.v1.tar+gzip", layer))));
    send(
        HttpRequest.newBuilder(at("/v2/" + repository + "/manifests/" + tag))
            .header("Content-Type", OCI + "manifest.v1+json")
            .PUT(BodyPublishers.ofByteArray(manifest)),
        201);
    return Digest.of(manifest).toString();
  }

  private Map<String, ?> blob(String repository, String type, byte[] bytes)
      throws IOException, InterruptedException {
    String digest = Digest.of(bytes).toString();
    URI begun =
        URI.create(
            send(
                    HttpRequest.newBuilder(at("/v2/" + repository + "/blobs/uploads/"))
                        .POST(BodyPublishers.noBody()),
                    202)
                .headers()
                .firstValue("Location")
                .orElseThrow());
    URI whole = at(begun.getRawPath() + "?" + begun.getRawQuery() + "&digest=" + digest);
    send(HttpRequest.newBuilder(whole).PUT(BodyPublishers.ofByteArray(bytes)), 201);
    return Map.of("mediaType", type, "digest", digest, "size", bytes.length);
  }

  /** Loses every blob that is not a manifest, and so can give no image. */
  void loseBlobs(String manifest) throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve("data/docker/registry/v2/blobs"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!manifest.endsWith(file.getParent().getFileName().toString())) {
          Files.delete(file);
        }
      }
    }
  }

  private URI at(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  private HttpResponse<String> send(HttpRequest.Builder request, int expected)
      throws IOException, InterruptedException {
    HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString(UTF_8));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(expected);
    return answer;
  }

  private static byte[] tar(String name, byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      TarArchiveEntry entry = new TarArchiveEntry(name);
      entry.setSize(content.length);
      tar.putArchiveEntry(entry);
      tar.write(content);
      tar.closeArchiveEntry();
    }
    return bytes.toByteArray();
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(compressed)) {
      out.write(bytes);
    }
    return compressed.toByteArray();
  }

  /** Ends it. */
  void end() throws InterruptedException {
    http.close();
    process.destroy();
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }
}
