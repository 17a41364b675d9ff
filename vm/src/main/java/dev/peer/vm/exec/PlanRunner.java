package dev.peer.vm.exec;

import dev.peer.core.flow.CacheUse;
import dev.peer.core.flow.ExecutionRequest;
import dev.peer.core.flow.ExecutorException;
import dev.peer.core.flow.InterruptedIo;
import dev.peer.core.secret.Secrets;
import dev.peer.vm.guest.GuestException;
import dev.peer.vm.qemu.QemuException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** One run: starts its machine, takes it through a plan's stages, and ends it. */
final class PlanRunner<T> {

  private final RunPlan<T> plan;
  private final RunProgress progress;
  private final ExecutionRequest request;
  private final MachineStarter starter;
  private final RunCache cache;
  private final Optional<ReadyMachine> ready;

  /**
   * A run.
   *
   * @param ready the machines that wait for runs, if any do
   */
  PlanRunner(
      RunPlan<T> plan,
      RunProgress progress,
      ExecutionRequest request,
      MachineStarter starter,
      RunCache cache,
      Optional<ReadyMachine> ready) {
    this.plan = plan;
    this.progress = progress;
    this.request = request;
    this.starter = starter;
    this.cache = cache;
    this.ready = ready;
  }

  /**
   * Runs once; empty if no machine starts with the kept disk.
   *
   * @param runs where the files of runs are
   * @param sockets where the host listens
   */
  Optional<T> run(Path runs, Path sockets)
      throws IOException, QemuException, ExecutorException, InterruptedException {
    RunClock clock = RunClock.start();
    Optional<WaitingClone> waiting = waiting(runs, sockets);
    if (waiting.isPresent()) {
      try (WaitingClone clone = waiting.get()) {
        Optional<StartedMachine> taken = take(clone);
        if (taken.isPresent()) {
          return Optional.of(follow(taken.get(), clock));
        }
      }
    }
    try (MachineDirectories directories = MachineDirectories.in(runs, sockets)) {
      Path files = directories.files().path();
      progress.listener().step("source");
      RunDisks disks =
          RunDisks.create(
              files, request.source(), starter.model().limits().diskBytes(), cache.base());
      Optional<StartedMachine> started = start(disks, files, directories.sockets().path());
      if (started.isEmpty()) {
        return Optional.empty();
      }
      try (StartedMachine machine = started.get()) {
        return Optional.of(follow(machine, clock));
      }
    }
  }

  /** The machine that waits for just this run; one for another run does not wait any longer. */
  private Optional<WaitingClone> waiting(Path runs, Path sockets)
      throws IOException, InterruptedException {
    if (ready.isEmpty()) {
      return Optional.empty();
    }
    if (request.caches() instanceof CacheUse.None) {
      ready.get().drop();
      return Optional.empty();
    }
    if (plan instanceof RunPlan.Export) {
      ready.get().makeRoom();
      return Optional.empty();
    }
    ready.get().follow(starter, cache, runs, sockets);
    return ready.get().take(starter, cache.base());
  }

  /** The guest gets the revision's files when it has forgotten what it read of that disk before. */
  private Optional<StartedMachine> take(WaitingClone clone)
      throws IOException, ExecutorException, InterruptedException {
    StartedMachine taken;
    try {
      taken = starter.take(clone);
    } catch (GuestException | IOException e) {
      InterruptedIo.rethrow(e);
      progress
          .listener()
          .note("the machine that was ready is of no use, starting another: " + e.getMessage());
      return Optional.empty();
    }
    ready.orElseThrow().count();
    progress.listener().step("source");
    clone.disks().writeInput(request.source(), clone.directories().files().path());
    return Optional.of(taken);
  }

  private Optional<StartedMachine> start(RunDisks disks, Path directory, Path socketDirectory)
      throws IOException, QemuException, ExecutorException, InterruptedException {
    try {
      return Optional.of(
          request.caches() instanceof CacheUse.None
              ? starter.boot(disks, directory, socketDirectory)
              : starter.start(disks, directory, socketDirectory));
    } catch (QemuException | ExecutorException e) {
      if (cache.base().isPresent()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private T follow(StartedMachine machine, RunClock clock)
      throws IOException, ExecutorException, InterruptedException {
    StageRunner stages =
        new StageRunner(
            machine,
            starter.model().limits(),
            progress.current(),
            clock,
            progress.listener(),
            request.secrets());
    RunStages all = new RunStages(request, progress.listener(), machine, stages, starter, cache);
    Guest guest =
        new Guest(
            request.inputs(),
            progress.listener(),
            machine.machine(),
            stages,
            machine.disks(),
            starter);
    try {
      T result = plan.run(guest, all, clock);
      progress.deadline().close();
      if (progress.deadline().passed()) {
        throw new InterruptedException("the time of the run is over");
      }
      return plan.after(guest, all, result);
    } catch (GuestException | IOException e) {
      if (stages.timedOut().isPresent()) {
        return plan.timedOut(stages.timedOut().get());
      }
      throw brokenOff(progress.current(), machine, request.secrets().all(), e);
    } finally {
      progress.listener().step("clean up");
    }
  }

  static ExecutorException brokenOff(
      CurrentStage current, StartedMachine machine, Secrets secrets, Exception e)
      throws InterruptedException {
    InterruptedIo.rethrow(e);
    return GuestFailures.in(current.name(), machine.machine(), secrets, e);
  }
}
