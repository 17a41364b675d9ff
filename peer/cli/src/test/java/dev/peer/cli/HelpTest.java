package dev.peer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.HelpCommand;

/** What {@code --help} shows, and so the manual. */
class HelpTest {

  /** An example with what it is an example of. */
  record Example(CommandLine root, String text) {

    /** Its words after the command's name, without what the shell takes for itself. */
    String[] words() {
      String command = root.getCommandName() + " ";
      String line = text.replaceFirst("(^|.*\\| )(?=" + command + ")", "");
      line = line.replaceFirst("\\s*([#|]|>).*", "").replace("DIGEST", "0".repeat(64));
      return line.substring(command.length()).split(" +");
    }

    @Override
    public String toString() {
      return text;
    }
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandHasExamplesOfItself(CommandLine command) {
    assertThat(command.getUsageMessage())
        .contains("\nExamples:\n  ")
        .contains("  " + command.getCommandSpec().qualifiedName());
  }

  @ParameterizedTest
  @MethodSource("examples")
  void everyExampleIsOneThatTheCommandTakes(Example example) {
    CommandLine root = example.root().setCaseInsensitiveEnumValuesAllowed(true);

    CommandLine.ParseResult result = root.parseArgs(example.words());

    assertThat(result.hasSubcommand()).isTrue();
  }

  @Test
  void aWordThatTheCommandDoesNotTakeIsNoExample() {
    Example wrong = new Example(Main.described(), "peer ls --nothing");

    assertThatThrownBy(() -> wrong.root().parseArgs(wrong.words()))
        .isInstanceOf(CommandLine.ParameterException.class);
  }

  static Stream<CommandLine> commands() {
    List<CommandLine> commands = new ArrayList<>();
    roots().forEach(root -> collect(root, commands));
    return commands.stream();
  }

  static Stream<Example> examples() {
    return roots()
        .flatMap(
            root -> {
              List<CommandLine> commands = new ArrayList<>();
              collect(root, commands);
              return commands.stream()
                  .flatMap(
                      command -> Arrays.stream(command.getCommandSpec().usageMessage().footer()))
                  .map(line -> new Example(root, line.strip()));
            });
  }

  private static Stream<CommandLine> roots() {
    return Stream.of(Main.described(), dev.peer.pki.cli.Main.described());
  }

  private static void collect(CommandLine command, List<CommandLine> into) {
    if (!(command.getCommand() instanceof HelpCommand)) {
      into.add(command);
    }
    command.getSubcommands().values().forEach(sub -> collect(sub, into));
  }
}
