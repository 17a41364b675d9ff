package dev.peer.vm.layers;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line of a mkfile that builds a container image with podman, and says nothing that its first
 * layers depend on besides the instructions.
 *
 * @param file where the instructions are; empty: in the context, by their usual name
 * @param context the directory that they may copy from
 * @param inline the instructions, if they are in the mkfile itself
 */
record BuildCommand(Optional<String> file, String context, Optional<String> inline) {

  /** Each may have a file read, before any limit of the run counts. */
  private static final int MOST = 8;

  private static final Pattern COMMAND = Pattern.compile("\\s+podman\\s+build\\s+(\\S.*)");
  private static final Pattern PATH =
      Pattern.compile("(\\./)?(?:[A-Za-z0-9_][A-Za-z0-9._-]*+/)*+([A-Za-z0-9_][A-Za-z0-9._-]*)?");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._:/$(){}\"'-]+");

  /** Quoted, so that the shell changes nothing of what follows. */
  private static final Pattern INLINE = Pattern.compile("<<(-?)(?:'(\\w+)'|\"(\\w+)\"|\\\\(\\w+))");

  /** The first of those in a mkfile, in their order. */
  static List<BuildCommand> in(String mkfile) {
    List<BuildCommand> commands = new ArrayList<>();
    Iterator<String> lines = mkfile.lines().iterator();
    while (lines.hasNext() && commands.size() < MOST) {
      Matcher command = COMMAND.matcher(lines.next());
      if (command.matches()) {
        read(command.group(1).strip().split("\\s+"), lines).ifPresent(commands::add);
      }
    }
    return commands;
  }

  /** Empty where an argument is none of those that are known. */
  private static Optional<BuildCommand> read(String[] words, Iterator<String> following) {
    Optional<String> file = Optional.empty();
    Optional<String> context = Optional.empty();
    Optional<String> inline = Optional.empty();
    Iterator<String> left = List.of(words).iterator();
    while (left.hasNext()) {
      String word = left.next();
      Matcher begin = INLINE.matcher(word);
      if (begin.matches() && !left.hasNext()) {
        inline = inline(begin, following);
      } else if (isOption(word, "-t", "--tag")) {
        if (value(word, left).filter(name -> NAME.matcher(name).matches()).isEmpty()) {
          return Optional.empty();
        }
      } else if (isOption(word, "-f", "--file")) {
        file = value(word, left);
        if (file.isEmpty()) {
          return Optional.empty();
        }
      } else if (context.isEmpty() && isPath(word)) {
        context = Optional.of(word);
      } else if (!word.equals("-q") && !word.equals("--quiet")) {
        return Optional.empty();
      }
    }
    boolean ofInput = file.equals(Optional.of("-"));
    boolean known = ofInput ? inline.isPresent() : inline.isEmpty() && isPathOrNone(file);
    return known && context.isPresent()
        ? Optional.of(new BuildCommand(file, normal(context.get()), inline))
        : Optional.empty();
  }

  private static boolean isOption(String word, String brief, String whole) {
    return word.equals(brief) || word.equals(whole) || word.startsWith(whole + "=");
  }

  private static Optional<String> value(String option, Iterator<String> following) {
    int assigned = option.indexOf('=');
    if (assigned >= 0) {
      return Optional.of(option.substring(assigned + 1));
    }
    return following.hasNext() ? Optional.of(following.next()) : Optional.empty();
  }

  private static boolean isPathOrNone(Optional<String> file) {
    return file.isEmpty() || isPath(file.get());
  }

  private static boolean isPath(String word) {
    return !word.isEmpty() && (word.equals(".") || PATH.matcher(word).matches());
  }

  /** A path as git names it; the empty one is the root. */
  private static String normal(String path) {
    return path.equals(".") ? "" : path.replaceFirst("^\\./", "").replaceFirst("/$", "");
  }

  /** Empty where nothing ends it. */
  private static Optional<String> inline(Matcher begin, Iterator<String> following) {
    String end = begin.group(2);
    for (int group = 3; end == null; group++) {
      end = begin.group(group);
    }
    StringBuilder text = new StringBuilder();
    while (following.hasNext()) {
      // mk takes the first blank of a recipe's line, and the shell the tabs if it is told to.
      String line = following.next();
      String seen = line.isEmpty() ? line : line.substring(1);
      String taken = begin.group(1).isEmpty() ? seen : seen.replaceFirst("^\t+", "");
      if (taken.equals(end)) {
        return Optional.of(text.toString());
      }
      text.append(taken).append('\n');
    }
    return Optional.empty();
  }

  /** Where the instructions may be, the first place first. */
  List<String> files() {
    String directory = context.isEmpty() ? "" : context + "/";
    return file.map(BuildCommand::normal)
        .map(List::of)
        .orElse(List.of(directory + "Containerfile", directory + "Dockerfile"));
  }
}
