package dev.peer.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * The commands as the portable archive has them, on the JDK of the tests, as on a system that is
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
    for (String file : List.of("peer.sh", "launch.sh", "java.options", "server.options")) {
      Files.copy(Dist.home().resolve("lib").resolve(file), lib.resolve(file));
    }
    Path temporary = Files.createDirectory(directory.resolve("tmp"));
    Files.writeString(
        lib.resolve("java.options"),
        "-Dpeer.platform=other\n-Djava.io.tmpdir=" + temporary + "\n",
        StandardOpenOption.APPEND);
    // The archive's own jar of zstd has the libraries of all systems, this one's beside it.
    for (String directories : List.of("app", "native")) {
      Files.createSymbolicLink(
          lib.resolve(directories), Dist.home().resolve("lib").resolve(directories));
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

  /** The same peer by these commands. */
  Peer of(Peer peer) {
    return peer.by(command)
        .with("PATH", path)
        .with("JAVA_HOME", System.getProperty("java.home"))
        .without("XDG_RUNTIME_DIR");
  }
}
