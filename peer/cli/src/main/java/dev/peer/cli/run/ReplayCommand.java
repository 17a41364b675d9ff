package dev.peer.cli.run;

import dev.peer.cli.console.Output;
import dev.peer.cli.option.HelpText;
import dev.peer.cli.option.Selection;
import dev.peer.cli.option.WaitConverter;
import dev.peer.config.CallContext;
import dev.peer.core.find.FindResult;
import dev.peer.core.find.RemoteRuns;
import dev.peer.core.find.Replayable;
import dev.peer.core.find.RunFollower;
import dev.peer.core.trust.CertificateRole;
import dev.peer.network.PeerNetwork;
import dev.peer.report.CommandException;
import dev.peer.report.ExitCode;
import dev.peer.run.Results;
import dev.peer.run.RunReport;
import dev.peer.run.RunReporter;
import dev.peer.run.RunTarget;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code peer replay}. */
@Command(
    name = "replay",
    description = {
      "Replay a result; never run",
      "Takes a compatible result that this peer or another holds. With --wait, follows a run"
          + " elsewhere to its end, or waits for one to start.",
      "Exit code 3: no peer holds a result; 5: results were found, and none holds and counts."
    },
    mixinStandardHelpOptions = true,
    footerHeading = HelpText.EXAMPLES,
    footer = {
      "  peer replay",
      "  peer replay --wait 10m lint        # follow the peer that runs it now",
      "  peer replay --artifacts out --json"
    })
public final class ReplayCommand implements Callable<Integer> {

  private final CallContext call;
  private final Output output;

  @Mixin private Selection selection;

  @Mixin private ReportOptions reporting;

  @Option(
      names = "--wait",
      paramLabel = "DURATION",
      converter = WaitConverter.class,
      description = "wait for a run elsewhere and follow it, for at most this long (90s, 10m, 1h)")
  private Duration wait = Duration.ZERO;

  public ReplayCommand(CallContext call, Output output) {
    this.call = call;
    this.output = output;
  }

  @Override
  public Integer call() throws Exception {
    return reporting.around(call, output, this::replay).number();
  }

  private ExitCode replay(RunReport report, RunReporter reporter) throws Exception {
    output.step("settings");
    try (RunTarget subject = selection.subject(call, output);
        PeerNetwork network = PeerNetwork.of(subject.peer(), output, CertificateRole.CLIENT)) {
      Results.requireUsable(subject.surroundings(), selection.artifacts());
      report.about(subject);
      subject.sayWhatIsIgnored(output);
      RunFollower follower =
          network.awaiting(Results.openStore(subject), subject.acceptance(), wait);
      FindResult found = follower.await(subject.inputs());
      if (found instanceof FindResult.None none) {
        follower.notSaid(none.elsewhere().failed()).forEach(failure -> output.say(failure.text()));
      }
      return switch (found) {
        case FindResult.Hit hit -> replay(subject, hit.result(), report);
        case FindResult.Miss(RemoteRuns elsewhere) ->
            throw new CommandException(
                ExitCode.NO_RESULT,
                "no reachable peer holds a result of this run",
                follower.notFollowed(elsewhere.running()).stream()
                    .findFirst()
                    .map(peer -> peer.id() + " runs it now: `peer replay --wait 10m` follows that")
                    .orElse("`peer run` runs it"));
        case FindResult.NoneVerified none ->
            throw new CommandException(
                ExitCode.NOTHING_VERIFIED,
                "results were found, and none holds and counts here",
                "the lines above name its holder; `peer run` runs it");
      };
    }
  }

  private ExitCode replay(RunTarget subject, Replayable result, RunReport report) throws Exception {
    try (result) {
      report.replayed(result);
      Results.replay(output, result);
      Results.copyArtifacts(output, result, subject.surroundings(), selection.artifacts());
      return ExitCode.PASSED;
    }
  }
}
