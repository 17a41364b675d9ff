package dev.peer.run;

import dev.peer.config.ConfigException;
import dev.peer.config.RunSettings;
import dev.peer.core.flow.CacheUse;
import dev.peer.core.flow.ExecutionRequest;
import dev.peer.core.flow.ExecutionResult;
import dev.peer.core.flow.Executor;
import dev.peer.core.flow.ExecutorException;
import dev.peer.core.flow.InterruptedIo;
import dev.peer.core.flow.KeptPlan;
import dev.peer.core.flow.Lineage;
import dev.peer.core.id.Architecture;
import dev.peer.core.id.CommitId;
import dev.peer.core.key.RunInputs;
import dev.peer.core.progress.ExecutionListener;
import dev.peer.core.record.ArtifactSink;
import dev.peer.core.secret.SecretException;
import dev.peer.source.Revision;
import dev.peer.source.SourceException;
import dev.peer.vm.exec.VmExecutor;
import dev.peer.vm.snapshot.DiskName;
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
 * <p>Before that it takes what other peers offer of the trunk, or are preparing of it. What it
 * prepares from a blank disk begins with {@link CommonLayers}, where there are such.
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
    return executor.execute(prepare(request, listener), listener);
  }

  /**
   * Takes a runtime or prepares the commit, if there is one; else, or if that fails, the run starts
   * with common layers or blank. A commit whose own recipes failed is not tried again soon.
   *
   * @return the request, with the layers that it starts from if nothing else is there
   */
  public ExecutionRequest prepare(ExecutionRequest request, ExecutionListener listener)
      throws InterruptedException {
    if (!(request.caches() instanceof CacheUse.Kept(Lineage lineage, _))) {
      return request;
    }
    try {
      if (peers.isPresent()) {
        new RuntimeTaker(
                peers.get(),
                RuntimeChoices.of(executor.disks(listener), subject.peer().home()),
                listener)
            .take(lineage, executor.nameOf(request));
      }
      KeptPlan plan = plan(lineage, request, listener);
      if (plan.base().isPresent()) {
        prepareOnce(plan.base().get(), lineage, request, listener);
        plan = plan(lineage, request, listener);
      }
      return plan.disk().isPresent()
          ? request
          : withLayers(request, lineage, subject.revision(), subject.run(), listener);
    } catch (IOException e) {
      InterruptedIo.rethrow(e);
      endMaking();
      listener.note("starting from a blank disk: " + e.getMessage());
      return request;
    }
  }

  private KeptPlan plan(Lineage lineage, ExecutionRequest request, ExecutionListener listener)
      throws IOException {
    return lineage.plan(executor.disks(listener).made(executor.nameOf(request)));
  }

  /** The request of a preparation that has no kept disk. */
  private ExecutionRequest withLayers(
      ExecutionRequest request,
      Lineage lineage,
      Revision revision,
      RunSettings settings,
      ExecutionListener listener)
      throws IOException, InterruptedException {
    return request.with(
        new CacheUse.Kept(
            lineage,
            new CommonLayers(subject, executor, peers)
                .require(revision, settings, executor.nameOf(request), listener)));
  }

  private void prepareOnce(
      CommitId base, Lineage lineage, ExecutionRequest request, ExecutionListener listener)
      throws IOException, InterruptedException {
    DiskName name = executor.nameOf(request);
    if (executor.isUnprepared(name, base)) {
      sayUnprepared(
          listener, base, "that failed less than an hour ago; `peer cache drop` forgets it");
      return;
    }
    listener.note("preparing " + base + " first, where this revision leaves the trunk");
    try {
      Optional<ExecutionResult> ended = prepare(base, request, listener);
      if (ended.isPresent()) {
        executor.noteUnprepared(name, base);
        sayUnprepared(listener, base, Aside.text(ended.get()));
      } else if (plan(lineage, request, listener).base().isPresent()) {
        executor.noteUnprepared(name, base);
        sayUnprepared(listener, base, "what it left could not be kept");
      }
    } catch (SourceException e) {
      InterruptedIo.rethrow(e);
      sayUnprepared(listener, base, e.getMessage() + "; " + e.hint());
    } catch (ConfigException e) {
      sayUnprepared(listener, base, e.getMessage() + "; " + e.hint());
    } catch (SecretException e) {
      sayUnprepared(listener, base, e.getMessage() + "; " + e.hint());
    } catch (ExecutorException e) {
      sayUnprepared(listener, base, e.getMessage() + "; " + e.hint());
    }
  }

  private void sayUnprepared(ExecutionListener listener, CommitId base, String why) {
    endMaking();
    listener.note("not starting from the trunk's " + base + ", which is not prepared: " + why);
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
    Lineage lineage = VmExecutors.lineage(subject, revision);
    ExecutionRequest preparation =
        new ExecutionRequest(
            prepared,
            request.owner(),
            VmExecutors.source(subject.git(), revision, settings.inputs().checkout()),
            request.files(),
            ArtifactSink.NONE,
            new CacheUse.Kept(lineage),
            secrets.ofPreparation(settings.prepareSecrets()));
    VmExecutor machines = VmExecutors.ahead(executor, subject, settings);
    return machines.prepare(
        withLayers(preparation, lineage, revision, settings, listener), new Aside(listener));
  }
}
