package dev.peer.pki.cli;

import dev.peer.core.pem.CredentialException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/** Where {@code peer-pki} begins and ends. */
public final class Main {

  /** Over the examples of a command. */
  static final String EXAMPLES = "%nExamples:%n";

  static final int USAGE = 2;
  static final int INPUT_OUTPUT = 4;

  private Main() {}

  /** Runs the command and exits with its code. */
  public static void main(String[] arguments) {
    System.exit(run(writer(System.out), writer(System.err), arguments));
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(stream, true, stream.charset());
  }

  /** Runs the command and returns its exit code. */
  static int run(PrintWriter out, PrintWriter err, String... arguments) {
    CommandLine commandLine = described();
    commandLine.setOut(out).setErr(err).setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setParameterExceptionHandler(
        (e, ignored) -> fail(err, USAGE, e.getMessage(), usageHint(e)));
    commandLine.setExecutionExceptionHandler((e, ignored, result) -> failed(err, e));
    return commandLine.execute(arguments);
  }

  /** All commands, also for manuals and completions. */
  public static CommandLine described() {
    return new CommandLine(new PeerPki());
  }

  private static int failed(PrintWriter err, Exception e) throws Exception {
    return switch (e) {
      case CommandException bad -> fail(err, USAGE, bad.getMessage(), bad.hint());
      case CredentialException bad -> fail(err, USAGE, bad.getMessage(), bad.hint());
      case IOException io -> fail(err, INPUT_OUTPUT, describe(io), hint(io));
      default -> throw e;
    };
  }

  private static int fail(PrintWriter err, int code, String message, String hint) {
    err.println("peer-pki: error: " + message);
    err.println("hint: " + hint);
    return code;
  }

  private static String usageHint(ParameterException e) {
    return "see " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help";
  }

  private static String describe(IOException e) {
    return switch (e) {
      case NoSuchFileException missing -> missing.getFile() + ": no such file or directory";
      case FileAlreadyExistsException there -> there.getFile() + " is there already";
      case FileSystemException bad when bad.getReason() != null ->
          bad.getFile() + ": " + bad.getReason();
      default -> String.valueOf(e.getMessage());
    };
  }

  private static String hint(IOException e) {
    return e instanceof FileAlreadyExistsException
        ? "--force overwrites it"
        : "check the path, the space left and who may write there";
  }

  @Command(
      name = "peer-pki",
      description = "Make certificates for a trial of peer; inspect certificates",
      mixinStandardHelpOptions = true,
      footerHeading = Main.EXAMPLES,
      footer = {"  peer-pki init --dir pki", "  peer-pki issue laptop --dir pki"},
      versionProvider = Version.class,
      synopsisSubcommandLabel = "COMMAND",
      subcommands = {
        InitCommand.class,
        IssueCommand.class,
        RevokeCommand.class,
        CrlCommand.class,
        InspectCommand.class
      })
  private static final class PeerPki implements Runnable {

    @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
      throw new ParameterException(spec.commandLine(), "no command");
    }
  }
}
