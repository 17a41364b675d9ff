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
import dev.peer.cli.option.HelpText;
import dev.peer.cli.result.ArtifactsCommand;
import dev.peer.cli.result.ExportCommand;
import dev.peer.cli.result.ImportCommand;
import dev.peer.cli.result.LogCommand;
import dev.peer.cli.result.LsCommand;
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
import dev.peer.cli.setup.SecretCommand;
import dev.peer.cli.setup.StubCommand;
import dev.peer.config.CallContext;
import dev.peer.config.ConfigException;
import dev.peer.core.record.OutputStreamName;
import dev.peer.report.ExitCode;
import dev.peer.report.Failure;
import dev.peer.report.Interruption;
import dev.peer.report.OwnProcessException;
import dev.peer.terminal.IgnoredInterrupt;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code peer}. */
@Command(
    name = "peer",
    description = "Run a revision's tests once; replay the result elsewhere",
    mixinStandardHelpOptions = true,
    footerHeading = HelpText.EXAMPLES,
    footer = {
      "  peer init                          # a mkfile and a .env for this repository",
      "  peer image build                   # once on a machine that runs tests",
      "  peer run                           # replay a result, or run and serve it",
      "  peer help run                      # options and examples of a command"
    },
    versionProvider = VersionText.class)
public final class Main implements Callable<Integer> {

  /** No exit code: the command has not begun, and needs a process of its own. */
  static final int OWN_PROCESS = -1;

  private static final String HELP = "help";

  private final Map<String, Object> commands;

  @Spec private CommandSpec spec;

  private Main(CallContext call, Output output, Interruption interruption) {
    commands = new LinkedHashMap<>();
    commands.put("run", new RunCommand(call, output, interruption));
    commands.put("replay", new ReplayCommand(call, output));
    commands.put("push", new PushCommand(call, output));
    commands.put("daemon", new DaemonCommand(call, output, interruption, DaemonCommands::new));
    commands.put("ls", new LsCommand(call, output));
    commands.put("show", new ShowCommand(call, output));
    commands.put("log", new LogCommand(call, output, interruption));
    commands.put("artifacts", new ArtifactsCommand(call, output));
    commands.put("export", new ExportCommand(call, output));
    commands.put("import", new ImportCommand(call, output));
    commands.put("verify", new VerifyCommand(call, output));
    commands.put("rendezvous", new RendezvousCommand(call, output, interruption));
    commands.put("relay", new RelayCommand(call, output, interruption));
    commands.put("cache", new CacheCommand(call, output));
    commands.put("explain", new ExplainCommand(call, output));
    commands.put("explain-cert", new ExplainCertCommand(call, output));
    commands.put("doctor", new DoctorCommand(call, output));
    commands.put("image", new ImageCommand(call, output));
    commands.put("init", new InitCommand(call, output));
    commands.put("secret", new SecretCommand(call, output));
    commands.put("stub", new StubCommand(output));
    commands.put("vm", new VmCommand(call, output));
    commands.put(HELP, new HelpCommand());
  }

  /** Without a command there is nothing to do, and a script must not take that for a pass. */
  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitCode.USAGE.number();
  }

  /** Runs a command and exits with its code. */
  public static void main(String[] arguments) {
    HeadStart.of(arguments);
    IgnoredInterrupt.take(System::exit);
    Interruption interruption = Interruption.install();
    Output output = new Output();
    int exitCode = runHere(CallContext.ofProcess(), output, interruption, arguments);
    output.end();
    interruption.finished(output.exitCode(ExitCode.PASSED.number()));
    System.exit(output.exitCode(exitCode));
  }

  /** Runs a command in a process of its own, and has a daemon start if the caller wants one. */
  private static int runHere(
      CallContext call, Output output, Interruption interruption, String... arguments) {
    if (DaemonCommands.wouldTake(arguments)) {
      try {
        Autostart.consider(call, output);
      } catch (ConfigException e) {
        return report(output, e);
      }
    }
    return run(call, output, interruption, arguments);
  }

  /**
   * Runs a command in this process.
   *
   * @return its exit code, or {@link #OWN_PROCESS}
   */
  static int run(CallContext call, Output output, Interruption interruption, String... arguments) {
    CommandLine line = new Main(call, output, interruption).commandLine(arguments);
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
    return new Main(CallContext.ofProcess(), new Output(), Interruption.ofThread()).commandLine();
  }

  /** Reading a command's options takes time: only the one that is asked for is read, if one is. */
  private CommandLine commandLine(String... arguments) {
    boolean all =
        arguments.length == 0 || arguments[0].equals(HELP) || !commands.containsKey(arguments[0]);
    CommandLine line = new CommandLine(this);
    commands.forEach(
        (name, command) -> {
          if (all || arguments[0].equals(name)) {
            line.addSubcommand(
                name, command instanceof SecretCommand secret ? secret.commandLine() : command);
          }
        });
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
