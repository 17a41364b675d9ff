package dev.peer.vm.exec;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.peer.core.flow.GuestDirectory;
import dev.peer.core.flow.GuestDirectory.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Repositories for these tests, made with git, in the form that the guest takes. */
final class GitFiles {

  private GitFiles() {}

  /** Makes a repository with one commit of all that lies in the directory; its tree's id. */
  static String commit(Path repository) throws IOException, InterruptedException {
    git(repository, "init", "-q", "-b", "main");
    git(repository, "add", "-A");
    git(repository, "commit", "-q", "-m", "all");
    return tree(repository);
  }

  /** The id of the tree that was committed last. */
  static String tree(Path repository) throws IOException, InterruptedException {
    return git(repository, "rev-parse", "HEAD^{tree}").strip();
  }

  /** Writes the disk: the work tree that was committed, and its git directory. */
  static void write(Path repository, GuestDirectory root) throws IOException {
    copy(repository, root.directory(bytes("tree"), Instant.now()));
    root.file(bytes("submodules"), Mode.PLAIN, Instant.now(), out -> {});
  }

  private static void copy(Path from, GuestDirectory to) throws IOException {
    List<Path> paths;
    try (Stream<Path> all = Files.list(from)) {
      paths = all.sorted().toList();
    }
    for (Path path : paths) {
      byte[] name = bytes(path.getFileName().toString());
      Instant modified = Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS).toInstant();
      if (Files.isSymbolicLink(path)) {
        to.link(name, bytes(Files.readSymbolicLink(path).toString()), modified);
      } else if (Files.isDirectory(path)) {
        copy(path, to.directory(name, modified));
      } else {
        Mode mode = Files.isExecutable(path) ? Mode.EXECUTABLE : Mode.PLAIN;
        to.file(name, mode, modified, out -> Files.copy(path, out));
      }
    }
  }

  private static byte[] bytes(String name) {
    return name.getBytes(UTF_8);
  }

  static String git(Path directory, String... arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of("git", "-c", "user.name=Tester", "-c", "user.email=tester@example.org"));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("git failed: " + output);
    }
    return output;
  }
}
