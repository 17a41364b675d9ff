package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A peer: a home of its own, a certificate, and the environment that its commands get. */
final class Peer {

  private final Team team;
  private final Path home;
  private final Map<String, String> environment;

  /** Empty: it is in this process. */
  private final List<String> command;

  Peer(Team team, Path home, Map<String, String> environment) {
    this(team, home, environment, List.of(Dist.command("peer").toString()));
  }

  private Peer(Team team, Path home, Map<String, String> environment, List<String> command) {
    this.team = team;
    this.home = home;
    this.environment = Map.copyOf(environment);
    this.command = List.copyOf(command);
  }

  /**
   * The same peer, its commands in this process: for what a test needs and other tests show of the
   * installed command. They find QEMU in this process's {@code PATH}, and take no signal.
   */
  Peer here() {
    return new Peer(team, home, environment, List.of());
  }

  /** The same peer, its commands started by this one, which becomes them. */
  Peer in(List<String> before) {
    List<String> whole = new ArrayList<>(before);
    whole.addAll(command);
    return new Peer(team, home, environment, whole);
  }

  /** The same peer by another installation's command. */
  Peer by(Path other) {
    return new Peer(team, home, environment, List.of(other.toString()));
  }

  /** The same peer with another value of a variable. */
  Peer with(String name, Object value) {
    Map<String, String> changed = new LinkedHashMap<>(environment);
    changed.put(name, value.toString());
    return new Peer(team, home, changed, command);
  }

  Peer without(String name) {
    Map<String, String> changed = new LinkedHashMap<>(environment);
    changed.remove(name);
    return new Peer(team, home, changed, command);
  }

  /** The same peer where no QEMU is installed: what it does, it does without a machine. */
  Peer withoutQemu() throws IOException {
    return with("PATH", team.pathWithoutQemu());
  }

  Path home() {
    return home;
  }

  Path store() {
    return home.resolve("store");
  }

  Map<String, String> environment() {
    return environment;
  }

  /** Starts a {@code peer} command in a repository. */
  Run start(Repository repository, String... arguments) throws IOException {
    return start(repository.directory(), arguments);
  }

  Run start(Path directory, String... arguments) throws IOException {
    if (command.isEmpty()) {
      return team.startHere(directory, environment, List.of(arguments));
    }
    List<String> whole = new ArrayList<>(command);
    whole.addAll(List.of(arguments));
    return team.start(directory, environment, whole);
  }

  /** Runs a {@code peer} command to its end. */
  Run run(Repository repository, String... arguments) throws IOException, InterruptedException {
    return start(repository, arguments).await();
  }

  Run run(Path directory, String... arguments) throws IOException, InterruptedException {
    return start(directory, arguments).await();
  }

  /** Starts a shell command line that may use {@code peer}. */
  Run shell(Repository repository, String line) throws IOException, InterruptedException {
    return team.start(
            repository.directory(),
            with("PATH", Path.of(command.getLast()).getParent() + ":" + environment.get("PATH"))
                .environment,
            List.of("sh", "-c", line))
        .await();
  }

  /** The only result in its store. */
  Path onlyResult() throws IOException {
    try (Stream<Path> paths = Files.walk(store().resolve("results"), 3)) {
      List<Path> results =
          paths.filter(path -> Files.exists(path.resolve("attestation.json"))).toList();
      assertThat(results).hasSize(1);
      return results.getFirst();
    }
  }

  /** How many results are in its store. */
  long results() throws IOException {
    if (!Files.exists(store())) {
      return 0;
    }
    try (Stream<Path> paths = Files.walk(store().resolve("results"))) {
      return paths.filter(path -> path.endsWith("attestation.json")).count();
    }
  }
}
