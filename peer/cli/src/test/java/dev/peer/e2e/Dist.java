package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the build has made: the installed commands and a guest image. */
final class Dist {

  private Dist() {}

  static Path command(String name) {
    return home().resolve("bin").resolve(name);
  }

  /** Where all of it is. */
  static Path home() {
    return Path.of(property("peer.test.dist"));
  }

  /** The directory of the guest images. */
  static Path images() {
    return Path.of(property("peer.test.images"));
  }

  /** A directory for the machines' templates, which all tests have in common. */
  static Path templates() throws IOException {
    return Files.createDirectories(home().resolveSibling("templates"));
  }

  /** The repository's root. */
  static Path sources() {
    return Path.of(property("peer.test.sources"));
  }

  /** The newest guest image's directory. */
  static Path image() throws IOException {
    try (var directories = Files.list(images())) {
      List<Path> found =
          directories
              .filter(path -> path.getFileName().toString().matches("[0-9a-f]{64}"))
              .sorted((one, other) -> modified(other).compareTo(modified(one)))
              .toList();
      assertThat(found).as("guest images in " + images() + " (image/build makes one)").isNotEmpty();
      return found.getFirst();
    }
  }

  static String imageDigest() throws IOException {
    return "sha256:" + image().getFileName();
  }

  private static java.nio.file.attribute.FileTime modified(Path path) {
    try {
      return Files.getLastModifiedTime(path);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String property(String name) {
    String value = System.getProperty(name);
    assertThat(value).as("system property " + name).isNotNull();
    return value;
  }
}
