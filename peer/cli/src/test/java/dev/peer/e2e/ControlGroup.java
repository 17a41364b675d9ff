package dev.peer.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A control group of the kernel, of either version, with a limit for its memory. */
final class ControlGroup implements AutoCloseable {

  private static final Path ROOT = Path.of("/sys/fs/cgroup");
  private static final String MEMBERS = "cgroup.procs";

  private final Path directory;

  private ControlGroup(Path directory) {
    this.directory = directory;
  }

  /** Makes one; nothing where this process may not. */
  static Optional<ControlGroup> create(String name, long bytes) throws IOException {
    boolean first = Files.isDirectory(ROOT.resolve("memory"));
    Path root = first ? ROOT.resolve("memory") : ROOT;
    if (!Files.isWritable(root.resolve(MEMBERS)) || !(first || givesMemory(root))) {
      return Optional.empty();
    }
    ControlGroup group = new ControlGroup(Files.createDirectory(root.resolve(name)));
    Files.writeString(
        group.directory.resolve(first ? "memory.limit_in_bytes" : "memory.max"),
        Long.toString(bytes));
    return Optional.of(group);
  }

  private static boolean givesMemory(Path root) throws IOException {
    Path control = root.resolve("cgroup.subtree_control");
    if (Files.exists(control) && !Files.readString(control).contains("memory")) {
      Files.writeString(control, "+memory");
    }
    return Files.exists(control) && Files.readString(control).contains("memory");
  }

  /** What to put before a command so that it runs there. */
  List<String> in() {
    return List.of("sh", "-euc", "echo $$ >" + directory.resolve(MEMBERS) + "; exec \"$@\"", "sh");
  }

  @Override
  public void close() throws IOException {
    try (Stream<String> members = Files.lines(directory.resolve(MEMBERS))) {
      members
          .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid)).stream())
          .forEach(
              process -> {
                process.destroyForcibly();
                process.onExit().join();
              });
    }
    Files.delete(directory);
  }
}
