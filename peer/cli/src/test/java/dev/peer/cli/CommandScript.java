package dev.peer.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A test of commands as a person would see it: what is typed, and what comes out.
 *
 * <pre>
 * # A comment says why.
 * % repository            a step of the set-up, see {@link CommandScriptsTest}
 * $ peer replay           a command
 * ? 3                     its exit code, 0 unless said
 * 1&gt; a line of stdout     all of them, in order; [..] stands for anything
 * 2&gt; a line of stderr
 * -- .env --              a file of the working directory, up to the next such line
 * PEER_REPO=example.org/x
 * </pre>
 *
 * @param files contents by name
 */
record CommandScript(List<Step> steps, Map<String, String> files) {

  private static final Pattern FILE = Pattern.compile("-- (\\S+) --");
  private static final String ANYTHING = "[..]";

  /** What a script does next. */
  sealed interface Step {

    /** Sets something up. */
    record SetUp(int line, List<String> words) implements Step {}

    /** Runs a command and looks at all that comes of it. */
    record Command(int line, List<String> words, Expected expected) implements Step {}
  }

  /** What must come of a command. */
  record Expected(int exitCode, List<String> stdout, List<String> stderr) {}

  /**
   * Reads a script.
   *
   * @throws IllegalArgumentException naming the line that is none of a script's
   */
  static CommandScript parse(String text) {
    List<Step> steps = new ArrayList<>();
    Map<String, String> files = new LinkedHashMap<>();
    List<String> lines = text.lines().toList();
    int at = 0;
    while (at < lines.size() && !FILE.matcher(lines.get(at)).matches()) {
      String line = lines.get(at);
      if (line.isBlank() || line.startsWith("#")) {
        at++;
      } else if (line.startsWith("% ")) {
        steps.add(new Step.SetUp(at + 1, words(line)));
        at++;
      } else if (line.startsWith("$ ")) {
        int begin = at++;
        while (at < lines.size() && lines.get(at).matches("(\\?|1>|2>).*")) {
          at++;
        }
        steps.add(new Step.Command(begin + 1, words(line), expected(lines.subList(begin + 1, at))));
      } else {
        throw new IllegalArgumentException("line " + (at + 1) + " is none of a script's: " + line);
      }
    }
    readFiles(lines.subList(at, lines.size()), files);
    return new CommandScript(steps, files);
  }

  private static void readFiles(List<String> lines, Map<String, String> files) {
    String name = "";
    for (String line : lines) {
      var file = FILE.matcher(line);
      if (file.matches()) {
        name = file.group(1);
        files.put(name, "");
      } else {
        files.merge(name, line + "\n", String::concat);
      }
    }
  }

  private static List<String> words(String line) {
    return List.of(line.substring(2).trim().split(" +"));
  }

  private static Expected expected(List<String> lines) {
    int exitCode = 0;
    List<String> stdout = new ArrayList<>();
    List<String> stderr = new ArrayList<>();
    for (String line : lines) {
      String rest = line.startsWith("?") ? line.substring(1) : line.substring(2);
      String value = rest.startsWith(" ") ? rest.substring(1) : rest;
      switch (line.charAt(0)) {
        case '?' -> exitCode = Integer.parseInt(value);
        case '1' -> stdout.add(value);
        default -> stderr.add(value);
      }
    }
    return new Expected(exitCode, stdout, stderr);
  }

  /** Whether this is what must come of a command. */
  static boolean matches(Expected expected, Outcome outcome) {
    return expected.exitCode() == outcome.exitCode()
        && matches(expected.stdout(), outcome.stdout())
        && matches(expected.stderr(), outcome.stderr());
  }

  private static boolean matches(List<String> expected, String text) {
    List<String> lines = text.lines().toList();
    if (lines.size() != expected.size()) {
      return false;
    }
    for (int i = 0; i < lines.size(); i++) {
      String pattern =
          Pattern.compile(Pattern.quote(ANYTHING))
              .splitAsStream(expected.get(i) + " ")
              .map(Pattern::quote)
              .collect(Collectors.joining(".*"));
      if (!(lines.get(i) + " ").matches(pattern)) {
        return false;
      }
    }
    return true;
  }
}
