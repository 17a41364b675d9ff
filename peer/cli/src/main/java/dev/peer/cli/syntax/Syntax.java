package dev.peer.cli.syntax;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UnmatchedArgsBinding;
import picocli.CommandLine.ParameterException;

/** How a command is called, and what its help says. */
public final class Syntax {

  private final CommandSpec spec;

  private Syntax(CommandSpec spec) {
    this.spec = spec;
  }

  /**
   * That of a command.
   *
   * @param action does it, and returns the exit code
   * @param description a summary, then paragraphs
   */
  public static Syntax of(String name, Callable<Integer> action, String... description) {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(action).name(name);
    spec.usageMessage().description(description);
    spec.addOption(
        flag("-h", "--help")
            .usageHelp(true)
            .description("Show this help message and exit.")
            .build());
    spec.addOption(
        flag("-V", "--version")
            .versionHelp(true)
            .description("Print version information and exit.")
            .build());
    return new Syntax(spec);
  }

  /**
   * That of a command which does nothing without one below it.
   *
   * @param below their names, as a sentence has them
   */
  public static Syntax family(String name, String below, String description) {
    Family family = new Family(below);
    Syntax syntax = of(name, family, description);
    family.spec = syntax.spec;
    return syntax;
  }

  private static final class Family implements Callable<Integer> {

    private final String below;
    private CommandSpec spec;

    Family(String below) {
      this.below = below;
    }

    @Override
    public Integer call() {
      throw new ParameterException(spec.commandLine(), "a command is missing: " + below);
    }
  }

  private static OptionSpec.Builder flag(String... names) {
    return OptionSpec.builder(names[0], names[1]).type(boolean.class);
  }

  /** Calls of the command with what they do, a line each. */
  public Syntax examples(String... lines) {
    spec.usageMessage().footerHeading("%nExamples:%n").footer(lines);
    return this;
  }

  /** Adds what the command takes. */
  public Syntax takes(SyntaxPart... parts) {
    for (SyntaxPart part : parts) {
      part.addTo(this);
    }
    return this;
  }

  /** Adds commands below this one. */
  public Syntax below(Syntax... commands) {
    for (Syntax command : commands) {
      spec.addSubcommand(command.spec.name(), command.spec);
    }
    return this;
  }

  /** Has words that are one too many go there, instead of refusing them. */
  public Syntax othersTo(Consumer<List<String>> others) {
    spec.addUnmatchedArgsBinding(
        UnmatchedArgsBinding.forStringArrayConsumer(
            new ISetter() {
              @Override
              public <T> T set(T words) {
                if (words != null) {
                  others.accept(List.of((String[]) words));
                }
                return null;
              }
            }));
    return this;
  }

  /** For picocli. */
  public CommandSpec spec() {
    return spec;
  }
}
