package dev.peer.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.codegen.docgen.manpage.ManPageGenerator;

/**
 * A step of the build: what describes the commands, made of what {@code --help} is made of.
 * AsciiDoc of the manual's pages goes to {@code pages}, the shell's completions to {@code
 * completions}.
 */
final class DistManual {

  private DistManual() {}

  public static void main(String[] arguments) throws IOException {
    Path manual = Path.of(arguments[0]);
    Path pages = Files.createDirectories(manual.resolve("pages"));
    Path completions = Files.createDirectories(manual.resolve("completions"));
    for (CommandLine command :
        List.of(dev.peer.cli.Main.described(), dev.peer.pki.cli.Main.described())) {
      nameExamples(command);
      boolean[] quiet = new boolean[0];
      ManPageGenerator.generateManPage(pages.toFile(), null, quiet, true, command.getCommandSpec());
      String name = command.getCommandName();
      Files.writeString(completions.resolve(name), AutoComplete.bash(name, command));
    }
  }

  /** A page's headings have no colon. */
  private static void nameExamples(CommandLine command) {
    command.getCommandSpec().usageMessage().footerHeading("Examples");
    command.getSubcommands().values().forEach(DistManual::nameExamples);
  }
}
