package dev.peer.cli.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** What a command line gives to the arguments of a command. */
class SyntaxTest {

  private static void parse(List<SyntaxPart> parts, String... words) {
    Syntax syntax = Syntax.of("try", () -> 0, "Try it").takes(parts.toArray(SyntaxPart[]::new));
    new CommandLine(syntax.spec()).parseArgs(words);
  }

  @Test
  void anOptionHasWhatItBeganWithUntilItIsGiven() {
    Option<Duration> wait =
        Option.of("--wait", "TIME", Duration.class, "how long").initially(Duration.ZERO);

    parse(List.of(wait));
    assertThat(wait.value()).isEqualTo(Duration.ZERO);
    parse(List.of(wait), "--wait", "PT1M");
    assertThat(wait.value()).isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void anOptionWithoutAValueIsEmpty() {
    Option<String> name = Option.of("--name", "NAME", String.class, "what it is called");

    parse(List.of(name));
    assertThat(name.given()).isEmpty();
    parse(List.of(name), "--name=x");
    assertThat(name.given()).contains("x");
  }

  @Test
  void aDefaultIsReadAsIfItHadBeenTyped() {
    Option<Integer> number = Option.of("--number", "N", int.class, "how many").byDefault("3");
    Positional<String> target = Positional.at(0, "TARGET", String.class, "of").byDefault("test");

    parse(List.of(number, target));

    assertThat(number.value()).isEqualTo(3);
    assertThat(target.value()).isEqualTo("test");
  }

  /** What a script leaves that forgot to set a variable must not become the working directory. */
  @Test
  void aPathIsNotEmpty() {
    Option<Path> to = Option.of("--to", "DIR", Path.class, "where to");
    Option<List<Path>> watched = Option.repeated("--watch", "DIR", Path.class, "what");
    Positional<Path> file = Positional.at(0, "FILE", Path.class, "what").optional();
    List<SyntaxPart> parts = List.of(to, watched, file);

    for (String[] words : new String[][] {{"--to="}, {"--to", ""}, {""}}) {
      assertThatThrownBy(() -> parse(parts, words))
          .isInstanceOf(ParameterException.class)
          .hasMessageContaining("a path was expected; . is the working directory");
    }
    assertThatThrownBy(() -> parse(parts, "--watch", "x", ""))
        .isInstanceOf(ParameterException.class);
    parse(parts, "--to=.", "--watch", "x", "y");
    assertThat(to.value()).isEqualTo(Path.of("."));
    assertThat(watched.value()).containsExactly(Path.of("x"), Path.of("y"));
  }

  @Test
  void listsAreEmptyUntilThereIsSomething() {
    Option<List<String>> uses = Option.separated("--for", "USE", String.class, "what for");
    Option<List<String>> repos = Option.repeated("--mirror", "REPO", String.class, "of which");
    Positional<List<String>> names = Positional.from(0, "NAME", String.class, "of whom");

    parse(List.of(uses, repos, names));
    assertThat(List.of(uses.value(), repos.value(), names.value())).containsOnly(List.of());
    parse(List.of(uses, repos, names), "a", "b", "--for", "c,d", "--mirror", "e", "f");
    assertThat(names.value()).containsExactly("a", "b");
    assertThat(uses.value()).containsExactly("c", "d");
    assertThat(repos.value()).containsExactly("e", "f");
  }

  @Test
  void refusesACommandLineWithoutWhatIsRequired() {
    Option<String> listen = Option.of("--listen", "PLACE", String.class, "where").required();
    Positional<String> file = Positional.at(0, "FILE", String.class, "what");

    assertThatThrownBy(() -> parse(List.of(listen)))
        .isInstanceOf(ParameterException.class)
        .hasMessage("Missing required option: '--listen=PLACE'");
    assertThatThrownBy(() -> parse(List.of(file)))
        .isInstanceOf(ParameterException.class)
        .hasMessage("Missing required parameter: 'FILE'");
  }

  @Test
  void refusesTwoOptionsThatExcludeEachOther() {
    Option<Boolean> stdout = Option.flag("--stdout", "this");
    Option<Boolean> stderr = Option.flag("--stderr", "that");
    ArgumentGroup form = ArgumentGroup.exclusive(stdout, stderr);

    assertThatThrownBy(() -> parse(List.of(form), "--stdout", "--stderr"))
        .isInstanceOf(ParameterException.class)
        .hasMessage("Error: --stdout, --stderr are mutually exclusive (specify only one)");
    parse(List.of(ArgumentGroup.exclusive(stdout, stderr)), "--stderr");
    assertThat(stderr.value()).isTrue();
  }

  @Test
  void refusesAnOptionWithoutThoseThatBelongToIt() {
    Option<String> certificate = Option.of("--cert", "FILE", String.class, "whose").required();
    Option<String> key = Option.of("--key", "FILE", String.class, "with").required();
    ArgumentGroup pair = ArgumentGroup.together(certificate, key);

    parse(List.of(pair));
    assertThat(key.given()).isEmpty();
    assertThatThrownBy(() -> parse(List.of(pair), "--cert", "a"))
        .isInstanceOf(ParameterException.class)
        .hasMessage("Error: Missing required argument(s): --key=FILE");
  }

  @Test
  void handsOverWordsThatAreOneTooMany() {
    Positional<String> name = Positional.at(0, "NAME", String.class, "whose").optional();
    List<String> others = new ArrayList<>();
    Syntax syntax = Syntax.of("set", () -> 0, "Set it").takes(name).othersTo(others::addAll);

    new CommandLine(syntax.spec()).parseArgs("a", "b", "--c");

    assertThat(name.given()).contains("a");
    assertThat(others).containsExactly("b", "--c");
  }
}
