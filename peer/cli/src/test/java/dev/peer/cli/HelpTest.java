package dev.peer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandHasASummaryOfOneLine(CommandLine command) {
    String summary = command.getCommandSpec().usageMessage().description()[0];

    assertThat(summary).hasSizeBetween(10, 60).doesNotEndWith(".").matches("[A-Z].*");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void noExampleIsWrapped(CommandLine command) {
    assertThat(command.getUsageMessage().lines())
        .contains(command.getCommandSpec().usageMessage().footer());
  }

  @Test
  void everyCommandIsInOneGroup() {
    List<String> grouped = CommandGroups.NAMES.values().stream().flatMap(List::stream).toList();

    assertThat(grouped)
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(Main.described().getSubcommands().keySet());
  }

  @Test
  void theHelpListsTheGroupsWithASummaryOfEachCommand() {
    assertThat(Main.described().getUsageMessage())
        .contains(
            "\nStart:\n  try           Run and replay",
            "  init          Write a mkfile",
            "\nRun:\n  run           Replay a")
        .contains("\nResults:\n  ls ", "\nServers:\n  daemon ", "\nMachine:\n  image ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "rnu; unknown command: rnu; did you mean `peer run`? `peer --help` shows what it takes",
        "image bulid; unknown command: bulid; did you mean `peer image build`? `peer image --help`",
        "run --exti; unknown option: --exti; did you mean `--exit`? `peer run --help` shows",
        "run --exti=now; unknown option: --exti; did you mean `--exit`? `peer run --help` shows",
        "deploy; unknown command: deploy; `peer --help` shows what it takes",
        "init here; unexpected argument: here; `peer init --help` shows what it takes",
        "relay; Missing required option: '--listen=HOST:PORT'; `peer relay --help` shows what it"
            + " takes"
      })
  void suggestsTheWordThatWasMeant(String arguments, String message, String hint) {
    CommandLine root = Main.described();

    assertThatThrownBy(() -> root.parseArgs(arguments.split(" ")))
        .isInstanceOfSatisfying(
            CommandLine.ParameterException.class,
            e -> {
              assertThat(UsageError.of(e).message()).isEqualTo(message);
              assertThat(UsageError.of(e).hint()).startsWith(hint);
            });
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
