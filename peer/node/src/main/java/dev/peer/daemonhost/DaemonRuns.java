package dev.peer.daemonhost;

import dev.peer.client.announce.LeasedAnnouncer;
import dev.peer.config.CallContext;
import dev.peer.config.ConfigException;
import dev.peer.config.PeerSettings;
import dev.peer.config.Setting;
import dev.peer.core.find.Replayable;
import dev.peer.core.flow.AnnounceException;
import dev.peer.core.flow.Announcer;
import dev.peer.core.key.RunInputs;
import dev.peer.core.progress.Notices;
import dev.peer.core.store.Store;
import dev.peer.core.trust.CertificateRole;
import dev.peer.daemon.QueuedRunEnd;
import dev.peer.daemon.Reason;
import dev.peer.daemon.ResultName;
import dev.peer.daemon.RunQueue;
import dev.peer.daemon.RunRequest;
import dev.peer.network.PeerNetwork;
import dev.peer.network.Publication;
import dev.peer.report.ExitCode;
import dev.peer.report.Failure;
import dev.peer.report.RunOutput;
import dev.peer.run.CallerSecrets;
import dev.peer.run.CrontabRun;
import dev.peer.run.RunReport;
import dev.peer.run.RunSession;
import dev.peer.run.RunTarget;
import dev.peer.run.UnattendedOutput;
import dev.peer.schedule.MadeCrontabs;
import dev.peer.vm.exec.CrontabResult;
import dev.peer.vm.exec.FailureAction;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Does the runs of a daemon, in its process and under its name. */
final class DaemonRuns implements RunQueue.Runner {

  /** The variables that locate the home if no setting does. */
  private static final List<String> PLACES = List.of("HOME", "XDG_STATE_HOME");

  private final PeerSettings peer;
  private final DaemonParts daemon;
  private final MadeCrontabs crontabs;
  private final Notices log;

  /**
   * For one daemon.
   *
   * @param peer its settings
   * @param crontabs receives new crontabs
   * @param log told of runs without a waiting caller
   */
  DaemonRuns(PeerSettings peer, DaemonParts daemon, MadeCrontabs crontabs, Notices log) {
    this.peer = peer;
    this.daemon = daemon;
    this.crontabs = crontabs;
    this.log = log;
  }

  /** A run without a waiting caller. */
  @Override
  public QueuedRunEnd run(RunRequest request, RunQueue.Machine machine)
      throws InterruptedException {
    UnattendedOutput output = new UnattendedOutput(log, "run " + machine.id());
    RunReport report = new RunReport();
    RunQueue.Turns slots = machine.slots(place -> output.say("place " + place + " in the queue"));
    Map<String, String> secrets = isRequest(request) ? Map.of() : System.getenv();
    try {
      ExitCode exitCode =
          MadeCrontabs.isRequested(request)
              ? makeCrontab(request, slots, output, report)
              : run(request, slots, secrets, output, report);
      if (exitCode != ExitCode.PASSED) {
        output.sayLastLines();
      }
      return QueuedRunEnd.ofExit(exitCode.number(), report.message());
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      Failure failure = Failure.of(e);
      failure.requireNoInterruption(e);
      output.sayLastLines();
      output.error(failure.message(), failure.hint());
      return QueuedRunEnd.ofExit(failure.exitCode().number(), failure.message());
    }
  }

  /** Whether others would accept a signature made here now. */
  boolean canSign() {
    return daemon.identities().isGoodFor(CertificateRole.SIGNER);
  }

  /**
   * Runs for somebody.
   *
   * @param secrets values that take precedence over those kept on this machine
   * @return the exit code
   */
  ExitCode run(
      RunRequest request,
      RunQueue.Turns slots,
      Map<String, String> secrets,
      RunOutput output,
      RunReport report)
      throws Exception {
    try (RunTarget subject = subject(request, slots, output);
        PeerNetwork network =
            PeerNetwork.within(
                daemon.identities(), subject.peer(), output, announcer(subject, output))) {
      RunSession run =
          new RunSession(
              subject,
              network,
              daemon.store(),
              request.options(),
              new RunSession.Means(
                  new CallerSecrets(subject, secrets, output),
                  new FailureAction.End(),
                  slots,
                  daemon.ready(),
                  true),
              output);
      return run.run(report, new DaemonAfterwards(run));
    }
  }

  private static RunTarget subject(RunRequest request, RunQueue.Turns slots, RunOutput output)
      throws Exception {
    output.step("settings");
    RunTarget subject =
        RunTarget.of(
            output,
            surroundings(request),
            request.revision(),
            request.target(),
            request.subject().arguments());
    slots.isOf(new ResultName(subject.inputs().repo(), subject.inputs().key()));
    return subject;
  }

  private ExitCode makeCrontab(
      RunRequest request, RunQueue.Turns slots, RunOutput output, RunReport report)
      throws Exception {
    CrontabResult result;
    try (RunTarget subject = subject(request, slots, output);
        PeerNetwork network =
            PeerNetwork.within(daemon.identities(), subject.peer(), output, Optional.empty())) {
      result =
          new CrontabRun(
                  subject,
                  new CallerSecrets(subject, System.getenv(), output),
                  network,
                  slots,
                  daemon.ready(),
                  output)
              .make();
    }
    return switch (result) {
      case CrontabResult.Made made -> {
        crontabs.add(request, Optional.of(made.text()));
        yield ExitCode.PASSED;
      }
      case CrontabResult.NoRule _ -> {
        crontabs.add(request, Optional.empty());
        yield ExitCode.PASSED;
      }
      case CrontabResult.Ended ended -> RunSession.notPassed(output, ended.how(), report);
    };
  }

  /** Where the run would be called, were it the daemon's or its caller's own command. */
  static CallContext surroundings(RunRequest request) throws ConfigException {
    Map<String, String> environment = new HashMap<>(CallContext.ofProcess().environment());
    if (isRequest(request)) {
      environment.keySet().removeIf(name -> !PLACES.contains(name) && !isOfTheDaemon(name));
    }
    environment.putAll(request.environment());
    return new CallContext(request.directory(), environment);
  }

  private static boolean isRequest(RunRequest request) {
    return request.reason().kind() == Reason.Kind.REQUEST;
  }

  /** Whether it is a setting that belongs to the machine and its user, and not to the run. */
  private static boolean isOfTheDaemon(String name) {
    return Arrays.stream(Setting.values())
        .anyMatch(
            setting -> setting.name().equals(name) && setting.handOff() != Setting.HandOff.SENT);
  }

  private Optional<LeasedAnnouncer> announcer(RunTarget subject, RunOutput output) {
    if (daemon.announcer().isPresent()
        && !subject.peer().reach().rendezvous().equals(peer.reach().rendezvous())) {
      output.say("not announced: the daemon has another PEER_RENDEZVOUS than this revision");
      return Optional.empty();
    }
    return daemon.announcer();
  }

  /** Leaves a result to the daemon, which serves it. */
  private final class DaemonAfterwards implements RunSession.Afterwards {

    private final RunSession run;

    DaemonAfterwards(RunSession run) {
      this.run = run;
    }

    @Override
    public ExitCode serve(
        Replayable result, Optional<Announcer.Announcement> announced, RunReport report)
        throws Exception {
      daemon.kept().add(Store.reopen(result.stored()), result.verified().record());
      PeerNetwork network = run.network();
      if (network.announcer().isEmpty()) {
        run.output().say(Publication.none(peer.reach().rendezvous().isEmpty()));
        return ExitCode.PASSED;
      }
      run.output().step("announce");
      daemon.identities().refresh(true);
      RunInputs inputs = result.verified().record().inputs();
      try (Announcer.Announcement announcement = announcement(network, result, announced)) {
        announcement.awaitTold();
        run.output().say(network.publication(inputs));
        run.output().say("the daemon serves the result");
        if (run.copies().isNeeded()) {
          run.copies().await(network, inputs, run.output(), report);
        }
        run.offerRuntime();
      }
      return ExitCode.PASSED;
    }

    private static Announcer.Announcement announcement(
        PeerNetwork network, Replayable result, Optional<Announcer.Announcement> announced)
        throws AnnounceException, InterruptedException {
      return announced.isPresent()
          ? announced.get()
          : network.announcer().orElseThrow().announce(result.stored());
    }
  }
}
