package dev.peer.run;

import dev.peer.config.ConfigException;
import dev.peer.config.RunSettings;
import dev.peer.core.flow.CacheUse;
import dev.peer.core.flow.ExecutionRequest;
import dev.peer.core.flow.ExecutionResult;
import dev.peer.core.flow.Executor;
import dev.peer.core.flow.ExecutorException;
import dev.peer.core.flow.InterruptedIo;
import dev.peer.core.flow.Lineage;
import dev.peer.core.id.Architecture;
import dev.peer.core.id.CommitId;
import dev.peer.core.key.RunInputs;
import dev.peer.core.progress.ExecutionListener;
import dev.peer.core.progress.RunEvent;
import dev.peer.core.secret.SecretException;
import dev.peer.source.Revision;
import dev.peer.source.SourceException;
import dev.peer.vm.exec.VmExecutor;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * An executor that first prepares the commit at which a branch leaves the trunk, if the branch
 * would otherwise start from a blank disk. The disk that this leaves is the trunk's, and later runs
 * start from it.
 *
 * <p>The commit is prepared as its own {@code .env} says, so that the branch does not shape it: its
 * variables, its processors, memory and limits. From the branch it gets only the guest image and
 * the disk's size, which name a kept disk: a run that starts from the disk has the same. It gets
 * the secrets that its own {@code PEER_PREPARE_SECRETS} names.
 *
 * <p>Before that it takes what other peers offer of the trunk, or are preparing of it.
 *
 * @param peers where that comes from, if they may be asked
 */
public record TrunkPreparingExecutor(
    VmExecutor executor, RunTarget subject, CallerSecrets secrets, Optional<RuntimePeers> peers)
    implements Executor {

  /** Every mkfile has it: the guest's own rules provide it. */
  private static final String TARGET = "prepare-runtime";

  @Override
  public void requireMachine(Architecture architecture) throws ExecutorException {
    executor.requireMachine(architecture);
  }

  @Override
  public ExecutionResult execute(ExecutionRequest request, ExecutionListener listener)
      throws ExecutorException, InterruptedException {
    prepare(request, listener);
    return executor.execute(request, listener);
  }

  /**
   * Takes a runtime or prepares the commit, if there is one; else, or if that fails, the run starts
   * blank. A commit whose own recipes failed is not tried again soon.
   */
  public void prepare(ExecutionRequest request, ExecutionListener listener)
      throws InterruptedException {
    try {
      if (peers.isPresent() && request.caches() instanceof CacheUse.Kept(Lineage lineage)) {
        new RuntimeTaker(
                peers.get(),
                RuntimeChoices.of(executor.disks(listener), subject.peer().home()),
                listener)
            .take(lineage, executor.nameOf(request));
      }
      Optional<CommitId> base = executor.preparedFirst(request, listener);
      if (base.isPresent()) {
        prepareOnce(base.get(), request, listener);
      }
    } catch (IOException e) {
      InterruptedIo.rethrow(e);
      endMaking();
      listener.note("starting from a blank disk: " + e.getMessage());
    }
  }

  private void prepareOnce(CommitId base, ExecutionRequest request, ExecutionListener listener)
      throws IOException, InterruptedException {
    if (executor.isUnprepared(request, base)) {
      sayBlank(listener, base, "that failed less than an hour ago; `peer cache drop` forgets it");
      return;
    }
    listener.note("preparing " + base + " first, where this revision leaves the trunk");
    try {
      Optional<ExecutionResult> ended = prepare(base, request, listener);
      if (ended.isPresent()) {
        executor.noteUnprepared(request, base);
        sayBlank(listener, base, text(ended.get()));
      } else if (executor.preparedFirst(request, listener).isPresent()) {
        executor.noteUnprepared(request, base);
        sayBlank(listener, base, "what it left could not be kept");
      }
    } catch (SourceException e) {
      InterruptedIo.rethrow(e);
      sayBlank(listener, base, e.getMessage() + "; " + e.hint());
    } catch (ConfigException e) {
      sayBlank(listener, base, e.getMessage() + "; " + e.hint());
    } catch (SecretException e) {
      sayBlank(listener, base, e.getMessage() + "; " + e.hint());
    } catch (ExecutorException e) {
      sayBlank(listener, base, e.getMessage() + "; " + e.hint());
    }
  }

  private void sayBlank(ExecutionListener listener, CommitId base, String why) {
    endMaking();
    listener.note("starting from a blank disk: the trunk's " + base + " is not prepared: " + why);
  }

  /** Nothing comes of the preparation that others may wait for. */
  private void endMaking() {
    peers.ifPresent(RuntimePeers::endMaking);
  }

  private Optional<ExecutionResult> prepare(
      CommitId commit, ExecutionRequest request, ExecutionListener listener)
      throws SourceException,
          ConfigException,
          SecretException,
          ExecutorException,
          IOException,
          InterruptedException {
    Revision whole = subject.git().resolve(commit.hex());
    RunTarget.requireMkfile(subject.git(), whole);
    RunSettings settings =
        RunSettings.of(
            RunTarget.settings(subject.surroundings().environment(), subject.git(), whole),
            Runtime.getRuntime().availableProcessors());
    RunInputs inputs = request.inputs();
    Revision revision =
        RunTarget.counted(listener, subject.git(), whole, settings.inputs(), inputs.targets());
    RunInputs prepared =
        RunTarget.checkedOut(
            new RunInputs(
                    inputs.repo(),
                    revision.tree(),
                    Optional.empty(),
                    TARGET,
                    List.of(),
                    settings.inputs().environment(),
                    inputs.image(),
                    inputs.architecture(),
                    settings.inputs().network())
                .with(settings.inputs().options()),
            subject.git(),
            revision,
            settings.inputs().checkout());
    ExecutionRequest preparation =
        new ExecutionRequest(
            prepared,
            request.owner(),
            VmExecutors.source(subject.git(), revision, settings.inputs().checkout()),
            request.files(),
            new CacheUse.Kept(VmExecutors.lineage(subject, revision)),
            secrets.ofPreparation(settings.prepareSecrets()));
    VmExecutor machines = VmExecutors.executor(subject, settings);
    machines.setReady(executor.ready());
    machines.setVouchers(executor.vouchers());
    return machines.prepare(preparation, new Aside(listener));
  }

  private static String text(ExecutionResult ended) {
    return switch (ended) {
      case ExecutionResult.Failed failed ->
          "the stage " + failed.stage() + " ended with " + failed.exitCode();
      case ExecutionResult.Refused refused -> refused.message() + "; " + refused.hint();
      case ExecutionResult.TimedOut timedOut ->
          "the time limit of " + timedOut.limit().toSeconds() + " s was over";
      case ExecutionResult.Passed _ -> throw new IllegalStateException("nothing was tested");
    };
  }

  /** Shows a preparation within the run that it is done for, which has stages of its own. */
  private record Aside(ExecutionListener listener) implements ExecutionListener {

    @Override
    public void accept(RunEvent event) throws IOException {
      switch (event) {
        case RunEvent.Stage(String name) -> listener.step(name);
        case RunEvent.TestOutput _ -> throw new IllegalStateException("nothing is tested");
        case RunEvent.Message message -> listener.accept(message);
      }
    }
  }
}
