package dev.peer.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A git repository, made by git. */
public record Repository(Path directory) {

  public static Repository init(Path directory) throws IOException, InterruptedException {
    Files.createDirectories(directory);
    Repository repository = new Repository(directory);
    repository.git("init", "-q", "-b", "main");
    return repository;
  }

  /** Clones it to a directory that is not there yet. */
  Repository cloneTo(Path clone) throws IOException, InterruptedException {
    git("clone", "-q", directory.toString(), clone.toString());
    return new Repository(clone);
  }

  public Repository write(String file, String text) throws IOException {
    Files.createDirectories(directory.resolve(file).getParent());
    Files.writeString(directory.resolve(file), text);
    return this;
  }

  public Repository commit() throws IOException, InterruptedException {
    git("add", "-A");
    git(
        "-c",
        "user.name=Tester",
        "-c",
        "user.email=tester@localhost",
        "commit",
        "-q",
        "--allow-empty",
        "-m",
        "Change");
    return this;
  }

  /** The id of HEAD's tree. */
  String tree() throws IOException, InterruptedException {
    return git("rev-parse", "HEAD^{tree}").strip();
  }

  public String git(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("git", "-C", directory.toString()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(command + "\n" + said).isZero();
    return said;
  }
}
