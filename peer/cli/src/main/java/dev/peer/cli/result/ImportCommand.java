package dev.peer.cli.result;

import dev.peer.cli.console.Output;
import dev.peer.cli.option.FileArgument;
import dev.peer.cli.syntax.Positional;
import dev.peer.cli.syntax.Syntax;
import dev.peer.config.CallContext;
import dev.peer.config.KeepSettings;
import dev.peer.config.PeerSettings;
import dev.peer.config.Settings;
import dev.peer.core.record.MalformedException;
import dev.peer.core.sign.VerificationException;
import dev.peer.core.store.Store;
import dev.peer.core.store.StoredRecord;
import dev.peer.home.HomeLayout;
import dev.peer.identity.Verifiers;
import dev.peer.report.CommandException;
import dev.peer.report.ExitCode;
import dev.peer.result.ResultArchive;
import dev.peer.result.VerifiedResult;
import java.io.InputStream;
import java.util.concurrent.Callable;

/** {@code peer import}. */
public final class ImportCommand implements Callable<Integer> {

  private final CallContext call;
  private final Output output;

  private final Positional<String> file =
      Positional.at(0, "FILE", String.class, "what `peer export` wrote; -: stdin");

  public ImportCommand(CallContext call, Output output) {
    this.call = call;
    this.output = output;
  }

  /** How it is called. */
  public Syntax syntax() {
    return Syntax.of(
            "import",
            this,
            "Take a result from a file of `peer export`",
            "Verifies it like a result from any peer, keeps it whole or not at all, and prints its"
                + " run key.",
            "Exit code 2: the file holds no result; 5: the result does not hold.")
        .examples("  peer import result.tar", "  peer import -                      # from stdin")
        .takes(file);
  }

  @Override
  public Integer call() throws Exception {
    Settings settings = call.settings();
    output.warn(settings);
    PeerSettings peer = PeerSettings.of(settings);
    Store store =
        Store.open(new HomeLayout(peer.home()).store(), KeepSettings.mostOfCommand(settings));
    try (InputStream in = new FileArgument(file.value()).read("peer export");
        StoredRecord record = ResultArchive.read(in, store, Verifiers.verifier(peer, output))) {
      output.print(record.key().hex());
      output.say("kept: a result of " + record.repo());
    } catch (MalformedException e) {
      throw new CommandException(
          ExitCode.USAGE,
          "that is no result that can be taken in: " + e.getMessage(),
          "it must be what `peer export` wrote, whole and unchanged",
          e);
    } catch (VerificationException e) {
      throw VerifiedResult.refused(e);
    }
    return ExitCode.PASSED.number();
  }
}
