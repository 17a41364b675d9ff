package dev.peer.core.flow;

import dev.peer.core.find.FindResult;
import dev.peer.core.find.Finder;
import dev.peer.core.find.Holder;
import dev.peer.core.find.LookupResult;
import dev.peer.core.find.RemoteRuns;
import dev.peer.core.find.Replayable;
import dev.peer.core.find.RunFollower;
import dev.peer.core.key.RunInputs;
import dev.peer.core.progress.ExecutionListener;
import dev.peer.core.progress.Notices;
import dev.peer.core.progress.RunLog;
import dev.peer.core.progress.TeeListener;
import dev.peer.core.record.BundleWriter;
import dev.peer.core.record.Content;
import dev.peer.core.record.RunFiles;
import dev.peer.core.record.RunRecord;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.core.secret.SecretException;
import dev.peer.core.secret.SecretScan;
import dev.peer.core.secret.Secrets;
import dev.peer.core.sign.Attestation;
import dev.peer.core.sign.RecordVerifier;
import dev.peer.core.sign.RunSigner;
import dev.peer.core.sign.VerificationException;
import dev.peer.core.sign.VerifiedAttestation;
import dev.peer.core.sign.VerifiedRecord;
import dev.peer.core.store.FailedRun;
import dev.peer.core.store.Store;
import dev.peer.core.store.StoredRecord;
import dev.peer.core.timestamp.TimestampException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
  private final RunSigner signer;
  private final RecordVerifier verifier;
  private final Optional<Stamper> stamper;
  private final Optional<Announcer> announcer;
  private final Optional<RunFollower> joining;
  private final MachineSlots turns;
  private final Notices notices;

  /**
   * Creates a flow that announces no run and follows no other peer's.
   *
   * @param stamper stamps the own signature; empty: it is not stamped
   */
  public RunFlow(
      Store store,
      Finder finder,
      Executor executor,
      RunSigner signer,
      RecordVerifier verifier,
      Optional<Stamper> stamper,
      Notices notices) {
    this(
        store,
        finder,
        executor,
        signer,
        verifier,
        stamper,
        Optional.empty(),
        Optional.empty(),
        MachineSlots.AT_ONCE,
        notices);
  }

  /**
   * Creates a flow.
   *
   * @param stamper stamps the own signature; empty: it is not stamped
   * @param announcer announces the run while it goes on; empty: it is not announced
   * @param joining follows runs on other peers before one starts here; empty: none is followed
   * @param turns decides when a run may start here
   */
  public RunFlow(
      Store store,
      Finder finder,
      Executor executor,
      RunSigner signer,
      RecordVerifier verifier,
      Optional<Stamper> stamper,
      Optional<Announcer> announcer,
      Optional<RunFollower> joining,
      MachineSlots turns,
      Notices notices) {
    this.store = store;
    this.finder = finder;
    this.executor = executor;
    this.signer = signer;
    this.verifier = verifier;
    this.stamper = stamper;
    this.announcer = announcer;
    this.joining = joining;
    this.turns = turns;
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
      ExecutionRequest.SourceArchive source,
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
      try (MachineSlots.Turn turn = turns.take()) {
        found = turn.waited() ? searched(() -> find(inputs)) : found;
        if (found instanceof FindResult.None none) {
          try (Announced announced = announced(inputs)) {
            first = none.elsewhere().known() ? announced.toFollow() : List.of();
            if (first.isEmpty()) {
              return run(inputs, source, caches, secrets, listener, announced);
            }
          }
        }
      }
      found = first.isEmpty() ? found : follow(first, inputs);
    }
    return new RunOutcome.Replayed(((FindResult.Hit) found).result());
  }

  private FindResult follow(List<Holder> first, RunInputs inputs) throws InterruptedException {
    return searched(() -> joining.orElseThrow().follow(first, inputs));
  }

  /** Runs, regardless of existing results and of runs elsewhere. */
  public RunOutcome run(
      RunInputs inputs,
      ExecutionRequest.SourceArchive source,
      CacheUse caches,
      SecretSource secrets,
      ExecutionListener listener)
      throws ExecutorException, SecretException, IOException, InterruptedException {
    try (MachineSlots.Turn _ = turns.take();
        Announced announced = announced(inputs)) {
      return run(inputs, source, caches, secrets, listener, announced);
    }
  }

  private RunOutcome run(
      RunInputs inputs,
      ExecutionRequest.SourceArchive source,
      CacheUse caches,
      SecretSource secrets,
      ExecutionListener listener,
      Announced announced)
      throws ExecutorException, SecretException, IOException, InterruptedException {
    Secrets passed = secrets.get();
    ScratchDirectory staged = store.stage();
    try {
      RunFiles files = new RunFiles(Files.createDirectory(staged.path().resolve("result")));
      RunFiles log = store.logs().begin(staged, inputs);
      Instant startedAt = Instant.now();
      ExecutionResult result;
      try (RunLog recorded = new RunLog(log)) {
        result =
            executor.execute(
                new ExecutionRequest(
                    inputs, store.ownerOf(inputs.repo()), source, files, caches, passed),
                announced.shownTo(
                    new TeeListener(recorded, listener), staged.path().resolve("live")));
      }
      if (!(result instanceof ExecutionResult.Passed ran)) {
        announced.notPassed(result);
        keepFailed(inputs, startedAt, result, log);
        staged.close();
        return new RunOutcome.NotPassed(result);
      }
      return signAndKeep(ran.record(), files, passed, staged, announced);
    } catch (ExecutorException | IOException | InterruptedException | RuntimeException e) {
      staged.close();
      throw e;
    }
  }

  private void keepFailed(
      RunInputs inputs, Instant startedAt, ExecutionResult result, RunFiles log) {
    FailedRun run =
        switch (result) {
          case ExecutionResult.Failed(String stage, int exitCode) ->
              failed(
                  inputs,
                  startedAt,
                  stage,
                  Optional.of(exitCode),
                  "the stage " + stage + " ended with " + exitCode);
          case ExecutionResult.Refused refused ->
              failed(inputs, startedAt, refused.stage(), Optional.empty(), refused.message());
          case ExecutionResult.TimedOut timedOut ->
              failed(
                  inputs,
                  startedAt,
                  timedOut.stage(),
                  Optional.empty(),
                  "the time limit of " + timedOut.limit().toSeconds() + " s was over");
          case ExecutionResult.Passed _ -> throw new IllegalStateException("it passed");
        };
    try {
      store.logs().keep(run, log);
    } catch (IOException e) {
      notices.say("the output of the run is not kept: " + e.getMessage());
    }
  }

  private static FailedRun failed(
      RunInputs inputs, Instant startedAt, String stage, Optional<Integer> exitCode, String why) {
    return new FailedRun(
        inputs.key(),
        inputs.repo(),
        inputs.tree(),
        inputs.target(),
        inputs.arguments(),
        startedAt,
        Instant.now(),
        stage,
        exitCode,
        why);
  }

  /** One form of the search. */
  @FunctionalInterface
  private interface Search {

    FindResult find() throws IOException, InterruptedException;
  }

  private FindResult find(RunInputs inputs) throws IOException, InterruptedException {
    return joining.isPresent()
        ? joining.get().find(inputs)
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
    List<LookupResult.Failure> unsaid =
        joining.isPresent() ? joining.get().notSaid(failed) : failed;
    unsaid.forEach(failure -> notices.say(failure.text()));
  }

  private Announced announced(RunInputs inputs) {
    if (announcer.isEmpty()) {
      return new Announced(Optional.empty());
    }
    notices.step("announce");
    try {
      return new Announced(Optional.of(announcer.get().announceRun(inputs.repo(), inputs.key())));
    } catch (AnnounceException e) {
      notices.say("the run is not announced: " + e.getMessage());
      return new Announced(Optional.empty());
    }
  }

  /** The announcement of this run, if it is announced. */
  private final class Announced implements AutoCloseable {

    private final Optional<Announcer.RunAnnouncement> announcement;

    Announced(Optional<Announcer.RunAnnouncement> announcement) {
      this.announcement = announcement;
    }

    /** The runners that started earlier and were not followed yet. */
    List<Holder> toFollow() throws InterruptedException {
      return announcement.isEmpty() || joining.isEmpty()
          ? List.of()
          : joining.get().toFollow(announcement.get().earlier());
    }

    ExecutionListener shownTo(ExecutionListener listener, Path backlog) {
      return announcement.isEmpty()
          ? listener
          : new TeeListener(announcement.get().begin(backlog), listener);
    }

    void notPassed(ExecutionResult result) {
      switch (result) {
        case ExecutionResult.Failed failed ->
            announcement.ifPresent(a -> a.failed(failed.stage(), Optional.of(failed.exitCode())));
        case ExecutionResult.Refused refused ->
            announcement.ifPresent(a -> a.failed(refused.stage(), Optional.empty()));
        // With more time it might have passed.
        case ExecutionResult.TimedOut _, ExecutionResult.Passed _ -> {}
      }
    }

    Optional<Announcer.Announcement> passed(StoredRecord record) {
      return announcement.map(a -> a.passed(record));
    }

    @Override
    public void close() {
      announcement.ifPresent(Announcer.RunAnnouncement::close);
    }
  }

  private RunOutcome signAndKeep(
      RunRecord record,
      RunFiles files,
      Secrets secrets,
      ScratchDirectory staged,
      Announced announced)
      throws IOException, InterruptedException {
    Optional<String> leak = SecretScan.leak(secrets, record, files);
    if (leak.isPresent()) {
      staged.close();
      return new RunOutcome.RanUnsigned(record, leak.get());
    }
    notices.step("sign");
    Path bundle = staged.path().resolve("bundle");
    Content content = BundleWriter.write(record, files, bundle);
    Attestation signed = signer.sign(record, content);
    notices.step("verify");
    try {
      VerifiedAttestation attestation = stamped(verifier.verify(signed, record.inputs().key()));
      Path unpacked = Files.createDirectory(staged.path().resolve("unpacked"));
      VerifiedRecord verified = verifier.verify(attestation, bundle, unpacked);
      notices.step("store");
      StoredRecord stored = store.keep(verified);
      return new RunOutcome.Ran(
          new Replayable(verified, stored, Optional.empty(), staged), announced.passed(stored));
    } catch (VerificationException e) {
      staged.close();
      return new RunOutcome.RanUnsigned(record, "others would refuse it: " + e.getMessage());
    }
  }

  /** A result without a timestamp is as good, for as long as the certificate is. */
  private VerifiedAttestation stamped(VerifiedAttestation attestation) throws InterruptedException {
    if (stamper.isEmpty()) {
      return attestation;
    }
    notices.step("timestamp");
    try {
      return verifier.stamp(attestation, stamper.get().stamp(attestation.signature()));
    } catch (TimestampException | VerificationException e) {
      notices.say("the result goes out without a timestamp: " + e.getMessage());
      return attestation;
    } finally {
      notices.step("verify");
    }
  }
}
