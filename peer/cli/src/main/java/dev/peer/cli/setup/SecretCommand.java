package dev.peer.cli.setup;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.cli.console.Output;
import dev.peer.cli.option.FileArgument;
import dev.peer.cli.syntax.Option;
import dev.peer.cli.syntax.Positional;
import dev.peer.cli.syntax.Syntax;
import dev.peer.config.CallContext;
import dev.peer.config.ConfigException;
import dev.peer.config.PeerSettings;
import dev.peer.config.RunSettings;
import dev.peer.core.id.LocalRepo;
import dev.peer.core.json.JsonTree;
import dev.peer.core.secret.SecretValue;
import dev.peer.report.CommandException;
import dev.peer.report.ExitCode;
import dev.peer.run.CallerSecrets;
import dev.peer.run.RepoOwner;
import dev.peer.secret.SecretStore;
import java.io.Console;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** {@code peer secret}. */
public final class SecretCommand {

  private final CallContext call;
  private final Output output;

  public SecretCommand(CallContext call, Output output) {
    this.call = call;
    this.output = output;
  }

  /** How it is called. */
  public Syntax syntax() {
    return Syntax.family("secret", "set, ls or rm", "Keep secrets for the tests of this repository")
        .examples("  peer secret set TOKEN", "  peer secret ls")
        .below(listSyntax(), removeSyntax(), setSyntax());
  }

  /** Other words on the command line may be the value, so they are never shown. */
  private Syntax setSyntax() {
    Positional<String> name = Positional.at(0, "NAME", String.class, "its name").byDefault("");
    List<String> others = new ArrayList<>();
    return Syntax.of(
            "set",
            () -> set(name.value(), others),
            "Set the value of a secret",
            "Reads the value from stdin, without its last line break, or asks for it at a"
                + " terminal, which does not show it.")
        .examples(
            "  peer secret set TOKEN              # asks for it",
            "  pass show token | peer secret set TOKEN")
        .takes(name)
        .othersTo(others::addAll);
  }

  private int set(String name, List<String> others) throws Exception {
    if (!others.isEmpty()) {
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

  private Syntax listSyntax() {
    Option<Boolean> json = Option.flag("--json", "print JSON");
    return Syntax.of("ls", () -> list(json.value()), "List the names of this repository's secrets")
        .examples("  peer secret ls", "  peer secret ls --json")
        .takes(json);
  }

  private int list(boolean json) throws Exception {
    LocalRepo scope = RepoOwner.here(call);
    List<SecretStore.SecretEntry> kept = store().list(scope);
    if (json) {
      output.print(json(scope, kept));
    } else {
      kept.forEach(secret -> output.print(secret.name() + "  " + secret.set()));
    }
    return ExitCode.PASSED.number();
  }

  private Syntax removeSyntax() {
    Positional<String> name = Positional.at(0, "NAME", String.class, "its name");
    return Syntax.of("rm", () -> remove(name.value()), "Remove a secret")
        .examples("  peer secret rm TOKEN")
        .takes(name);
  }

  private int remove(String name) throws Exception {
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
    ObjectNode answer = JsonTree.object();
    answer.put("repository", scope.id().text());
    ArrayNode secrets = answer.putArray("secrets");
    for (SecretStore.SecretEntry secret : kept) {
      ObjectNode entry = secrets.addObject();
      entry.put("name", secret.name());
      entry.put("set", secret.set().toString());
    }
    return new String(JsonTree.bytes(answer), StandardCharsets.UTF_8);
  }
}
