package dev.peer.vm.exec;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Repositories for these tests, made with git, in the form that the guest takes. */
final class GitTar {

  private GitTar() {}

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

  /** Writes the tar: the git directory alone. */
  static void write(Path repository, OutputStream out) throws IOException {
    TarArchiveOutputStream tar = new TarArchiveOutputStream(out);
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(repository.resolve(".git"))) {
      paths = walk.sorted().toList();
    }
    for (Path path : paths) {
      String name = repository.relativize(path).toString();
      if (name.startsWith(".git/hooks") || name.equals(".git/index")) {
        continue;
      }
      tar.putArchiveEntry(new TarArchiveEntry(path, name));
      if (Files.isRegularFile(path)) {
        Files.copy(path, tar);
      }
      tar.closeArchiveEntry();
    }
    TarArchiveEntry submodules = new TarArchiveEntry(".peer/submodules");
    tar.putArchiveEntry(submodules);
    tar.closeArchiveEntry();
    tar.finish();
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
