package dev.peer.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Help;

/** The groups in which {@code peer --help} lists the commands. */
final class CommandGroups {

  /** The names of the commands, by the heading of their group. */
  static final Map<String, List<String>> NAMES = groups();

  private CommandGroups() {}

  private static Map<String, List<String>> groups() {
    Map<String, List<String>> groups = new LinkedHashMap<>();
    groups.put("Start", List.of("try", "init", "join", "doctor", "stub", "help"));
    groups.put("Run", List.of("run", "replay", "explain"));
    groups.put(
        "Results",
        List.of("ls", "show", "open", "log", "artifacts", "verify", "export", "import", "push"));
    groups.put("Servers", List.of("daemon", "rendezvous", "relay", "explain-cert"));
    groups.put("Machine", List.of("image", "cache", "secret", "vm"));
    return groups;
  }

  /** Renders the list of commands: a heading for each group, a line for each command. */
  static String list(Help help) {
    Map<String, Help> commands = help.subcommands();
    return NAMES.entrySet().stream()
        .map(
            group ->
                "\n%s:\n%s"
                    .formatted(
                        group.getKey(),
                        group.getValue().stream()
                            .map(name -> line(name, commands.get(name)))
                            .collect(Collectors.joining())))
        .collect(Collectors.joining());
  }

  private static String line(String name, Help command) {
    return "  %-14s%s\n".formatted(name, summary(command));
  }

  /** The first line of a command's description, or of its header where it has one. */
  private static String summary(Help command) {
    String[] header = command.commandSpec().usageMessage().header();
    String[] description = command.commandSpec().usageMessage().description();
    return header.length > 0 ? header[0] : description[0];
  }
}
