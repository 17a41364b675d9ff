package dev.peer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.cli.CommandScript.Step;
import dev.peer.e2e.PeerPki;
import dev.peer.e2e.Repository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Commands in this process, as the scripts beside this class have them ({@link CommandScript}).
 *
 * <p>A script has a directory of its own, {@code [dir]} in its lines, a {@code PEER_HOME} in it,
 * and no other variable than it sets:
 *
 * <ul>
 *   <li>{@code % repository URL} commits the directory's files in a repository with this origin
 *   <li>{@code % pki ARGUMENTS} is {@code peer-pki} in the directory {@code pki}
 *   <li>{@code % NAME=VALUE} sets a variable
 * </ul>
 *
 * {@code -Dscript=ls.txt} plays one alone.
 */
class CommandScriptsTest {

  private static final String DIRECTORY = "[dir]";

  @TempDir private Path root;

  @TestFactory
  Stream<DynamicTest> commandsDoWhatTheScriptsSay() throws Exception {
    Path scripts = Path.of(CommandScriptsTest.class.getResource("scripts").toURI());
    try (Stream<Path> files = Files.list(scripts)) {
      List<Path> chosen =
          files.filter(file -> file.endsWith(System.getProperty("script", name(file)))).toList();
      assertThat(chosen).isNotEmpty();
      return chosen.stream()
          .sorted()
          .map(file -> DynamicTest.dynamicTest(name(file), file.toUri(), () -> play(file)));
    }
  }

  private static String name(Path file) {
    return file.getFileName().toString();
  }

  private void play(Path file) throws Exception {
    CommandScript script = CommandScript.parse(Files.readString(file));
    Path directory = Files.createDirectory(root.toRealPath().resolve(name(file)));
    Repository files = new Repository(directory);
    for (Map.Entry<String, String> one : script.files().entrySet()) {
      files.write(one.getKey(), one.getValue());
    }
    Map<String, String> environment = new HashMap<>();
    environment.put("PEER_HOME", directory.resolve(".home").toString());
    List<String> differences = new ArrayList<>();
    for (Step step : script.steps()) {
      switch (step) {
        case Step.SetUp setUp -> setUp(directory, environment, setUp);
        case Step.Command command -> {
          Outcome outcome = run(directory, environment, command.words());
          if (!CommandScript.matches(command.expected(), outcome)) {
            differences.add(
                "line %d%n$ %s%n%s"
                    .formatted(command.line(), String.join(" ", command.words()), outcome));
          }
        }
      }
    }
    assertThat(differences).as("what came of commands whose lines say otherwise").isEmpty();
  }

  private static void setUp(Path directory, Map<String, String> environment, Step.SetUp step)
      throws Exception {
    List<String> rest = step.words().subList(1, step.words().size());
    switch (step.words().getFirst()) {
      case "repository" -> commit(directory, rest.getFirst());
      case "pki" -> PeerPki.run(directory.resolve("pki"), rest);
      default -> {
        String[] variable = step.words().getFirst().split("=", 2);
        assertThat(variable).as("the step of line " + step.line()).hasSize(2);
        environment.put(variable[0], variable[1].replace(DIRECTORY, directory.toString()));
      }
    }
  }

  private static void commit(Path directory, String origin) throws Exception {
    Repository repository = Repository.init(directory);
    repository.git("remote", "add", "origin", origin);
    repository.write(".git/info/exclude", ".home\npki\n").commit();
  }

  private static Outcome run(Path directory, Map<String, String> environment, List<String> words) {
    assertThat(words.getFirst()).isEqualTo("peer");
    Outcome outcome =
        new PeerHere(environment)
            .run(
                directory,
                words.stream()
                    .skip(1)
                    .map(word -> word.replace(DIRECTORY, directory.toString()))
                    .toArray(String[]::new));
    return new Outcome(
        outcome.exitCode(), text(outcome.stdout(), directory), text(outcome.stderr(), directory));
  }

  private static String text(String output, Path directory) {
    return output.replace(directory.toString(), DIRECTORY);
  }
}
