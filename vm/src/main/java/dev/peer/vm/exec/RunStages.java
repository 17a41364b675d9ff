package dev.peer.vm.exec;

import dev.peer.core.flow.ExecutionRequest;
import dev.peer.core.flow.ExecutionResult;
import dev.peer.core.flow.ExecutorException;
import dev.peer.core.flow.InterruptedIo;
import dev.peer.core.key.NetworkMode;
import dev.peer.core.key.RunInputs;
import dev.peer.core.progress.ExecutionListener;
import dev.peer.core.record.OutputRecorder;
import dev.peer.core.record.OutputStreamName;
import dev.peer.core.record.Provenance;
import dev.peer.core.record.RunRecord;
import dev.peer.core.record.StageTimes;
import dev.peer.core.record.TestOutput;
import dev.peer.core.record.TestReport;
import dev.peer.core.record.Tries;
import dev.peer.core.secret.SecretScan;
import dev.peer.core.secret.Secrets;
import dev.peer.vm.guest.GuestException;
import dev.peer.vm.guest.StageResult;
import dev.peer.vm.qemu.Machine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The stages of one run, in the order that the whole project is about. */
final class RunStages {

  private static final String CHECKOUT = "checkout";
  static final String TEST = "test";
  private static final String ARTIFACTS = "artifacts";
  private static final String POST_TEST = "post-test";
  private static final String REPORTS = "reports";
  private static final String CRONTAB = "crontab";

  /** The verdict is known by then, and nobody should wait long for what goes with it. */
  private static final Duration REPORTS_TIME = Duration.ofMinutes(1);

  private static final int LARGEST_CRONTAB = 1 << 14;

  private static final long NANOS_PER_MICRO = 1_000;

  private final ExecutionRequest request;
  private final RunInputs inputs;
  private final ExecutionListener listener;
  private final Machine machine;
  private final StageRunner stages;
  private final RunDisks disks;
  private final MachineStarter starter;
  private final RunCache cache;
  private final StageOutcomes outcomes;
  private final PreparationStage preparation;
  private Map<String, String> prepared = Map.of();

  RunStages(
      ExecutionRequest request,
      ExecutionListener listener,
      StartedMachine machine,
      StageRunner stages,
      MachineStarter starter,
      RunCache cache) {
    this.request = request;
    this.inputs = request.inputs();
    this.listener = listener;
    this.machine = machine.machine();
    this.stages = stages;
    this.disks = machine.disks();
    this.starter = starter;
    this.cache = cache;
    this.outcomes = new StageOutcomes(starter.model().limits());
    this.preparation = new PreparationStage(stages, starter.network(), listener);
  }

  /** The stages before the test: how the run ended, unless the test can start. */
  Optional<ExecutionResult> prepare()
      throws IOException, GuestException, ExecutorException, InterruptedException {
    Optional<ExecutionResult> ended = checkOut();
    if (ended.isPresent()) {
      return ended;
    }
    StageResult result = preparation.run(targetAndArguments());
    prepared = result.info();
    return outcomes.endedBy(PreparationStage.NAME, result);
  }

  private Optional<ExecutionResult> checkOut()
      throws IOException, GuestException, ExecutorException, InterruptedException {
    stages.setVariables(inputs.environment());
    stages.setOptions(inputs.options());
    StageResult checkout = stages.run(CHECKOUT, List.of());
    if (checkout instanceof StageResult.Refused refused) {
      return Optional.of(outcomes.refused(CHECKOUT, refused));
    }
    if (!StageOutcomes.passed(checkout)) {
      throw new ExecutorException(
          "the revision could not be put into the guest", "see above what git says");
    }
    return Optional.empty();
  }

  /** Makes the crontab, which is the request's target, and does nothing after it. */
  CrontabResult makeCrontab()
      throws IOException, GuestException, ExecutorException, InterruptedException {
    Optional<ExecutionResult> ended = checkOut();
    if (ended.isPresent()) {
      return new CrontabResult.Ended(ended.get());
    }
    StageResult result = preparation.run(targetAndArguments());
    if (result instanceof StageResult.Refused refused
        && refused.reason().equals(StageOutcomes.NO_TARGET)) {
      return new CrontabResult.NoRule();
    }
    ended = outcomes.endedBy(PreparationStage.NAME, result);
    if (ended.isPresent()) {
      return new CrontabResult.Ended(ended.get());
    }
    seal();
    return readCrontab();
  }

  private CrontabResult readCrontab()
      throws IOException, GuestException, ExecutorException, InterruptedException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    StageResult result =
        stages.run(
            CRONTAB,
            List.of(),
            (stream, buffer, offset, length) -> {
              if (stream == OutputStreamName.STDERR) {
                listener.stageOutput(CRONTAB, buffer, offset, length);
              } else {
                text.write(buffer, offset, Math.min(length, LARGEST_CRONTAB + 1 - text.size()));
              }
            });
    Optional<ExecutionResult> ended = outcomes.endedBy(CRONTAB, result);
    if (ended.isPresent()) {
      return new CrontabResult.Ended(ended.get());
    }
    if (text.size() > LARGEST_CRONTAB) {
      return new CrontabResult.Ended(
          new ExecutionResult.Refused(
              CRONTAB,
              "the crontab has more than " + LARGEST_CRONTAB + " bytes",
              "use a target that does several things"));
    }
    return new CrontabResult.Made(text.toString(StandardCharsets.UTF_8));
  }

  /** Takes the link down, unless the test may use it. */
  void seal() throws IOException, InterruptedException {
    listener.step("link down");
    GuestNetwork.seal(machine, inputs.network());
    if (inputs.network() == NetworkMode.OPEN) {
      listener.note("network: open, " + starter.network().openReach());
    }
  }

  ExecutionResult run(RunClock clock, int mostTries)
      throws IOException, GuestException, ExecutorException, InterruptedException {
    Optional<ExecutionResult> ended = prepare();
    if (ended.isPresent()) {
      return ended.get();
    }
    boolean kept = cache.keeps(prepared);
    if (kept) {
      // Before the test: it can leave nothing to later runs.
      stages.whileDiskIsFrozen(() -> machine.layers().startNext(disks.scratch()));
    }
    seal();
    try (OutputRecorder recorder =
        new OutputRecorder(request.files(), () -> System.nanoTime() / NANOS_PER_MICRO)) {
      stages.handSecrets();
      int tries = Math.min(inputs.options().allowedTries(), mostTries);
      int tried = 1;
      StageResult tested = runTest(recorder);
      while (tried < tries
          && tested instanceof StageResult.Exited
          && !StageOutcomes.passed(tested)) {
        sayFailed(tried, (StageResult.Exited) tested, recorder);
        tried++;
        tested = runTest(recorder);
      }
      ended = outcomes.endedBy(TEST, tested);
      if (ended.isPresent()) {
        return ended.get();
      }
      TestOutput output = recorder.finish();
      ExecutionResult result =
          afterTest(clock, output, new Tries(tried, inputs.options().allowedTries()));
      if (kept && result instanceof ExecutionResult.Passed) {
        keepDisk(clock);
      }
      return result;
    }
  }

  /**
   * Runs the stages before the test and keeps their disk; returns how the run ended if they did not
   * pass.
   */
  Optional<ExecutionResult> prepareAndKeep(RunClock clock)
      throws IOException, GuestException, ExecutorException, InterruptedException {
    Optional<ExecutionResult> ended = prepare();
    if (ended.isEmpty() && cache.keeps()) {
      stages.whileDiskIsFrozen(() -> machine.layers().startNext(disks.scratch()));
      keepDisk(clock);
    }
    return ended;
  }

  /**
   * Runs the stages before the test, and gives the disk that they leave to the sink; returns how
   * the run ended if they did not pass.
   */
  Optional<ExecutionResult> prepareAndGive(DiskSink sink)
      throws IOException, GuestException, ExecutorException, InterruptedException {
    if (cache.base().isEmpty()) {
      return Optional.of(
          new ExecutionResult.Refused(PreparationStage.NAME, "the kept disk is gone", ""));
    }
    Optional<ExecutionResult> ended = prepare();
    if (ended.isEmpty()) {
      stages.whileDiskIsFrozen(() -> machine.layers().startNext(disks.scratch()));
      machine.layers().detachFromBase(disks.scratch());
      machine.quit();
      sink.take(disks.scratch().layer());
    }
    return ended;
  }

  /** Keeps the prepared disk for the repository's next run; without it, that run is slower. */
  private void keepDisk(RunClock clock) throws InterruptedException {
    if (clock.wasSetBack()) {
      // Files that are newer than the sources of the next run would count as made from them.
      listener.note("the prepared disk is not kept: this host's clock was set back during the run");
      return;
    }
    try {
      if (disks.scratch().base().isPresent()) {
        machine.layers().detachFromBase(disks.scratch());
      }
      machine.quit();
      Optional<String> leak = leak(disks.scratch().layer());
      if (leak.isPresent()) {
        listener.note("the prepared disk is not kept: " + leak.get());
        return;
      }
      cache.keep(disks.scratch().layer(), clock.begun(), preparation.last(), prepared);
    } catch (IOException e) {
      listener.note("the prepared disk is not kept for the next run: " + e.getMessage());
    }
  }

  /**
   * Where a prepared disk holds a secret of its preparation: as the guest, which knows files, has
   * said, or else in the disk's bytes, among them those of files that were removed.
   */
  private Optional<String> leak(Path layer) throws IOException {
    if (prepared.containsKey("leak")) {
      return Optional.of(prepared.get("leak"));
    }
    Secrets secrets = request.secrets().preparation();
    return secrets.isEmpty()
        ? Optional.empty()
        : SecretScan.firstIn(secrets, layer)
            .map(
                name ->
                    "it holds the secret "
                        + name
                        + " in the bytes of a file, or of one that was removed");
  }

  private StageResult runTest(OutputRecorder recorder)
      throws IOException, GuestException, InterruptedException {
    List<String> arguments = new ArrayList<>();
    arguments.add(inputs.network().toString());
    arguments.addAll(targetAndArguments());
    return stages.run(
        TEST,
        arguments,
        (stream, buffer, offset, length) -> tell(recorder, stream, buffer, offset, length));
  }

  /** A part of the output: all tries are read as one, so where one ends is in it too. */
  private void sayFailed(int tried, StageResult.Exited failed, OutputRecorder recorder)
      throws IOException {
    byte[] line =
        "peer: try %d of %d ended with %d, trying again\n"
            .formatted(tried, inputs.options().allowedTries(), failed.exitCode())
            .getBytes(StandardCharsets.UTF_8);
    tell(recorder, OutputStreamName.STDERR, line, 0, line.length);
  }

  private void tell(
      OutputRecorder recorder, OutputStreamName stream, byte[] buffer, int offset, int length)
      throws IOException {
    recorder.write(stream, buffer, offset, length);
    listener.write(stream, buffer, offset, length);
  }

  private List<String> targetAndArguments() {
    List<String> all = new ArrayList<>();
    all.add(inputs.target());
    all.addAll(inputs.arguments());
    return all;
  }

  private ExecutionResult afterTest(RunClock clock, TestOutput output, Tries tries)
      throws IOException, GuestException, ExecutorException, InterruptedException {
    StageResult collected = stages.run(ARTIFACTS, List.of());
    Optional<ExecutionResult> ended = outcomes.endedBy(ARTIFACTS, collected);
    if (ended.isPresent()) {
      return ended.get();
    }
    ArtifactCollection.Collection artifacts;
    try {
      artifacts = new ArtifactCollection(request, listener).take(disks.output().file(), collected);
    } catch (ArtifactCollection.RefusedException e) {
      return new ExecutionResult.Refused(ARTIFACTS, e.getMessage(), e.hint());
    }
    artifacts.tests().ifPresent(tests -> tests.failureLines().forEach(listener::note));
    ended = outcomes.endedBy(POST_TEST, stages.run(POST_TEST, List.of()));
    if (ended.isPresent()) {
      return ended.get();
    }
    StageTimes times = clock.stages();
    RunClock.Span span = clock.span();
    return new ExecutionResult.Passed(
        new RunRecord(
            inputs,
            0,
            span.startedAt(),
            span.finishedAt(),
            prepared.getOrDefault("container-image", ""),
            prepared.getOrDefault("container-image-id", ""),
            request.secrets().test().names(),
            starter.model().accelerator().toString(),
            starter.model().limits().cpus(),
            starter.model().limits().memoryBytes(),
            provenance(tries, times),
            output,
            artifacts.artifacts(),
            artifacts.tests().map(TestReport::counts)));
  }

  /**
   * Adds to a failure of the tests what their reports say, if the mkfile names any. Problems are
   * reported, and change nothing: the run's outcome is known.
   */
  ExecutionResult.Failed withReports(ExecutionResult.Failed failed) throws InterruptedException {
    if (!failed.stage().equals(TEST) || !prepared.containsKey(REPORTS)) {
      return failed;
    }
    try {
      if (!StageOutcomes.passed(stages.runWithin(REPORTS_TIME, REPORTS))) {
        listener.note("the test reports are not counted: the stage " + REPORTS + " failed");
        return failed;
      }
      return new ExecutionResult.Failed(
          failed.stage(),
          failed.exitCode(),
          new ArtifactCollection(request, listener).takeReports(disks.output().file()));
    } catch (IOException | GuestException | ArtifactCollection.RefusedException e) {
      InterruptedIo.rethrow(e);
      listener.note("the test reports are not counted: " + e.getMessage());
      return failed;
    }
  }

  private Provenance provenance(Tries tries, StageTimes times) {
    return new Provenance.Stated(
        cache.startedFrom(),
        starter.network().ofPreparation(),
        starter.model().image().versions().mk(),
        starter.model().image().versions().agent(),
        tries,
        times);
  }
}
