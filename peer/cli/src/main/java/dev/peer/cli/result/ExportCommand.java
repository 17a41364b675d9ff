package dev.peer.cli.result;

import dev.peer.cli.console.Output;
import dev.peer.cli.option.FileArgument;
import dev.peer.cli.syntax.Option;
import dev.peer.cli.syntax.Syntax;
import dev.peer.config.CallContext;
import dev.peer.config.PeerSettings;
import dev.peer.config.Settings;
import dev.peer.core.sign.SigstoreBundle;
import dev.peer.core.sign.SigstoreException;
import dev.peer.core.sign.VerifiedAttestation;
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

/** {@code peer export}. */
public final class ExportCommand implements Callable<Integer> {

  private final CallContext call;
  private final Output output;

  private final StoredRunSelector kept = new StoredRunSelector();

  private final Option<String> file =
      Option.of("--to", "FILE", String.class, "where to (default: stdout)");

  private final Option<Format> format =
      Option.of(
              "--format",
              "FORMAT",
              Format.class,
              "peer: all of it, for `peer import` (default); sigstore: the evidence alone, for"
                  + " Sigstore's verifiers")
          .initially(Format.PEER);

  /** What is written. */
  enum Format {
    PEER,
    SIGSTORE
  }

  public ExportCommand(CallContext call, Output output) {
    this.call = call;
    this.output = output;
  }

  /** How it is called. */
  public Syntax syntax() {
    return Syntax.of(
            "export",
            this,
            "Write a result to a file",
            "`peer import` reads the file, where there is no network.",
            "--format sigstore writes a Sigstore bundle (version 0.3): the signer, the tests that"
                + " passed, and the time. It has none of the output.",
            "Exit code 2: Sigstore's verifiers would refuse it; 3: the store has no such result; 5:"
                + " the result does not hold.")
        .examples(
            "  peer export --to result.tar        # the last result of this repository",
            "  peer export 3fa9 | ssh host peer import -",
            "  peer export --format sigstore --to result.sigstore.json")
        .takes(kept, format, file);
  }

  @Override
  public Integer call() throws Exception {
    Settings settings = RunTarget.settingsHere(call);
    output.warn(settings);
    PeerSettings peer = PeerSettings.of(settings);
    FileArgument to = file.given().map(FileArgument::new).orElse(FileArgument.STDIO);
    if (format.value() == Format.PEER
        && file.given().isEmpty()
        && FileArgument.stdoutIsTerminal()) {
      throw new CommandException(
          ExitCode.USAGE,
          "a result is nothing for a terminal",
          "name a file with --to, or let stdout be a pipe or a file");
    }
    Store store = Results.openStore(peer.home());
    StoredRun.Result found = kept.result(call, store);
    try (VerifiedResult opened =
        VerifiedResult.of(store, Verifiers.verifier(peer, output), found)) {
      String what =
          "the result " + found.key() + " of " + opened.verified().record().inputs().repo();
      if (format.value() == Format.SIGSTORE) {
        writeEvidence(opened.verified().attestation(), to);
        output.say("written: the evidence of " + what);
      } else {
        to.write(out -> ResultArchive.write(found.entry(), out));
        output.say("written: " + what);
      }
    }
    return ExitCode.PASSED.number();
  }

  private void writeEvidence(VerifiedAttestation attestation, FileArgument to) throws Exception {
    SigstoreBundle bundle;
    try {
      bundle = SigstoreBundle.of(attestation);
    } catch (SigstoreException e) {
      throw new CommandException(ExitCode.USAGE, e.getMessage(), e.hint(), e);
    }
    to.write(
        out -> {
          out.write(bundle.json());
          out.write('\n');
        });
    bundle.remark().ifPresent(remark -> output.say("note: " + remark));
  }
}
