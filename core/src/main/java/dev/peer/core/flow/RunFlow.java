package dev.peer.core.flow;

import dev.peer.core.find.FindResult;
import dev.peer.core.find.Finder;
import dev.peer.core.find.Holder;
import dev.peer.core.find.LookupResult;
import dev.peer.core.find.RemoteRuns;
import dev.peer.core.find.Replayable;
import dev.peer.core.key.RunInputs;
import dev.peer.core.progress.ExecutionListener;
import dev.peer.core.progress.Notices;
import dev.peer.core.progress.RunLog;
import dev.peer.core.progress.TeeListener;
import dev.peer.core.record.BundleWriter;
import dev.peer.core.record.RunFiles;
import dev.peer.core.record.RunRecord;
import dev.peer.core.record.TestReport;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.core.secret.RunSecrets;
import dev.peer.core.secret.SecretException;
import dev.peer.core.secret.SecretScan;
import dev.peer.core.sign.VerificationException;
import dev.peer.core.store.FailedRun;
import dev.peer.core.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The one flow: find a result, follow a peer that is already running it, or run; then scan for
 * secrets, sign, verify the own signature, have it stamped, and keep the result.
 */
public final class RunFlow {

  private final Store store;
  private final Finder finder;
  private final Executor executor;
  private final Attester attester;
  private final Coordination coordination;
  private final Notices notices;

  /**
   * Creates a flow.
   *
   * @param attester makes the evidence of what passed
   * @param coordination keeps peers from running the same thing twice
   */
  public RunFlow(
      Store store,
      Finder finder,
      Executor executor,
      Attester attester,
      Coordination coordination,
      Notices notices) {
    this.store = store;
    this.finder = finder;
    this.executor = executor;
    this.attester = attester;
    this.coordination = coordination;
    this.notices = notices;
  }

  /**
   * Takes an existing result, or the result of a run elsewhere, or runs. Every failure of the
   * search leads to a run. If several peers start at the same moment, the first to announce the run
   * runs it.
   *
   * @throws ExecutorException if the machinery failed
   * @throws SecretException if it has to run, and a secret has no value
   * @throws IOException if the result could not be kept
   */
  public RunOutcome findOrRun(
      RunInputs inputs,
      ExecutionRequest.SourceTree source,
      CacheUse caches,
      SecretSource secrets,
      ExecutionListener listener)
      throws ExecutorException, SecretException, IOException, InterruptedException {
    FindResult found = searched(() -> find(inputs));
    if (found instanceof FindResult.None none) {
      sayWhoFailed(none.elsewhere().failed());
    }
    while (found instanceof FindResult.None) {
      List<Holder> first = List.of();
      try (MachineSlots.Turn turn = coordination.slots().take()) {
        found = turn.waited() ? searched(() -> find(inputs)) : found;
        if (found instanceof FindResult.None none) {
          RunSecrets passed = required(inputs, secrets);
          try (OwnAnnouncement announced = coordination.announce(inputs, notices)) {
            first = none.elsewhere().known() ? coordination.toFollow(announced) : List.of();
            if (first.isEmpty()) {
              return run(inputs, source, caches, passed, listener, announced);
            }
          }
        }
      }
      found = first.isEmpty() ? found : follow(first, inputs);
    }
    return new RunOutcome.Replayed(((FindResult.Hit) found).result());
  }

  private FindResult follow(List<Holder> first, RunInputs inputs) throws InterruptedException {
    return searched(() -> coordination.follower().orElseThrow().follow(first, inputs));
  }

  /** Runs, regardless of existing results and of runs elsewhere. */
  public RunOutcome run(
      RunInputs inputs,
      ExecutionRequest.SourceTree source,
      CacheUse caches,
      SecretSource secrets,
      ExecutionListener listener)
      throws ExecutorException, SecretException, IOException, InterruptedException {
    try (MachineSlots.Turn _ = coordination.slots().take()) {
      RunSecrets passed = required(inputs, secrets);
      try (OwnAnnouncement announced = coordination.announce(inputs, notices)) {
        return run(inputs, source, caches, passed, listener, announced);
      }
    }
  }

  /** What must be here for a run, asked before other peers learn of one that cannot start. */
  private RunSecrets required(RunInputs inputs, SecretSource secrets)
      throws ExecutorException, SecretException {
    RunSecrets passed = secrets.get();
    executor.requireMachine(inputs.architecture());
    return passed;
  }

  private RunOutcome run(
      RunInputs inputs,
      ExecutionRequest.SourceTree source,
      CacheUse caches,
      RunSecrets passed,
      ExecutionListener listener,
      OwnAnnouncement announced)
      throws ExecutorException, IOException, InterruptedException {
    ScratchDirectory staged = store.stage();
    try (BundleWriter bundle = bundleIn(staged)) {
      RunFiles log = store.logs().begin(staged, inputs);
      Instant startedAt = Instant.now();
      ExecutionResult result;
      try (RunLog recorded = new RunLog(log)) {
        result =
            executor.execute(
                new ExecutionRequest(
                    inputs,
                    store.ownerOf(inputs.repo()),
                    source,
                    bundle.files(),
                    bundle,
                    caches,
                    passed),
                announced.begin(
                    new TeeListener(recorded, listener), staged.path().resolve("live")));
      }
      if (!(result instanceof ExecutionResult.Passed ran)) {
        announced.notPassed(result);
        keepFailed(inputs, startedAt, result, log);
        staged.close();
        return new RunOutcome.NotPassed(result);
      }
      return signAndKeep(ran.record(), bundle, passed, staged, announced);
    } catch (ExecutorException | IOException | InterruptedException | RuntimeException e) {
      staged.close();
      throw e;
    }
  }

  private static BundleWriter bundleIn(ScratchDirectory staged) throws IOException {
    RunFiles files = new RunFiles(Files.createDirectory(staged.path().resolve("result")));
    return new BundleWriter(files, staged.path().resolve("bundle"));
  }

  private void keepFailed(
      RunInputs inputs, Instant startedAt, ExecutionResult result, RunFiles log) {
    FailedRun run =
        new FailedRun(FailedRun.Subject.of(inputs), startedAt, Instant.now(), failure(result));
    try {
      store.logs().keep(run, log);
    } catch (IOException e) {
      notices.say("the output of the run is not kept: " + e.getMessage());
    }
  }

  private static FailedRun.Failure failure(ExecutionResult result) {
    return switch (result) {
      case ExecutionResult.Failed(String stage, int exitCode, Optional<TestReport> tests) ->
          new FailedRun.Failure(
              stage,
              Optional.of(exitCode),
              "the stage " + stage + " ended with " + exitCode,
              tests);
      case ExecutionResult.Refused refused ->
          new FailedRun.Failure(refused.stage(), refused.message());
      case ExecutionResult.TimedOut timedOut ->
          new FailedRun.Failure(
              timedOut.stage(),
              "the time limit of " + timedOut.limit().toSeconds() + " s was over");
      case ExecutionResult.Passed _ -> throw new IllegalStateException("it passed");
    };
  }

  /** One form of the search. */
  @FunctionalInterface
  private interface Search {

    FindResult find() throws IOException, InterruptedException;
  }

  private FindResult find(RunInputs inputs) throws IOException, InterruptedException {
    return coordination.follower().isPresent()
        ? coordination.follower().get().find(inputs)
        : finder.find(inputs.repo(), inputs.key());
  }

  private FindResult searched(Search search) throws InterruptedException {
    try {
      return search.find();
    } catch (IOException e) {
      notices.say("no result could be taken over: " + e.getMessage());
      return new FindResult.Miss(RemoteRuns.UNKNOWN);
    }
  }

  /** More was already said about the followed runners. */
  private void sayWhoFailed(List<LookupResult.Failure> failed) {
    coordination.unsaid(failed).forEach(failure -> notices.say(failure.text()));
  }

  private RunOutcome signAndKeep(
      RunRecord record,
      BundleWriter bundle,
      RunSecrets secrets,
      ScratchDirectory staged,
      OwnAnnouncement announced)
      throws IOException, InterruptedException {
    Optional<String> leak = SecretScan.leak(secrets.all(), record, bundle.files());
    if (leak.isPresent()) {
      staged.close();
      return new RunOutcome.RanUnsigned(record, leak.get());
    }
    try {
      Replayable result = attester.attest(record, bundle, staged, store);
      return new RunOutcome.Ran(result, announced.passed(result.stored()));
    } catch (VerificationException e) {
      staged.close();
      return new RunOutcome.RanUnsigned(record, "others would refuse it: " + e.getMessage());
    }
  }
}
