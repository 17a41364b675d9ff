package dev.peer.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * The commands as the portable archive has them, on a Java runtime of the system, as on one that is
 * not Linux: the door to what Linux alone has is shut, and no program is in {@code PATH} that POSIX
 * does not know, nor one that takes what POSIX does not say.
 *
 * @param command the command {@code peer}
 * @param path the directory of the programs
 */
record PortableDist(Path command, Path path) {

  /** What macOS' {@code readlink} was for long. */
  private static final String READLINK =
      "#!/bin/sh\n[ $# = 1 ] || { echo 'readlink: no options' >&2; exit 1; }\n"
          + "exec /usr/bin/readlink \"$1\"\n";

  /** Lays one out. */
  static PortableDist in(Path directory) throws IOException {
    Path home = Files.createDirectory(directory.resolve("portable"));
    Path lib = Files.createDirectory(home.resolve("lib"));
    for (String file :
        List.of("peer.sh", "launch.sh", "java.options", "command.options", "server.options")) {
      Files.copy(Dist.home().resolve("lib").resolve(file), lib.resolve(file));
    }
    Path temporary = Files.createDirectory(directory.resolve("tmp"));
    Files.writeString(
        lib.resolve("java.options"),
        "-Dpeer.platform=other\n-Djava.io.tmpdir=" + temporary + "\n",
        StandardOpenOption.APPEND);
    // The archive's own jar of zstd has the libraries of all systems, this one's beside it.
    for (String shared : List.of("app", "native", "peer.aot")) {
      Files.createSymbolicLink(lib.resolve(shared), Dist.home().resolve("lib").resolve(shared));
    }
    Path bin = Files.createDirectory(home.resolve("bin"));
    Path command = Files.createSymbolicLink(bin.resolve("peer"), Path.of("../lib/peer.sh"));
    Path path = Files.createDirectory(home.resolve("path"));
    for (String tool : List.of("sh", "dirname")) {
      Files.createSymbolicLink(path.resolve(tool), Path.of("/usr/bin", tool));
    }
    Files.writeString(path.resolve("readlink"), READLINK);
    Files.setPosixFilePermissions(
        path.resolve("readlink"), PosixFilePermissions.fromString("rwxr-xr-x"));
    return new PortableDist(command, path);
  }

  /**
   * The same peer by these commands. The system's runtime is that of the installation: the archive
   * is trained for it, and so a start takes a quarter of the time.
   */
  Peer of(Peer peer) {
    return onRuntime(Dist.home().resolve("lib/runtime"), peer);
  }

  /** The same on the JDK of the tests, for which no archive is trained. */
  Peer onJdk(Peer peer) {
    return onRuntime(Path.of(System.getProperty("java.home")), peer);
  }

  private Peer onRuntime(Path runtime, Peer peer) {
    return peer.by(command)
        .with("PATH", path)
        .with("JAVA_HOME", runtime)
        .without("XDG_RUNTIME_DIR");
  }
}
