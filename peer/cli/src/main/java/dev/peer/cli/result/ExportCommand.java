package dev.peer.cli.result;

import dev.peer.cli.console.Output;
import dev.peer.cli.option.FileArgument;
import dev.peer.cli.option.HelpText;
import dev.peer.config.CallContext;
import dev.peer.config.PeerSettings;
import dev.peer.config.Settings;
import dev.peer.core.store.Store;
import dev.peer.identity.Verifiers;
import dev.peer.report.CommandException;
import dev.peer.report.ExitCode;
import dev.peer.result.ResultArchive;
import dev.peer.result.StoredRun;
import dev.peer.result.VerifiedResult;
import dev.peer.run.Results;
import dev.peer.run.RunTarget;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code peer export}. */
@Command(
    name = "export",
    description = {
      "Write a result to a file",
      "`peer import` reads the file, where there is no network.",
      "Exit code 3: the store has no such result; 5: the result does not hold."
    },
    mixinStandardHelpOptions = true,
    footerHeading = HelpText.EXAMPLES,
    footer = {
      "  peer export --to result.tar        # the last result of this repository",
      "  peer export 3fa9 | ssh host peer import -"
    })
public final class ExportCommand implements Callable<Integer> {

  private final CallContext call;
  private final Output output;

  @Mixin private StoredRunSelector kept;

  @Option(names = "--to", paramLabel = "FILE", description = "where to (default: stdout)")
  private String file;

  public ExportCommand(CallContext call, Output output) {
    this.call = call;
    this.output = output;
  }

  @Override
  public Integer call() throws Exception {
    Settings settings = RunTarget.settingsHere(call);
    output.warn(settings);
    PeerSettings peer = PeerSettings.of(settings);
    FileArgument to = file == null ? FileArgument.STDIO : new FileArgument(file);
    if (file == null && FileArgument.stdoutIsTerminal()) {
      throw new CommandException(
          ExitCode.USAGE,
          "a result is nothing for a terminal",
          "name a file with --to, or let stdout be a pipe or a file");
    }
    Store store = Results.openStore(peer.home());
    StoredRun.Result found = kept.result(call, store);
    try (VerifiedResult opened =
        VerifiedResult.of(store, Verifiers.verifier(peer, output), found)) {
      to.write(out -> ResultArchive.write(found.entry(), out));
      output.say(
          "written: the result "
              + found.key()
              + " of "
              + opened.verified().record().inputs().repo());
    }
    return ExitCode.PASSED.number();
  }
}
