package dev.peer.cli;

import dev.peer.config.Spelling;
import dev.peer.core.id.Printable;
import java.util.Collection;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * What to say of a command line that peer does not take.
 *
 * @param message what is wrong
 * @param hint the next step: the word that was probably meant, or where the right ones are
 */
record UsageError(String message, String hint) {

  static UsageError of(ParameterException e) {
    CommandSpec command = e.getCommandLine().getCommandSpec();
    String help = "`" + command.qualifiedName() + " --help` shows what it takes";
    if (!(e instanceof UnmatchedArgumentException unmatched)) {
      return new UsageError(e.getMessage(), help);
    }
    String word = unmatched.getUnmatched().getFirst();
    if (word.startsWith("-")) {
      String name = word.replaceFirst("=.*", "");
      return suggesting("unknown option: ", name, command.optionsMap().keySet(), "", help);
    }
    Collection<String> commands = command.subcommands().keySet();
    return commands.isEmpty()
        ? new UsageError("unexpected argument: " + Printable.plain(word), help)
        : suggesting("unknown command: ", word, commands, command.qualifiedName() + " ", help);
  }

  private static UsageError suggesting(
      String what, String word, Collection<String> known, String before, String help) {
    Optional<String> meant = Spelling.nearest(word, known);
    return new UsageError(
        what + Printable.plain(word),
        meant.map(name -> "did you mean `" + before + name + "`? ").orElse("") + help);
  }
}
