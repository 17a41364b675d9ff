package dev.peer.cli;

import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_COMMAND_LIST;
import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_COMMAND_LIST_HEADING;

import dev.peer.cli.check.DoctorCommand;
import dev.peer.cli.check.ExplainCertCommand;
import dev.peer.cli.console.Output;
import dev.peer.cli.daemon.Autostart;
import dev.peer.cli.daemon.DaemonCommand;
import dev.peer.cli.machine.CacheCommand;
import dev.peer.cli.machine.ImageCommand;
import dev.peer.cli.machine.VmCommand;
import dev.peer.cli.result.ArtifactsCommand;
import dev.peer.cli.result.ExportCommand;
import dev.peer.cli.result.ImportCommand;
import dev.peer.cli.result.LogCommand;
import dev.peer.cli.result.LsCommand;
import dev.peer.cli.result.OpenCommand;
import dev.peer.cli.result.ShowCommand;
import dev.peer.cli.result.VerifyCommand;
import dev.peer.cli.run.ExplainCommand;
import dev.peer.cli.run.HeadStart;
import dev.peer.cli.run.PushCommand;
import dev.peer.cli.run.ReplayCommand;
import dev.peer.cli.run.RunCommand;
import dev.peer.cli.server.RelayCommand;
import dev.peer.cli.server.RendezvousCommand;
import dev.peer.cli.setup.InitCommand;
import dev.peer.cli.setup.JoinCommand;
import dev.peer.cli.setup.SecretCommand;
import dev.peer.cli.setup.StubCommand;
import dev.peer.cli.setup.TryCommand;
import dev.peer.cli.syntax.Syntax;
import dev.peer.config.CallContext;
import dev.peer.config.ConfigException;
import dev.peer.core.record.OutputStreamName;
import dev.peer.report.ExitCode;
import dev.peer.report.Failure;
import dev.peer.report.Interruption;
import dev.peer.report.OwnProcessException;
import dev.peer.terminal.IgnoredInterrupt;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The command {@code peer}. */
public final class Main {

  /** No exit code: the command has not begun, and needs a process of its own. */
  static final int OWN_PROCESS = -1;

  private final Map<String, Supplier<Syntax>> commands;
  private final Syntax peer;

  private Main(CallContext call, Output output, Interruption interruption, String... arguments) {
    commands = new LinkedHashMap<>();
    commands.put("run", () -> new RunCommand(call, output, interruption).syntax());
    commands.put("replay", () -> new ReplayCommand(call, output).syntax());
    commands.put("push", () -> new PushCommand(call, output).syntax());
    commands.put(
        "daemon",
        () ->
            new DaemonCommand(call, output, interruption, DaemonCommands::new, List.of(arguments))
                .syntax());
    commands.put("ls", () -> new LsCommand(call, output).syntax());
    commands.put("show", () -> new ShowCommand(call, output).syntax());
    commands.put("open", () -> new OpenCommand(call, output).syntax());
    commands.put("log", () -> new LogCommand(call, output, interruption).syntax());
    commands.put("artifacts", () -> new ArtifactsCommand(call, output).syntax());
    commands.put("export", () -> new ExportCommand(call, output).syntax());
    commands.put("import", () -> new ImportCommand(call, output).syntax());
    commands.put("verify", () -> new VerifyCommand(call, output).syntax());
    commands.put("rendezvous", () -> new RendezvousCommand(call, output, interruption).syntax());
    commands.put("relay", () -> new RelayCommand(call, output, interruption).syntax());
    commands.put("cache", () -> new CacheCommand(call, output).syntax());
    commands.put("explain", () -> new ExplainCommand(call, output).syntax());
    commands.put("explain-cert", () -> new ExplainCertCommand(call, output).syntax());
    commands.put("doctor", () -> new DoctorCommand(call, output).syntax());
    commands.put("image", () -> new ImageCommand(call, output).syntax());
    commands.put("init", () -> new InitCommand(call, output).syntax());
    commands.put("join", () -> new JoinCommand(call, output, interruption, Main::run).syntax());
    commands.put("secret", () -> new SecretCommand(call, output).syntax());
    commands.put("stub", () -> new StubCommand(output).syntax());
    commands.put("try", () -> new TryCommand(call, output, interruption, Main::run).syntax());
    commands.put("vm", () -> new VmCommand(call, output).syntax());
    peer =
        Syntax.of(
                "peer", this::showUsage, "Run a revision's tests once; replay the result elsewhere")
            .examples(
                "  peer try                           # see it work on this repository",
                "  peer init                          # a mkfile and a .env for this repository",
                "  peer image build                   # once on a machine that runs tests",
                "  peer run                           # replay a result, or run and serve it",
                "  peer help run                      # options and examples of a command");
  }

  /** Without a command there is nothing to do, and a script must not take that for a pass. */
  private int showUsage() {
    CommandLine line = peer.spec().commandLine();
    line.usage(line.getErr());
    return ExitCode.USAGE.number();
  }

  /** Runs a command and exits with its code. */
  public static void main(String[] arguments) {
    HeadStart.of(arguments);
    IgnoredInterrupt.take(System::exit);
    Interruption interruption = Interruption.install();
    Output output = new Output();
    int exitCode = runHere(output, interruption, arguments);
    output.end();
    interruption.finished(output.exitCode(ExitCode.PASSED.number()));
    System.exit(output.exitCode(exitCode));
  }

  /** Runs a command in a process of its own, and has a daemon start if the caller wants one. */
  private static int runHere(Output output, Interruption interruption, String... arguments) {
    CallContext call;
    try {
      call = CallContext.ofProcess();
      if (DaemonCommands.wouldTake(arguments)) {
        Autostart.consider(call, output);
      }
    } catch (ConfigException e) {
      return report(output, e);
    }
    return run(call, output, interruption, arguments);
  }

  /**
   * Runs a command in this process.
   *
   * @return its exit code, or {@link #OWN_PROCESS}
   */
  static int run(CallContext call, Output output, Interruption interruption, String... arguments) {
    CommandLine line = new Main(call, output, interruption, arguments).commandLine(arguments);
    // A word is what it says, as for bin/peer: also one that begins with @.
    line.setExpandAtFiles(false);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
    line.setOut(output.helpWriter(OutputStreamName.STDOUT));
    line.setErr(output.helpWriter(OutputStreamName.STDERR));
    line.setExecutionExceptionHandler((e, _, _) -> report(output, e));
    line.setParameterExceptionHandler((e, _) -> reportUsage(output, e));
    return line.execute(arguments);
  }

  /** All commands, for manuals and completions. */
  public static CommandLine described() {
    CallContext nowhere = new CallContext(Path.of("").toAbsolutePath(), Map.of());
    return new Main(nowhere, new Output(), Interruption.ofThread()).commandLine();
  }

  /** Only the command that is asked for is made, if one is. */
  private CommandLine commandLine(String... arguments) {
    if (arguments.length > 0 && commands.containsKey(arguments[0])) {
      peer.below(commands.get(arguments[0]).get());
    } else {
      commands.values().forEach(command -> peer.below(command.get()));
      peer.spec().addSubcommand("help", CommandSpec.forAnnotatedObject(new HelpCommand()));
    }
    CommandLine line = new CommandLine(peer.spec().versionProvider(new VersionText()));
    line.getHelpSectionMap().put(SECTION_KEY_COMMAND_LIST_HEADING, _ -> "");
    line.getHelpSectionMap().put(SECTION_KEY_COMMAND_LIST, CommandGroups::list);
    return line;
  }

  private static int reportUsage(Output output, ParameterException e) {
    UsageError error = UsageError.of(e);
    output.error(error.message(), error.hint());
    return ExitCode.USAGE.number();
  }

  private static int report(Output output, Exception exception) {
    if (exception instanceof OwnProcessException) {
      return OWN_PROCESS;
    }
    Failure failure = Failure.of(exception);
    output.error(failure.message(), failure.hint());
    return failure.exitCode().number();
  }
}
