package dev.peer.daemon.socket;

import dev.peer.core.platform.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Who a process is to the kernel, and what the kernel shows it: the same path, address and file
 * mode mean the same to two processes only where this is the same.
 */
public final class Surroundings {

  private Surroundings() {}

  /** Those of this process now; empty if the system does not say all of them. */
  public static Optional<String> ofProcess() throws IOException {
    Optional<String> said = Platform.current().surroundings();
    return said.isPresent() ? Optional.of(said.get() + fileOf(Path.of("/"))) : said;
  }

  /**
   * An installation, told from another at the same place.
   *
   * @param dist its directory
   */
  public static String installation(Path dist) throws IOException {
    Path jar = dist.resolve("lib/app/peer-cli.jar");
    return dist + " " + fileOf(jar) + " " + Files.getLastModifiedTime(jar).to(TimeUnit.NANOSECONDS);
  }

  private static String fileOf(Path path) throws IOException {
    return Files.getAttribute(path, "unix:dev") + ":" + Files.getAttribute(path, "unix:ino");
  }
}
