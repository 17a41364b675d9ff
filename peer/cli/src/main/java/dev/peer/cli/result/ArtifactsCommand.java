package dev.peer.cli.result;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.cli.console.Output;
import dev.peer.cli.syntax.Option;
import dev.peer.cli.syntax.Syntax;
import dev.peer.config.CallContext;
import dev.peer.config.PeerSettings;
import dev.peer.config.Settings;
import dev.peer.core.json.JsonTree;
import dev.peer.core.record.Artifact;
import dev.peer.core.store.Store;
import dev.peer.identity.Verifiers;
import dev.peer.report.CommandException;
import dev.peer.report.ExitCode;
import dev.peer.report.Facts;
import dev.peer.report.OutputFile;
import dev.peer.result.VerifiedResult;
import dev.peer.run.Results;
import dev.peer.run.RunTarget;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code peer artifacts}. */
public final class ArtifactsCommand implements Callable<Integer> {

  private static final String TO = "--to";

  private final CallContext call;
  private final Output output;

  private final StoredRunSelector kept = new StoredRunSelector();

  private final Option<Path> directory = Option.of(TO, "DIR", Path.class, "copy them to DIR");

  private final Option<Boolean> json = Option.flag("--json", "print JSON");

  public ArtifactsCommand(CallContext call, Output output) {
    this.call = call;
    this.output = output;
  }

  /** How it is called. */
  public Syntax syntax() {
    return Syntax.of(
            "artifacts",
            this,
            "List the artifacts of a result, or copy them",
            "Copies replace files of the same name.",
            "Exit code 3: the store has no such result; 5: the result does not hold or does not"
                + " count.")
        .examples("  peer artifacts", "  peer artifacts --to out", "  peer artifacts 3fa9 --json")
        .takes(kept, directory, json);
  }

  @Override
  public Integer call() throws Exception {
    Settings settings = RunTarget.settingsHere(call);
    output.warn(settings);
    PeerSettings peer = PeerSettings.of(settings);
    if (directory.given().isPresent()) {
      OutputFile.requireDirectory(TO, call.directory().resolve(directory.value()));
    }
    Store store = Results.openStore(peer.home());
    try (VerifiedResult opened =
        VerifiedResult.of(store, Verifiers.verifier(peer, output), kept.result(call, store))) {
      List<Artifact> artifacts = opened.counting(peer).verified().artifacts();
      int left =
          directory.given().isEmpty()
              ? 0
              : Results.copyArtifacts(TO, output, opened.verified(), call, directory.value());
      if (json.value()) {
        ObjectNode answer = JsonTree.object();
        Facts.addTo(answer, artifacts);
        output.print(Facts.text(answer));
      } else if (directory.given().isEmpty()) {
        artifacts.forEach(artifact -> output.print(Facts.of(artifact)));
      }
      if (left > 0) {
        throw new CommandException(
            ExitCode.USAGE,
            left + " artifacts are not written",
            "the lines above say why; `peer export` writes the whole result");
      }
    }
    return ExitCode.PASSED.number();
  }
}
