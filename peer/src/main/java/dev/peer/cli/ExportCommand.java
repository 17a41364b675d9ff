package dev.peer.cli;

import dev.peer.config.PeerSettings;
import dev.peer.config.Settings;
import dev.peer.core.store.Store;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code peer export}. */
@Command(
    name = "export",
    description = {
      "Writes a result that is kept here to a file, for `peer import` where no network leads.",
      "Exit code 3: nothing such is kept; 5: the result does not hold."
    },
    mixinStandardHelpOptions = true,
    footerHeading = HelpText.EXAMPLES,
    footer = {
      "  peer export --to result.tar        # the last result of this repository",
      "  peer export 3fa9 | ssh host peer import -"
    })
final class ExportCommand implements Callable<Integer> {

  private final Output output;

  @Mixin private KeptRun kept;

  @Option(names = "--to", paramLabel = "FILE", description = "where to (default: stdout)")
  private String file;

  ExportCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() throws Exception {
    Settings settings = Subject.settingsHere();
    settings.warnings().forEach(warning -> output.say("warning: " + warning));
    PeerSettings peer = PeerSettings.of(settings);
    FileArgument to = file == null ? FileArgument.STDIO : new FileArgument(file);
    if (file == null && FileArgument.stdoutIsTerminal()) {
      throw new CommandException(
          ExitCode.USAGE,
          "a result is nothing for a terminal",
          "name a file with --to, or let stdout be a pipe or a file");
    }
    Store store = Results.openStore(peer.home());
    StoredRun.Result found = kept.result(store);
    try (OpenedResult opened = OpenedResult.of(store, Identities.verifier(peer, output), found)) {
      to.write(out -> ResultArchive.write(found.entry(), out));
      output.say(
          "written: the result "
              + found.key()
              + " of "
              + opened.verified().record().inputs().repo());
    }
    return ExitCode.PASSED;
  }
}
