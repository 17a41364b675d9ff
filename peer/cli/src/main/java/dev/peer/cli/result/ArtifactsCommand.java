package dev.peer.cli.result;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.cli.console.Output;
import dev.peer.cli.option.HelpText;
import dev.peer.config.CallContext;
import dev.peer.config.PeerSettings;
import dev.peer.config.Settings;
import dev.peer.core.record.Artifact;
import dev.peer.core.record.StrictJson;
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
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code peer artifacts}. */
@Command(
    name = "artifacts",
    description = {
      "List the artifacts of a result, or copy them",
      "Copies replace files of the same name.",
      "Exit code 3: the store has no such result; 5: the result does not hold or does not"
          + " count."
    },
    mixinStandardHelpOptions = true,
    footerHeading = HelpText.EXAMPLES,
    footer = {"  peer artifacts", "  peer artifacts --to out", "  peer artifacts 3fa9 --json"})
public final class ArtifactsCommand implements Callable<Integer> {

  private static final String TO = "--to";

  private final CallContext call;
  private final Output output;

  @Mixin private StoredRunSelector kept;

  @Option(names = TO, paramLabel = "DIR", description = "copy them to DIR")
  private Path directory;

  @Option(names = "--json", description = "print JSON")
  private boolean json;

  public ArtifactsCommand(CallContext call, Output output) {
    this.call = call;
    this.output = output;
  }

  @Override
  public Integer call() throws Exception {
    Settings settings = RunTarget.settingsHere(call);
    output.warn(settings);
    PeerSettings peer = PeerSettings.of(settings);
    if (directory != null) {
      OutputFile.requireDirectory(TO, call.directory().resolve(directory));
    }
    Store store = Results.openStore(peer.home());
    try (VerifiedResult opened =
        VerifiedResult.of(store, Verifiers.verifier(peer, output), kept.result(call, store))) {
      List<Artifact> artifacts = opened.counting(peer).verified().artifacts();
      int left =
          directory == null
              ? 0
              : Results.copyArtifacts(TO, output, opened.verified(), call, directory);
      if (json) {
        ObjectNode answer = StrictJson.object();
        Facts.addTo(answer, artifacts);
        output.print(Facts.text(answer));
      } else if (directory == null) {
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
