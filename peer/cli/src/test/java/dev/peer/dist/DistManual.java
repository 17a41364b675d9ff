package dev.peer.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.codegen.docgen.manpage.ManPageGenerator;

/**
 * A step of the build: what describes the commands, made of what {@code --help} is made of.
 * AsciiDoc of the manual's pages goes to {@code pages}, the shell's completions to {@code
 * completions}, and the texts that {@code peer} prints without the Java runtime to {@code help}.
 */
final class DistManual {

  private DistManual() {}

  public static void main(String[] arguments) throws IOException {
    Path manual = Path.of(arguments[0]);
    Path pages = Files.createDirectories(manual.resolve("pages"));
    Path completions = Files.createDirectories(manual.resolve("completions"));
    Path help = Files.createDirectories(manual.resolve("help"));
    CommandLine peer = dev.peer.cli.Main.described();
    writeHelp(help, "peer", peer);
    Files.writeString(help.resolve("version.txt"), String.join("\n", version(peer)) + "\n");
    for (CommandLine command :
        List.of(dev.peer.cli.Main.described(), dev.peer.pki.cli.Main.described())) {
      nameExamples(command);
      boolean[] quiet = new boolean[0];
      ManPageGenerator.generateManPage(pages.toFile(), null, quiet, true, command.getCommandSpec());
      String name = command.getCommandName();
      Files.writeString(completions.resolve(name), AutoComplete.bash(name, command));
    }
  }

  private static List<String> version(CommandLine command) {
    try {
      return List.of(command.getCommandSpec().versionProvider().getVersion());
    } catch (Exception e) {
      throw new IllegalStateException("the command has no version", e);
    }
  }

  /** What {@code --help} prints of a command and of those below it. */
  private static void writeHelp(Path directory, String name, CommandLine command)
      throws IOException {
    Files.writeString(
        directory.resolve(name + ".txt"), command.getUsageMessage(CommandLine.Help.Ansi.OFF));
    for (Map.Entry<String, CommandLine> below : command.getSubcommands().entrySet()) {
      writeHelp(directory, name + "-" + below.getKey(), below.getValue());
    }
  }

  /** A page's headings have no colon. */
  private static void nameExamples(CommandLine command) {
    command.getCommandSpec().usageMessage().footerHeading("Examples");
    command.getSubcommands().values().forEach(DistManual::nameExamples);
  }
}
