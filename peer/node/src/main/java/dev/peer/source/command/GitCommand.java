package dev.peer.source.command;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The {@code git} of this machine in one directory, as its user has configured it.
 *
 * <p>It goes by the directory alone: variables that lead git to another repository do not count. It
 * writes nothing, except objects that a partial clone left out.
 */
public final class GitCommand {

  private static final Duration LONGEST_LOOK = Duration.ofMinutes(2);
  private static final Duration LONGEST_FETCH = Duration.ofHours(1);
  private static final int LONGEST_SENTENCE = 400;

  /** Those of {@code git rev-parse --local-env-vars} that lead elsewhere. */
  private static final List<String> ELSEWHERE =
      List.of(
          "GIT_DIR",
          "GIT_WORK_TREE",
          "GIT_COMMON_DIR",
          "GIT_INDEX_FILE",
          "GIT_OBJECT_DIRECTORY",
          "GIT_ALTERNATE_OBJECT_DIRECTORIES",
          "GIT_IMPLICIT_WORK_TREE",
          "GIT_GRAFT_FILE",
          "GIT_SHALLOW_FILE",
          "GIT_REPLACE_REF_BASE",
          "GIT_NAMESPACE",
          "GIT_PREFIX",
          "GIT_CONFIG",
          "GIT_QUARANTINE_PATH");

  private final Path directory;

  /** Git in this directory. */
  public GitCommand(Path directory) {
    this.directory = directory;
  }

  /** Asks git a question. */
  public Answer ask(String... arguments) throws IOException {
    return ask(List.of(arguments));
  }

  /** As the other. */
  public Answer ask(List<String> arguments) throws IOException {
    return HostCommand.ask(directory, command(arguments), LONGEST_LOOK, GitCommand::here);
  }

  /**
   * Has git get objects from where the repository was cloned.
   *
   * @param ids one a line
   */
  public Answer fetch(byte[] ids) throws IOException {
    // To pack objects, git first gets those that it does not have, all in one go.
    return HostCommand.work(
        directory,
        command(List.of("pack-objects", "--quiet", "--stdout", "--window=0")),
        ids,
        LONGEST_FETCH,
        GitCommand::here);
  }

  /** What git says when it fails, in one line. */
  public static String sentence(String words) {
    String line = words.replaceFirst("^(fatal|error): ", "").replaceAll("\\s+", " ").strip();
    return line.length() <= LONGEST_SENTENCE ? line : line.substring(0, LONGEST_SENTENCE) + "...";
  }

  private static List<String> command(List<String> arguments) {
    List<String> command =
        new ArrayList<>(List.of("git", "--no-pager", "-c", "core.fsmonitor=false"));
    command.addAll(arguments);
    return command;
  }

  private static void here(Map<String, String> environment) {
    environment.keySet().removeAll(ELSEWHERE);
    environment.put("GIT_OPTIONAL_LOCKS", "0");
    environment.put("GIT_NO_REPLACE_OBJECTS", "1");
    environment.put("GIT_TERMINAL_PROMPT", "0");
    environment.put("LC_ALL", "C");
  }
}
