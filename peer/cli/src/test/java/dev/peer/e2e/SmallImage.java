package dev.peer.e2e;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;

/** A guest image of a few MiB that no machine boots: for tests that only move it about. */
final class SmallImage {

  private static final ObjectMapper JSON = new ObjectMapper();

  private SmallImage() {}

  /** Makes it in a new directory below this one, which its digest names. */
  static Path in(Path root) throws IOException {
    Path made = Files.createDirectories(root.resolve("made"));
    ObjectNode manifest =
        (ObjectNode) JSON.readTree(Dist.image().resolve("manifest.json").toFile());
    ObjectNode files = (ObjectNode) manifest.get("files");
    put(files, made.resolve("kernel"), 150_000);
    put(files, made.resolve("initramfs"), 3_000);
    put(files, made.resolve("root.erofs"), 3 << 20);
    byte[] bytes = JSON.writeValueAsBytes(manifest);
    Files.write(made.resolve("manifest.json"), bytes);
    return Files.move(made, root.resolve(sha256(bytes)));
  }

  private static void put(ObjectNode files, Path file, int size) throws IOException {
    byte[] content = new byte[size];
    new Random(size).nextBytes(content);
    Files.write(file, content);
    ObjectNode entry = (ObjectNode) files.get(file.getFileName().toString());
    entry.put("sha256", sha256(content)).put("size", size);
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}
