package dev.peer.cli;

import dev.peer.core.flow.FindResult;
import dev.peer.core.flow.Replayable;
import dev.peer.core.trust.CertificateRole;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code peer replay}. */
@Command(
    name = "replay",
    description = "Replays a compatible result that this peer or another holds; never runs.",
    mixinStandardHelpOptions = true)
final class ReplayCommand implements Callable<Integer> {

  private final Output output;

  @Mixin private Selection selection;

  @Mixin private Reporting reporting;

  ReplayCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() throws Exception {
    return reporting.around(output, this::replay);
  }

  private int replay(RunReport report) throws Exception {
    output.step("settings");
    try (Subject subject = selection.subject(output);
        Network network = Network.of(subject.peer(), output, CertificateRole.CLIENT)) {
      Results.requireUsable(selection.artifacts());
      report.about(subject);
      subject.sayWhatIsIgnored(output);
      FindResult found =
          network
              .finder(Results.openStore(subject))
              .find(subject.inputs().repo(), subject.inputs().key());
      return switch (found) {
        case FindResult.Hit hit -> replay(hit.result(), report);
        case FindResult.Miss miss ->
            throw new CommandException(
                ExitCode.NO_RESULT,
                "no peer that can be reached holds a result of this run",
                "`peer run` runs it");
        case FindResult.NoneVerified none ->
            throw new CommandException(
                ExitCode.NOTHING_VERIFIED,
                "a result was found, and none could be verified",
                "see above who gave it; `peer run` runs it");
      };
    }
  }

  private int replay(Replayable result, RunReport report) throws Exception {
    try (result) {
      report.replayed(result);
      Results.replay(output, result);
      Results.copyArtifacts(output, result, selection.artifacts());
      return ExitCode.PASSED;
    }
  }
}
