package dev.peer.vm.layers;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The instructions of a Containerfile. */
final class Instructions {

  /** The image that every guest has. */
  private static final Pattern BASE =
      Pattern.compile("(?i:FROM)\\s+localhost/ci-base(:latest)?(\\s+(?i:AS)\\s+\\S+)?\\s*");

  private static final String FIRST = "FROM localhost/ci-base";

  /** They change how the lines below them are read. */
  private static final Pattern DIRECTIVE = Pattern.compile("#\\s*(escape|syntax|check)\\s*=.*");

  private static final String RUN = "RUN";

  /** They use nothing but what is before them. */
  private static final Set<String> OF_THEIR_OWN =
      Set.of(
          RUN,
          "ENV",
          "LABEL",
          "WORKDIR",
          "USER",
          "SHELL",
          "EXPOSE",
          "VOLUME",
          "CMD",
          "ENTRYPOINT",
          "STOPSIGNAL",
          "MAINTAINER");

  /** An argument with a value, which no option of the command changes. */
  private static final Pattern ARGUMENT = Pattern.compile("(?i:ARG)\\s+[A-Za-z_]\\w*=[^$\\\\]*");

  /** Mounts, other networks, and text that follows the instruction. */
  private static final Pattern MORE = Pattern.compile("(?is:RUN)\\s+--.*|.*<<.*", Pattern.DOTALL);

  private Instructions() {}

  /**
   * Those that a file begins with, up to the last that runs something, as far as they use neither
   * files of the repository, nor secrets, nor another image than the one that each guest has; empty
   * if none of them runs anything.
   */
  static Optional<String> first(String file) {
    List<String> lines = file.lines().toList();
    if (lines.stream().anyMatch(line -> DIRECTIVE.matcher(line.strip()).matches())) {
      return Optional.empty();
    }
    List<String> all = split(lines);
    if (all.isEmpty() || !BASE.matcher(all.getFirst()).matches()) {
      return Optional.empty();
    }
    StringBuilder text = new StringBuilder(FIRST).append('\n');
    int end = 0;
    for (String instruction : all.subList(1, all.size())) {
      if (!usesNothingElse(instruction)) {
        break;
      }
      text.append(instruction).append('\n');
      if (isKeyword(instruction, Set.of(RUN))) {
        end = text.length();
      }
    }
    return end == 0 ? Optional.empty() : Optional.of(text.substring(0, end));
  }

  private static boolean usesNothingElse(String instruction) {
    return ARGUMENT.matcher(instruction).matches()
        || (isKeyword(instruction, OF_THEIR_OWN) && !MORE.matcher(instruction).matches());
  }

  private static boolean isKeyword(String instruction, Set<String> keywords) {
    return keywords.contains(instruction.split("\\s", 2)[0].toUpperCase(Locale.ROOT));
  }

  /** Without comments and empty lines; the lines of one instruction stay as they are. */
  private static List<String> split(List<String> lines) {
    List<String> instructions = new ArrayList<>();
    StringBuilder instruction = new StringBuilder();
    for (String line : lines) {
      String stripped = line.strip();
      if (stripped.isEmpty() || stripped.startsWith("#")) {
        continue;
      }
      instruction.append(instruction.isEmpty() ? line.stripLeading() : "\n" + line);
      if (!stripped.endsWith("\\")) {
        instructions.add(instruction.toString());
        instruction.setLength(0);
      }
    }
    return instructions;
  }
}
