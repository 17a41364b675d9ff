package dev.peer.cli.run;

import dev.peer.cli.console.LogOptions;
import dev.peer.cli.console.Output;
import dev.peer.cli.option.DurationConverter;
import dev.peer.cli.option.Selection;
import dev.peer.cli.option.TerminalRequirement;
import dev.peer.cli.option.WaitConverter;
import dev.peer.cli.syntax.ArgumentGroup;
import dev.peer.cli.syntax.Option;
import dev.peer.cli.syntax.Syntax;
import dev.peer.config.CallContext;
import dev.peer.config.Setting;
import dev.peer.core.find.Replayable;
import dev.peer.core.flow.Announcer;
import dev.peer.core.flow.MachineSlots;
import dev.peer.core.trust.CertificateRole;
import dev.peer.daemon.RunOptions;
import dev.peer.daemonhost.DaemonHandOff;
import dev.peer.daemonhost.IdentityReloader;
import dev.peer.home.HomeLayout;
import dev.peer.network.PeerNetwork;
import dev.peer.network.Publication;
import dev.peer.report.CommandException;
import dev.peer.report.ExitCode;
import dev.peer.report.Interruption;
import dev.peer.report.OwnProcessException;
import dev.peer.run.CallerSecrets;
import dev.peer.run.Results;
import dev.peer.run.RunReport;
import dev.peer.run.RunReporter;
import dev.peer.run.RunSession;
import dev.peer.run.RunTarget;
import dev.peer.terminal.SystemTerminal;
import dev.peer.vm.exec.FailureAction;
import dev.peer.vm.snapshot.FrozenStore;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code peer run}. */
public final class RunCommand implements Callable<Integer> {

  /** For followers to fetch a run's result before the command leaves. */
  private static final Duration FAREWELL = Duration.ofSeconds(10);

  private final CallContext call;
  private final Output output;
  private final Interruption interruption;

  private final Selection selection = new Selection();

  private final ReportOptions reporting = new ReportOptions();

  private final LogOptions logging = new LogOptions();

  private final Option<Boolean> force = Option.flag("--force", "run even if there is a result");

  private final Option<Boolean> fresh =
      Option.flag("--fresh", "run without the container images and caches that are kept");

  private final Option<Boolean> audit =
      Option.flag(
          "--audit",
          "run again without any cache, and compare with the result; exit 1 if the"
              + " outcome or an artifact differs");

  private final Copies copies = new Copies();

  private final Option<Duration> wait =
      Option.of(
              "--wait",
              "DURATION",
              Duration.class,
              "follow a run elsewhere for at most this long (90s, 10m, 1h), then run; 0: do"
                  + " not follow any (default: PEER_TIMEOUT)")
          .readBy(new WaitConverter());

  private final Option<Boolean> noDaemon =
      Option.flag("--no-daemon", "run here, even if a daemon runs");

  private final Option<Boolean> exit =
      Option.flag("--exit", "leave at once instead of serving the result");

  private final Option<Duration> linger =
      Option.of(
              "--linger",
              "DURATION",
              Duration.class,
              "serve the result for this long (90s, 10m, 1h), then leave")
          .readBy(new DurationConverter())
          .initially(Interruption.FOREVER);

  private final Option<Boolean> shell =
      Option.flag("--shell", "if a stage fails, open a shell in the guest at that point");

  private final Option<Boolean> freeze =
      Option.flag("--freeze", "if a stage fails, keep the guest at that point");

  public RunCommand(CallContext call, Output output, Interruption interruption) {
    this.call = call;
    this.output = output;
    this.interruption = interruption;
  }

  /** How it is called. */
  public Syntax syntax() {
    return Syntax.of(
            "run",
            this,
            "Replay a result, or run the tests and serve it",
            "If a peer holds a compatible result, replays it. If a peer runs the same now, follows"
                + " it. Else runs the target in a sealed machine. Then serves the result until"
                + " SIGINT or SIGTERM.",
            "If a daemon runs for this PEER_HOME, it does all of that, and this command leaves with"
                + " the result.")
        .examples(
            "  peer run                           # the target test; serve until Ctrl-C",
            "  peer run --exit lint               # another target; then leave",
            "  peer run --rev v1.2 --artifacts out",
            "  peer run --exit --copies 1         # leave when one other peer holds it",
            "  peer run --shell                   # if a stage fails, open a shell there")
        .takes(
            selection,
            reporting,
            logging,
            force,
            fresh,
            audit,
            copies,
            wait,
            noDaemon,
            ArgumentGroup.exclusive(exit, linger),
            ArgumentGroup.exclusive(shell, freeze));
  }

  @Override
  public Integer call() throws Exception {
    return reporting.around(call, output, this::run).number();
  }

  private ExitCode run(RunReport report, RunReporter reporter) throws Exception {
    if (shell.value() && call.isOwnProcess()) {
      reporting.requireNoJson("--shell");
      TerminalRequirement.check("--shell");
    }
    RunOptions options = options();
    try (LogOptions.OpenLog log = logging.open(output)) {
      // A shell or a frozen guest is between the guest and its user.
      boolean here = noDaemon.value() || shell.value() || freeze.value();
      Optional<ExitCode> exitCode = here ? Optional.empty() : handOver(options, reporter);
      if (exitCode.isEmpty() && !call.isOwnProcess()) {
        throw new OwnProcessException();
      }
      return exitCode.isPresent() ? exitCode.get() : runHere(options, log, report, reporter);
    }
  }

  /** Has the daemon run, and gives the exit code; empty: it is to be run here. */
  private Optional<ExitCode> handOver(RunOptions options, RunReporter reporter) throws Exception {
    DaemonHandOff.Outcome outcome =
        new DaemonHandOff(output, call.environment())
            .run(
                settings -> selection.request(call, options, settings),
                reporting.timings(),
                reporting.json());
    return switch (outcome) {
      case DaemonHandOff.Outcome.RunHere(String why) -> {
        if (!why.isEmpty() && call.isOwnProcess()) {
          output.say("run here and not by the daemon: " + why);
        }
        yield Optional.empty();
      }
      case DaemonHandOff.Outcome.Done(ExitCode exitCode) -> {
        reporter.reportedElsewhere();
        yield Optional.of(exitCode);
      }
      case DaemonHandOff.Outcome.InDoubt(long id) ->
          throw new CommandException(
              ExitCode.INFRASTRUCTURE,
              "the daemon ended before the run did",
              "it is run "
                  + id
                  + " in the daemon's queue, and runs when you start the daemon again (`peer daemon"
                  + " status`); `peer run --no-daemon` runs it here");
    };
  }

  private ExitCode runHere(
      RunOptions options, LogOptions.OpenLog log, RunReport report, RunReporter reporter)
      throws Exception {
    output.step("settings");
    try (RunTarget subject = selection.subject(call, output);
        PeerNetwork network =
            PeerNetwork.serving(
                subject.peer(),
                output,
                log,
                CertificateRole.SIGNER,
                CertificateRole.CLIENT,
                CertificateRole.SERVER)) {
      requireNoSecretsToFreeze(subject);
      RunSession run =
          new RunSession(
              subject,
              network,
              Results.openStore(subject),
              options,
              new RunSession.Means(
                  new CallerSecrets(subject, call.environment(), output),
                  failureAction(subject),
                  MachineSlots.AT_ONCE,
                  Optional.empty(),
                  !exit.value() && !copies.wanted()),
              output);
      try (IdentityReloader _ = run.isAnnounced() ? watching(network) : null) {
        return run.run(report, new ServeAfterwards(run, reporter));
      }
    }
  }

  private RunOptions options() throws CommandException {
    RunOptions.Copies asked = copies.asked();
    if (copies.wanted() && !linger.value().equals(Interruption.FOREVER)) {
      throw new CommandException(
          ExitCode.USAGE,
          "--copies does not go with --linger: it says when to leave",
          "use --copies-wait for the maximum wait");
    }
    return new RunOptions(
        force.value(), fresh.value(), audit.value(), selection.artifacts(), asked, wait.given());
  }

  private IdentityReloader watching(PeerNetwork network) {
    return new IdentityReloader(network.identities(), interruption);
  }

  /** Serves a result until the user has enough. */
  private final class ServeAfterwards implements RunSession.Afterwards {

    private final RunSession run;
    private final RunReporter reporter;

    ServeAfterwards(RunSession run, RunReporter reporter) {
      this.run = run;
      this.reporter = reporter;
    }

    @Override
    public void reached() {
      interruption.serving();
    }

    @Override
    public ExitCode serve(
        Replayable result, Optional<Announcer.Announcement> announced, RunReport report)
        throws Exception {
      PeerNetwork network = run.network();
      Optional<Announcer> announcer = network.announcer();
      boolean leaves = exit.value() && !copies.wanted();
      if (leaves || announcer.isEmpty() || interruption.interrupted()) {
        output.say(Publication.none(announcer.isEmpty()));
        if (leaves && announced.isPresent() && !interruption.interrupted()) {
          awaitFollowers(announced.get());
        }
        return ExitCode.PASSED;
      }
      output.step("announce");
      // The run may have taken longer than the certificate lasts.
      network.identities().refresh(true);
      try (Announcer.Announcement announcement =
              announced.isPresent() ? announced.get() : announcer.get().announce(result.stored());
          IdentityReloader _ = run.isAnnounced() ? null : watching(network)) {
        announcement.awaitTold();
        output.say(network.publication(result.verified().record().inputs()));
        output.step("serve");
        if (copies.wanted()) {
          run.copies().await(network, result.verified().record().inputs(), output, report);
          awaitFollowers(announcement);
          return ExitCode.PASSED;
        }
        output.say("serving the result until SIGINT or SIGTERM");
        reporter.passed(output, report);
        awaitEnd();
      }
      return ExitCode.PASSED;
    }

    /** Meanwhile the machine makes a runtime for other peers, where there is none yet. */
    private void awaitEnd() throws InterruptedException {
      Thread offering = Thread.ofVirtual().start(this::offerRuntime);
      try {
        interruption.await(linger.value());
      } finally {
        offering.interrupt();
        offering.join();
      }
    }

    private void offerRuntime() {
      try {
        run.offerRuntime();
      } catch (InterruptedException e) {
        // The user has enough.
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void awaitFollowers(Announcer.Announcement announced) {
    try {
      announced.awaitFollowers(FAREWELL);
    } catch (InterruptedException e) {
      // The result is here, whoever else has it.
      return;
    }
  }

  private void requireNoSecretsToFreeze(RunTarget subject) throws CommandException {
    Setting naming =
        subject.run().secrets().isEmpty() ? Setting.PEER_PREPARE_SECRETS : Setting.PEER_SECRETS;
    boolean none = subject.run().secrets().isEmpty() && subject.run().prepareSecrets().isEmpty();
    if (freeze.value() && !none) {
      throw new CommandException(
          ExitCode.USAGE,
          "--freeze does not go with " + naming + ": a frozen guest would keep them",
          "use --shell, or run without secrets");
    }
  }

  private FailureAction failureAction(RunTarget subject) {
    if (shell.value()) {
      return new FailureAction.Shell(SystemTerminal::open);
    }
    return freeze.value()
        ? new FailureAction.Freeze(new FrozenStore(new HomeLayout(subject.peer().home()).frozen()))
        : new FailureAction.End();
  }
}
