package dev.peer.vm.exec;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * A container image, put together byte by byte: it can be what no builder makes.
 *
 * @param name its name, with a tag
 * @param layers a tar each, from the lowest up
 * @param config the part {@code config} of its configuration: {@code Env}, {@code User} and so on
 */
record ContainerImage(String name, List<byte[]> layers, Map<String, ?> config) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String OCI = "application/vnd.oci.image.";

  /** The configuration, whose digest is the image's id. */
  byte[] configuration() throws IOException {
    return JSON.writeValueAsBytes(
        Map.of(
            "architecture",
            "amd64",
            "os",
            "linux",
            "config",
            config,
            "rootfs",
            Map.of(
                "type",
                "layers",
                "diff_ids",
                layers.stream().map(layer -> "sha256:" + digest(layer)).toList())));
  }

  String id() throws IOException {
    return digest(configuration());
  }

  /** Writes what {@code docker save} makes of several images. */
  static void writeDockerArchive(Path file, List<ContainerImage> images) throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    List<Map<String, ?>> manifest = new ArrayList<>();
    for (ContainerImage image : images) {
      files.put(image.id() + ".json", image.configuration());
      image.layers().forEach(layer -> files.put(digest(layer) + ".tar", layer));
      manifest.add(
          Map.of(
              "Config",
              image.id() + ".json",
              "RepoTags",
              List.of(image.name()),
              "Layers",
              image.layers().stream().map(layer -> digest(layer) + ".tar").toList()));
    }
    files.put("manifest.json", JSON.writeValueAsBytes(manifest));
    writeTar(file, files);
  }

  /** Writes an OCI archive with compressed layers; the digest of the image's manifest. */
  String writeOciArchive(Path file) throws IOException {
    Map<String, byte[]> blobs = new LinkedHashMap<>();
    List<Map<String, ?>> compressed = new ArrayList<>();
    for (byte[] layer : layers) {
      compressed.add(blob(blobs, OCI + "layer.v1.tar+gzip", gzip(layer)));
    }
    Map<String, ?> configuration = blob(blobs, OCI + "config.v1+json", configuration());
    byte[] manifest =
        JSON.writeValueAsBytes(
            Map.of("schemaVersion", 2, "config", configuration, "layers", compressed));
    Map<String, Object> entry = blob(blobs, OCI + "manifest.v1+json", manifest);
    entry.put("annotations", Map.of("org.opencontainers.image.ref.name", name));
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(UTF_8));
    files.put(
        "index.json",
        JSON.writeValueAsBytes(Map.of("schemaVersion", 2, "manifests", List.of(entry))));
    blobs.forEach((digest, bytes) -> files.put("blobs/sha256/" + digest, bytes));
    writeTar(file, files);
    return "sha256:" + digest(manifest);
  }

  private static Map<String, Object> blob(Map<String, byte[]> blobs, String type, byte[] bytes) {
    blobs.put(digest(bytes), bytes);
    return new LinkedHashMap<>(
        Map.of("mediaType", type, "digest", "sha256:" + digest(bytes), "size", bytes.length));
  }

  private static void writeTar(Path file, Map<String, byte[]> files) throws IOException {
    Tree tree = new Tree();
    files.forEach((name, bytes) -> tree.file(name, 0644, bytes));
    Files.write(file, tree.tar());
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(compressed)) {
      out.write(bytes);
    }
    return compressed.toByteArray();
  }

  private static String digest(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The files of a layer, directories before what is in them. */
  static final class Tree {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes);

    Tree file(String name, int mode, String text) {
      return file(name, mode, text.getBytes(UTF_8));
    }

    Tree file(String name, int mode, byte[] content) {
      return owned(name, mode, 0, 0, content);
    }

    Tree owned(String name, int mode, long user, long group, byte[] content) {
      TarArchiveEntry entry = new TarArchiveEntry(name);
      entry.setMode(mode | (entry.isDirectory() ? 040000 : 0100000));
      entry.setUserId(user);
      entry.setGroupId(group);
      entry.setSize(content.length);
      return put(entry, content);
    }

    Tree directory(String name) {
      return owned(name + "/", 0755, 0, 0, new byte[0]);
    }

    Tree link(String name, String target) {
      TarArchiveEntry entry = new TarArchiveEntry(name, TarArchiveEntry.LF_SYMLINK);
      entry.setLinkName(target);
      return put(entry, new byte[0]);
    }

    private Tree put(TarArchiveEntry entry, byte[] content) {
      entry.setModTime(0);
      try {
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return this;
    }

    byte[] tar() throws IOException {
      tar.finish();
      return bytes.toByteArray();
    }
  }
}
