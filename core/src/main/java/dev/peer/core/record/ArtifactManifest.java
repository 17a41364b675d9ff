package dev.peer.core.record;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.Digest;
import dev.peer.core.json.JsonTree;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The artifacts of a run by path, a line of JSON each: in the record if they fit an attestation,
 * else in a file of their own.
 */
public final class ArtifactManifest {

  /** All that a record names is in the attestation, which may have 4 MiB in base64. */
  static final int LARGEST_LIST = 2 << 20;

  private static final int BYTES_PER_ENTRY = 160;

  /** The most bytes of a manifest. */
  static final long LARGEST = 512L << 20;

  private static final int LONGEST_LINE = 1 << 14;

  private ArtifactManifest() {}

  /**
   * The artifacts as their record names them; writes the manifest where they are too many.
   *
   * @param all by path
   */
  public static Artifacts of(Artifacts.Listed all, RunFiles files) throws IOException {
    long listed = 0;
    for (Artifact artifact : all.list()) {
      listed += listed(artifact.path());
      if (artifact instanceof Artifact.Link link) {
        listed += link.target().getBytes(StandardCharsets.UTF_8).length;
      }
    }
    if (listed <= LARGEST_LIST) {
      return all;
    }
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(files.manifest()))) {
      for (Artifact artifact : all.list()) {
        out.write(JsonTree.bytes(write(artifact)));
        out.write('\n');
      }
    }
    Path file = files.manifest();
    return new Artifacts.Manifested(
        all.count(), all.bytes(), new Content(Files.size(file), Digest.of(file)));
  }

  /** The most bytes that a record has of a file of this path. */
  static int listed(String path) {
    return BYTES_PER_ENTRY + path.getBytes(StandardCharsets.UTF_8).length;
  }

  /** Reads a manifest; refuses one that is not what the record says of it. */
  static List<Artifact> read(Path file, Artifacts.Manifested expected)
      throws IOException, MalformedException {
    List<Artifact> artifacts = new ArrayList<>();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      for (byte[] line = line(in); line.length > 0; line = line(in)) {
        if (artifacts.size() == expected.count()) {
          throw new MalformedException("the list of artifacts has more than the record says");
        }
        artifacts.add(read(StrictJson.parse("artifact", line)));
      }
    }
    try {
      Artifacts.Listed all = new Artifacts.Listed(artifacts);
      if (all.count() != expected.count() || all.bytes() != expected.contentBytes()) {
        throw new MalformedException("the list of artifacts is not what the record says of it");
      }
      return all.list();
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new MalformedException(e.getMessage(), e);
    }
  }

  private static byte[] line(InputStream in) throws IOException, MalformedException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n' && b >= 0; b = in.read()) {
      if (line.size() == LONGEST_LINE) {
        throw new MalformedException("the list of artifacts has a line that is too long");
      }
      line.write(b);
    }
    return line.toByteArray();
  }

  /** What only some artifacts have is left out where they do not. */
  static ObjectNode write(Artifact artifact) {
    ObjectNode json = JsonTree.object();
    json.put("path", artifact.path());
    switch (artifact) {
      case Artifact.File file -> {
        json.put("executable", file.mode().executable());
        if (!file.mode().equals(usual(file.mode().executable()))) {
          json.put("mode", file.mode().toString());
        }
        json.put("size", file.content().size());
        json.put("digest", file.content().digest().toString());
      }
      case Artifact.Link link -> json.put("link", link.target());
      case Artifact.Directory directory -> json.put("directory", directory.mode().toString());
    }
    return json;
  }

  /** Reads one that any version of the record can name; the object is read to its end. */
  static Artifact read(StrictJson json) throws MalformedException {
    if (!json.has("link") && !json.has("directory")) {
      return readFile(json);
    }
    String path = json.value("path", Artifact::requirePath);
    Artifact artifact =
        json.has("link")
            ? json.value("link", target -> new Artifact.Link(path, target))
            : new Artifact.Directory(path, json.value("directory", FileMode::parse));
    json.end();
    return artifact;
  }

  private static Artifact readFile(StrictJson json) throws MalformedException {
    String path = json.value("path", Artifact::requirePath);
    boolean executable = json.truth("executable");
    FileMode usual = usual(executable);
    FileMode mode = json.optionalValue("mode", FileMode::parse).orElse(usual);
    if (json.has("mode") && (mode.executable() != executable || mode.equals(usual))) {
      throw new MalformedException("artifact.mode: it says what executable says");
    }
    return new Artifact.File(path, mode, RunRecordJson.readContent(json));
  }

  private static FileMode usual(boolean executable) {
    return executable ? FileMode.EXECUTABLE : FileMode.PLAIN;
  }
}
