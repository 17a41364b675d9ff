package dev.peer.cli.run;

import dev.peer.cli.console.Output;
import dev.peer.cli.option.Selection;
import dev.peer.cli.option.WaitConverter;
import dev.peer.cli.syntax.Option;
import dev.peer.cli.syntax.Syntax;
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

/** {@code peer replay}. */
public final class ReplayCommand implements Callable<Integer> {

  private final CallContext call;
  private final Output output;

  private final Selection selection = new Selection();

  private final ReportOptions reporting = new ReportOptions();

  private final Option<Duration> wait =
      Option.of(
              "--wait",
              "DURATION",
              Duration.class,
              "wait for a run elsewhere and follow it, for at most this long (90s, 10m, 1h)")
          .readBy(new WaitConverter())
          .initially(Duration.ZERO);

  public ReplayCommand(CallContext call, Output output) {
    this.call = call;
    this.output = output;
  }

  /** How it is called. */
  public Syntax syntax() {
    return Syntax.of(
            "replay",
            this,
            "Replay a result; never run",
            "Takes a compatible result that this peer or another holds. With --wait, follows a run"
                + " elsewhere to its end, or waits for one to start.",
            "Exit code 3: no peer holds a result; 5: results were found, and none holds and"
                + " counts.")
        .examples(
            "  peer replay",
            "  peer replay --wait 10m lint        # follow the peer that runs it now",
            "  peer replay --artifacts out --json")
        .takes(selection, reporting, wait);
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
          network.awaiting(Results.openStore(subject), subject.acceptance(), wait.value());
      FindResult found = follower.await(subject.inputs());
      if (found instanceof FindResult.None none) {
        follower.notSaid(none.elsewhere().failed()).forEach(failure -> output.say(failure.text()));
      }
      return switch (found) {
        case FindResult.Hit hit -> replay(subject, hit.result(), network, report);
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

  private ExitCode replay(
      RunTarget subject, Replayable result, PeerNetwork network, RunReport report)
      throws Exception {
    try (result) {
      report.replayed(result);
      Results.replay(output, result, network);
      Results.copyArtifacts(output, result, subject.surroundings(), selection.artifacts());
      return ExitCode.PASSED;
    }
  }
}
