package dev.peer.cli.setup;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.cli.console.Output;
import dev.peer.cli.option.FileArgument;
import dev.peer.cli.option.HelpText;
import dev.peer.config.CallContext;
import dev.peer.config.ConfigException;
import dev.peer.config.PeerSettings;
import dev.peer.config.RunSettings;
import dev.peer.core.id.LocalRepo;
import dev.peer.core.record.StrictJson;
import dev.peer.core.secret.SecretValue;
import dev.peer.report.CommandException;
import dev.peer.report.ExitCode;
import dev.peer.run.CallerSecrets;
import dev.peer.run.RepoOwner;
import dev.peer.secret.SecretStore;
import java.io.Console;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** {@code peer secret}. */
@Command(
    name = "secret",
    description = "Keep secrets for the tests of this repository",
    mixinStandardHelpOptions = true,
    footerHeading = HelpText.EXAMPLES,
    footer = {"  peer secret set TOKEN", "  peer secret ls"})
public final class SecretCommand implements Runnable {

  private final CallContext call;
  private final Output output;

  @Spec private CommandSpec spec;

  public SecretCommand(CallContext call, Output output) {
    this.call = call;
    this.output = output;
  }

  /** This command with the one that needs a class of its own. */
  public CommandLine commandLine() {
    return new CommandLine(this).addSubcommand("set", new Set());
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing: set, ls or rm");
  }

  /**
   * {@code peer secret set}. Other words on the command line may be the value, so they are never
   * shown.
   */
  @Command(
      name = "set",
      description = {
        "Set the value of a secret",
        "Reads the value from stdin, without its last line break, or asks for it at a"
            + " terminal, which does not show it."
      },
      mixinStandardHelpOptions = true,
      footerHeading = HelpText.EXAMPLES,
      footer = {
        "  peer secret set TOKEN              # asks for it",
        "  pass show token | peer secret set TOKEN"
      })
  final class Set implements Callable<Integer> {

    @Parameters(index = "0", arity = "0..1", paramLabel = "NAME", description = "its name")
    private String name = "";

    @Unmatched private List<String> others;

    @Override
    public Integer call() throws Exception {
      if (others != null && !others.isEmpty()) {
        throw new CommandException(
            ExitCode.USAGE,
            "the value of a secret is not an argument: others would see it",
            "give it on stdin, or type it when you are asked");
      }
      requireName(name);
      LocalRepo scope = RepoOwner.here(call);
      store().set(scope, name, value(name));
      output.say("the secret " + name + " is kept for " + scope);
      return ExitCode.PASSED.number();
    }
  }

  @Command(
      name = "ls",
      description = "List the names of this repository's secrets",
      mixinStandardHelpOptions = true,
      footerHeading = HelpText.EXAMPLES,
      footer = {"  peer secret ls", "  peer secret ls --json"})
  int list(@Option(names = "--json", description = "print JSON") boolean json) throws Exception {
    LocalRepo scope = RepoOwner.here(call);
    List<SecretStore.SecretEntry> kept = store().list(scope);
    if (json) {
      output.print(json(scope, kept));
    } else {
      kept.forEach(secret -> output.print(secret.name() + "  " + secret.set()));
    }
    return ExitCode.PASSED.number();
  }

  @Command(
      name = "rm",
      description = "Remove a secret",
      mixinStandardHelpOptions = true,
      footerHeading = HelpText.EXAMPLES,
      footer = {"  peer secret rm TOKEN"})
  int remove(@Parameters(paramLabel = "NAME", description = "its name") String name)
      throws Exception {
    requireName(name);
    LocalRepo scope = RepoOwner.here(call);
    if (!store().remove(scope, name)) {
      throw new CommandException(
          ExitCode.USAGE,
          "no secret " + name + " is kept for " + scope,
          "`peer secret ls` lists those that are");
    }
    return ExitCode.PASSED.number();
  }

  private static void requireName(String name) throws CommandException {
    if (!RunSettings.mayBePassed(name)) {
      throw new CommandException(
          ExitCode.USAGE,
          "NAME is not one that a test may get",
          "a letter or _, then letters, digits and _; not PATH, HOME, CI or PEER_...");
    }
  }

  private SecretStore store() throws ConfigException {
    return CallerSecrets.store(PeerSettings.home(call.settings()));
  }

  private static SecretValue value(String name) throws CommandException, IOException {
    byte[] bytes =
        FileArgument.stdinIsTerminal()
            ? typed(name)
            : System.in.readNBytes(SecretValue.LONGEST + 3);
    try {
      return SecretValue.of(withoutLineEnd(bytes));
    } catch (IllegalArgumentException e) {
      throw new CommandException(
          ExitCode.USAGE,
          "the value of " + name + " " + e.getMessage(),
          CallerSecrets.HINT_ON_VALUES);
    }
  }

  private static byte[] typed(String name) throws CommandException {
    Console console = System.console();
    if (console == null) {
      throw new CommandException(
          ExitCode.USAGE,
          "stdin is a terminal and stdout is not, so the value would be shown while it is typed",
          "do not redirect stdout, or give the value on stdin");
    }
    char[] typed = console.readPassword("value of %s: ", name);
    return typed == null ? new byte[0] : new String(typed).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] withoutLineEnd(byte[] bytes) {
    int end = bytes.length;
    if (end > 0 && bytes[end - 1] == '\n') {
      end--;
      if (end > 0 && bytes[end - 1] == '\r') {
        end--;
      }
    }
    return Arrays.copyOf(bytes, end);
  }

  private static String json(LocalRepo scope, List<SecretStore.SecretEntry> kept) {
    ObjectNode answer = StrictJson.object();
    answer.put("repository", scope.id().text());
    ArrayNode secrets = answer.putArray("secrets");
    for (SecretStore.SecretEntry secret : kept) {
      ObjectNode entry = secrets.addObject();
      entry.put("name", secret.name());
      entry.put("set", secret.set().toString());
    }
    return new String(StrictJson.bytes(answer), StandardCharsets.UTF_8);
  }
}
