package dev.peer.cli.setup;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Programs that a makefile calls, beside those of every build in C, and Debian's packages. */
final class CalledTools {

  private static final Map<String, List<String>> PACKAGES =
      Map.ofEntries(
          Map.entry("bc", List.of("bc")),
          Map.entry("bison", List.of("bison")),
          Map.entry("clang", List.of("clang")),
          Map.entry("clang++", List.of("clang")),
          Map.entry("cmake", List.of("cmake")),
          Map.entry("file", List.of("file")),
          Map.entry("flex", List.of("flex")),
          Map.entry("gawk", List.of("gawk")),
          Map.entry("gfortran", List.of("gfortran")),
          Map.entry("git", List.of("git")),
          Map.entry("jq", List.of("jq")),
          Map.entry("nasm", List.of("nasm")),
          Map.entry("ninja", List.of("ninja-build")),
          Map.entry("node", List.of("nodejs")),
          Map.entry("perl", List.of("perl")),
          Map.entry("pkg-config", List.of("pkg-config")),
          Map.entry("python", List.of("python-is-python3", "python3")),
          Map.entry("python3", List.of("python3")),
          Map.entry("ruby", List.of("ruby")),
          Map.entry("tclsh", List.of("tcl")),
          Map.entry("unzip", List.of("unzip")),
          Map.entry("valgrind", List.of("valgrind")),
          Map.entry("xxd", List.of("xxd")),
          Map.entry("yasm", List.of("yasm")),
          Map.entry("zip", List.of("zip")));

  /** The first word of a recipe's line, of a command within one, or of a variable's value. */
  private static final Pattern COMMAND =
      Pattern.compile(
          """
          (?xm)
          (?: ^\\t[@+\\-\\ \\t]*+
            | ^[A-Za-z_][\\w.\\-]*+ [\\ \\t]*+ (?: ::?:? | [?+!] )? = [\\ \\t]*+
            | (?: [;&|`] | (?<! \\$ ) \\( | \\$\\(shell\\b ) [\\ \\t]*+
          )
          (?: (?: [A-Za-z_]\\w*+ = \\S*+ | ! | do | else | env | exec | if | then | time | while )
              [\\ \\t]++ )*+
          ([a-z][a-z0-9+\\-]*+) (?= [\\s;&|)`] | \\z )
          """);

  private CalledTools() {}

  /** The packages of the programs that a makefile's text calls, in the order of the calls. */
  static Set<String> packages(String makefile) {
    Set<String> packages = new LinkedHashSet<>();
    Matcher commands = COMMAND.matcher(makefile);
    while (commands.find()) {
      packages.addAll(PACKAGES.getOrDefault(commands.group(1), List.of()));
    }
    return packages;
  }
}
