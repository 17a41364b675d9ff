package dev.peer.run;

import dev.peer.config.ConfigException;
import dev.peer.core.find.Replayable;
import dev.peer.core.find.RunFollower;
import dev.peer.core.flow.Announcer;
import dev.peer.core.flow.Attester;
import dev.peer.core.flow.Audit;
import dev.peer.core.flow.CacheUse;
import dev.peer.core.flow.Coordination;
import dev.peer.core.flow.ExecutionRequest.SourceTree;
import dev.peer.core.flow.ExecutionResult;
import dev.peer.core.flow.Executor;
import dev.peer.core.flow.Lineage;
import dev.peer.core.flow.MachineSlots;
import dev.peer.core.flow.RunFlow;
import dev.peer.core.flow.RunOutcome;
import dev.peer.core.sign.RunSigner;
import dev.peer.core.store.Store;
import dev.peer.daemon.RunOptions;
import dev.peer.network.PeerNetwork;
import dev.peer.report.CommandException;
import dev.peer.report.ExitCode;
import dev.peer.report.RunOutput;
import dev.peer.vm.exec.FailureAction;
import dev.peer.vm.exec.ReadyMachine;
import dev.peer.vm.exec.VmExecutor;
import java.time.Duration;
import java.util.Optional;

/**
 * One run, from the request to its result: the code that {@code peer run} and the daemon share.
 *
 * @param means what the process that runs it lends it
 * @param output told all of it
 */
public record RunSession(
    RunTarget subject,
    PeerNetwork network,
    Store store,
    RunOptions options,
    Means means,
    RunOutput output) {

  /**
   * What a process lends a run.
   *
   * @param onFailure what happens to the guest if a recipe fails
   * @param machines when the run may have a machine
   * @param ready the machine that waits for a run, if the process has such
   * @param offers whether what is prepared becomes a runtime for other peers after the run
   */
  public record Means(
      CallerSecrets secrets,
      FailureAction onFailure,
      MachineSlots machines,
      Optional<ReadyMachine> ready,
      boolean offers) {}

  /** What happens to a result. */
  public interface Afterwards {

    /** From now on there is one. */
    default void reached() {}

    /**
     * Serves it, or arranges that it is served. The caller closes the result after this returns.
     *
     * @param announced how others know of it already, if they do
     * @return the exit code
     */
    ExitCode serve(Replayable result, Optional<Announcer.Announcement> announced, RunReport report)
        throws Exception;
  }

  /** Runs, or takes a result that there is. */
  public ExitCode run(RunReport report, Afterwards afterwards) throws Exception {
    Results.requireUsable(subject.surroundings(), options.artifacts());
    copies().requireUsable(network);
    report.about(subject);
    subject.sayWhatIsIgnored(output);
    Lineage lineage = VmExecutors.lineage(subject);
    VmExecutor machines = VmExecutors.executor(subject);
    machines.setOnFailure(means.onFailure());
    machines.setReady(means.ready());
    machines.setVouchers(Optional.of(network.runtimes()));
    Executor executor =
        new LargeFilesExecutor(
            new ImagePullingExecutor(
                new TrunkPreparingExecutor(
                    machines, subject, means.secrets(), Optional.of(runtimes())),
                subject.images(),
                network.images(),
                System.getenv()),
            subject,
            network);
    RunFlow flow =
        new RunFlow(
            kept(),
            network.finder(kept(), subject.acceptance()),
            executor,
            new Attester(
                new RunSigner(network.identities()::credentials),
                network.identities().verifier(),
                network.stamper(),
                output),
            new Coordination(
                isAnnounced() ? network.announcer() : Optional.empty(),
                follower(),
                means.machines()),
            output);
    SourceTree source = VmExecutors.source(subject);
    CacheUse caches = options.fresh() ? new CacheUse.Renewed(lineage) : new CacheUse.Kept(lineage);
    RunOutcome outcome =
        options.force() || options.fresh()
            ? flow.run(subject.inputs(), source, caches, means.secrets(), output)
            : flow.findOrRun(subject.inputs(), source, caches, means.secrets(), output);
    if (options.audit() && outcome instanceof RunOutcome.WithResult known) {
      try (Replayable result = known.result();
          MachineSlots.Turn _ = means.machines().take()) {
        return audit(
            Audit.run(result.verified(), source, means.secrets().get(), executor, kept(), output));
      }
    }
    return switch (outcome) {
      case RunOutcome.Replayed replayed -> replay(replayed.result(), report, afterwards);
      case RunOutcome.Ran ran -> passed(ran, report, afterwards);
      case RunOutcome.RanUnsigned unsigned -> passedUnsigned(unsigned, report);
      case RunOutcome.NotPassed notPassed -> notPassed(output, notPassed.result(), report);
    };
  }

  /** A run that may halt for its user, or that is done twice, cannot be followed. */
  public boolean isAnnounced() {
    return network.announcer().isPresent()
        && !options.audit()
        && means.onFailure() instanceof FailureAction.End;
  }

  private RuntimePeers runtimes() {
    return new RuntimePeers(
        network.runtimes(),
        Optional.of(
            new RuntimePeers.Wait(
                network.runtimeMakers(),
                longestWait(),
                means.offers()
                    && isAnnounced()
                    && RuntimeOffer.mayPrepare(network.identities(), subject.owner().id()))));
  }

  /** How long what goes on elsewhere is waited for. */
  private Duration longestWait() {
    return options.follow().orElse(subject.run().machine().timeout().run());
  }

  private Optional<RunFollower> follower() throws ConfigException {
    Duration most = longestWait();
    return isAnnounced() && !options.force() && !options.fresh() && most.isPositive()
        ? Optional.of(network.follower(kept(), subject.acceptance(), most))
        : Optional.empty();
  }

  /** The store for results of this repository. */
  private Store kept() {
    return store.keptFor(subject.owner());
  }

  /** How many others are to hold the result. */
  public CopyWait copies() {
    return new CopyWait(options.copies());
  }

  /** Makes what the trunk's preparation left a runtime for other peers, if it is not one yet. */
  public void offerRuntime() throws InterruptedException {
    if (isAnnounced()) {
      new RuntimeOffer(subject, network, output).make(means);
    }
  }

  private ExitCode replay(Replayable result, RunReport report, Afterwards afterwards)
      throws Exception {
    try (result) {
      report.replayed(result);
      Results.replay(output, result, network);
      return reached(result, Optional.empty(), report, afterwards);
    }
  }

  private ExitCode passed(RunOutcome.Ran ran, RunReport report, Afterwards afterwards)
      throws Exception {
    try (Replayable result = ran.result();
        Announcer.Announcement _ = ran.announced().orElse(null)) {
      report.ran(result);
      output.say(Results.passedHere(result.verified().record()));
      return reached(result, ran.announced(), report, afterwards);
    }
  }

  private ExitCode reached(
      Replayable result,
      Optional<Announcer.Announcement> announced,
      RunReport report,
      Afterwards afterwards)
      throws Exception {
    afterwards.reached();
    Results.copyArtifacts(output, result, subject.surroundings(), options.artifacts());
    return afterwards.serve(result, announced, report);
  }

  private ExitCode passedUnsigned(RunOutcome.RanUnsigned unsigned, RunReport report) {
    report.ranUnsigned(unsigned.record());
    output.say(Results.passedHere(unsigned.record()));
    output.say("the result is neither kept nor announced: " + unsigned.why());
    options
        .artifacts()
        .ifPresent(directory -> output.say("no artifacts are copied to " + directory));
    return ExitCode.PASSED;
  }

  /** Says how a run ended that did not pass, and gives the exit code for it. */
  public static ExitCode notPassed(RunOutput output, ExecutionResult result, RunReport report)
      throws CommandException {
    return switch (result) {
      case ExecutionResult.Passed passed ->
          throw new IllegalStateException("a run that passed is signed");
      case ExecutionResult.Failed failed -> {
        report.failed(failed);
        failed.report().ifPresent(tests -> tests.failureLines().forEach(output::say));
        output.say("failed: " + report.message());
        yield ExitCode.TESTS_FAILED;
      }
      case ExecutionResult.Refused refused -> {
        report.endedIn(refused.stage());
        throw new CommandException(ExitCode.USAGE, refused.message(), refused.hint());
      }
      case ExecutionResult.TimedOut timedOut -> {
        report.endedIn(timedOut.stage());
        throw timeOver(output, timedOut);
      }
    };
  }

  private ExitCode audit(Audit audit) {
    if (audit.differences().isEmpty()) {
      output.say("audit: a run without any cache passed too, with the same artifacts");
      return ExitCode.PASSED;
    }
    output.say("audit: a run without any cache differs");
    audit.differences().forEach(difference -> output.say("audit: " + difference));
    return ExitCode.TESTS_FAILED;
  }

  private static CommandException timeOver(RunOutput output, ExecutionResult.TimedOut timedOut) {
    String stage = timedOut.stage();
    String seconds = timedOut.limit().toSeconds() + " s";
    if (!timedOut.lastLines().isEmpty()) {
      output.say("the stage " + stage + " printed last:");
      timedOut.lastLines().forEach(line -> output.say("| " + line));
    }
    return switch (timedOut.scope()) {
      case RUN ->
          new CommandException(
              ExitCode.TIME_LIMIT,
              "the time limit of " + seconds + " for the run was over in the stage " + stage,
              "give it longer with PEER_TIMEOUT");
      case STAGE ->
          new CommandException(
              ExitCode.TIME_LIMIT,
              "the time limit of " + seconds + " for the stage " + stage + " was over",
              "give it longer with " + stage + "=... in PEER_TIMEOUT");
    };
  }
}
