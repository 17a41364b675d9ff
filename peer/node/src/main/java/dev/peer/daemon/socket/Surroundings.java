package dev.peer.daemon.socket;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Who a process is to the kernel, and what the kernel shows it: the same path, address and file
 * mode mean the same to two processes only where this is the same.
 */
public final class Surroundings {

  /** Lines of the kernel's, with the space before a value. {@code request.c} sends the same. */
  private static final List<String> CREDENTIALS =
      List.of("Umask:", "Uid:", "Gid:", "Groups:", "CapEff:", "NoNewPrivs:", "Seccomp:");

  private static final List<String> NAMESPACES = List.of("mnt", "net", "user", "pid");

  private Surroundings() {}

  /** Those of this process now. */
  public static String ofProcess() throws IOException {
    StringBuilder all = new StringBuilder();
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (CREDENTIALS.stream().anyMatch(line::startsWith)) {
        all.append(line).append('\n');
      }
    }
    for (String namespace : NAMESPACES) {
      all.append(Files.readSymbolicLink(Path.of("/proc/self/ns/" + namespace))).append('\n');
    }
    return all.append(fileOf(Path.of("/"))).toString();
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
