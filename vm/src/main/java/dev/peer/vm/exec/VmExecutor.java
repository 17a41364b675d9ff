package dev.peer.vm.exec;

import dev.peer.core.flow.CacheUse;
import dev.peer.core.flow.ExecutionListener;
import dev.peer.core.flow.ExecutionRequest;
import dev.peer.core.flow.ExecutionResult;
import dev.peer.core.flow.ExecutionResult.TimedOut.Scope;
import dev.peer.core.flow.Executor;
import dev.peer.core.flow.ExecutorException;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.vm.guest.GuestException;
import dev.peer.vm.image.GuestImage;
import dev.peer.vm.image.ImageException;
import dev.peer.vm.image.ImageStore;
import dev.peer.vm.qemu.Accelerator;
import dev.peer.vm.qemu.AcceleratorProbe;
import dev.peer.vm.qemu.Qemu;
import dev.peer.vm.qemu.QemuException;
import dev.peer.vm.snapshot.CachePolicy;
import dev.peer.vm.snapshot.DiskName;
import dev.peer.vm.snapshot.RepositoryDisks;
import dev.peer.vm.snapshot.TemplateStore;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/** Boots a machine for each run, takes it through the six stages and ends it. */
public final class VmExecutor implements Executor {

  private final ImageStore images;
  private final Path home;
  private final Path sockets;
  private final Map<String, String> environment;
  private final Limits limits;
  private final CachePolicy caches;
  private final Duration cloneTime;

  /**
   * An executor that keeps what it needs while it runs below its home.
   *
   * @param home a directory on a disk with room
   * @param sockets a directory whose path is short, as the paths of sockets must be
   * @param environment where {@code PATH} is looked up
   * @param caches when what is kept of repositories is dropped
   */
  public VmExecutor(
      ImageStore images,
      Path home,
      Path sockets,
      Map<String, String> environment,
      Limits limits,
      CachePolicy caches) {
    this(images, home, sockets, environment, limits, caches, MachineStarter.CLONE_TIME);
  }

  VmExecutor(
      ImageStore images,
      Path home,
      Path sockets,
      Map<String, String> environment,
      Limits limits,
      CachePolicy caches,
      Duration cloneTime) {
    this.images = images;
    this.home = home;
    this.sockets = sockets;
    this.environment = Map.copyOf(environment);
    this.limits = limits;
    this.caches = caches;
    this.cloneTime = cloneTime;
  }

  @Override
  public ExecutionResult execute(ExecutionRequest request, ExecutionListener listener)
      throws ExecutorException, InterruptedException {
    CurrentStage current = new CurrentStage();
    Deadline deadline = Deadline.start(limits.timeout(), Thread.currentThread()::interrupt);
    try {
      return execute(request, listener, current);
    } catch (InterruptedException e) {
      if (deadline.passed()) {
        return current.timedOut(Scope.RUN, limits.timeout());
      }
      throw e;
    } finally {
      deadline.close();
      if (deadline.passed()) {
        Thread.interrupted();
      }
    }
  }

  private ExecutionResult execute(
      ExecutionRequest request, ExecutionListener listener, CurrentStage current)
      throws ExecutorException, InterruptedException {
    try {
      listener.step("image");
      Qemu qemu = Qemu.find(environment);
      GuestImage image = images.resolve(request.inputs().image());
      HostCapacity.check(limits, listener);
      Path runs = home.resolve("runs");
      ScratchDirectory.reap(runs);
      ScratchDirectory.reap(sockets);
      Accelerator accelerator = new AcceleratorProbe(home, runs).best(qemu);
      MachineStarter starter =
          new MachineStarter(
              qemu,
              image,
              accelerator,
              limits,
              new TemplateStore(home.resolve("templates")),
              sockets,
              cloneTime,
              listener);
      listener.stage("boot");
      listener.note(
          accelerator == Accelerator.KVM
              ? "accelerator: kvm"
              : "accelerator: tcg (emulation: slower than kvm, and no security boundary)");
      RepositoryDisks disks =
          new RepositoryDisks(
              home.resolve("disks"), caches, InstantSource.system(), listener::note);
      DiskName name = new DiskName(request.inputs().repo(), image.digest(), limits.diskBytes());
      try (RunCache cache = RunCache.open(disks, name, request.caches())) {
        Run run = new Run(request, listener, current, starter, accelerator, cache);
        Optional<ExecutionResult> result = execute(run, runs);
        if (result.isPresent()) {
          return result.get();
        }
        cache.dropBase();
        return execute(run, runs).orElseThrow();
      }
    } catch (QemuException e) {
      throw new ExecutorException(e.getMessage(), e.hint(), e);
    } catch (ImageException e) {
      throw new ExecutorException(e.getMessage(), e.hint(), e);
    } catch (ClosedByInterruptException e) {
      throw interrupted(e);
    } catch (IOException e) {
      if (Thread.interrupted()) {
        throw interrupted(e);
      }
      throw new ExecutorException(
          "the run could not be prepared: " + e.getMessage(), BrokenOff.DISK_HINT, e);
    }
  }

  /** What one run is given. */
  private record Run(
      ExecutionRequest request,
      ExecutionListener listener,
      CurrentStage current,
      MachineStarter starter,
      Accelerator accelerator,
      RunCache cache) {}

  /** Runs once; nothing comes of it if no machine comes up with the disk that was kept. */
  private Optional<ExecutionResult> execute(Run run, Path runs)
      throws IOException, QemuException, ExecutorException, InterruptedException {
    try (ScratchDirectory directory = ScratchDirectory.in(runs);
        ScratchDirectory socketDirectory = ScratchDirectory.in(sockets)) {
      Instant startedAt = Instant.now();
      run.listener.step("source");
      RunDisks disks =
          RunDisks.create(
              directory.path(), run.request.source(), limits.diskBytes(), run.cache.base());
      Optional<StartedMachine> started =
          start(run, disks, directory.path(), socketDirectory.path());
      if (started.isEmpty()) {
        return Optional.empty();
      }
      try (StartedMachine machine = started.get()) {
        return Optional.of(execute(run, disks, machine, startedAt));
      }
    }
  }

  private static Optional<StartedMachine> start(
      Run run, RunDisks disks, Path directory, Path socketDirectory)
      throws IOException, QemuException, ExecutorException, InterruptedException {
    try {
      return Optional.of(
          run.request.caches() == CacheUse.NONE
              ? run.starter.boot(disks, directory, socketDirectory)
              : run.starter.start(disks, directory, socketDirectory));
    } catch (QemuException | ExecutorException e) {
      if (run.cache.base().isPresent()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private ExecutionResult execute(
      Run run, RunDisks disks, StartedMachine machine, Instant startedAt)
      throws IOException, ExecutorException, InterruptedException {
    StageRunner stages =
        new StageRunner(machine, limits, run.current, run.listener, run.request.secrets());
    try {
      return new RunStages(
              run.request, run.listener, machine.machine(), stages, disks, limits, run.cache)
          .run(startedAt, run.accelerator);
    } catch (GuestException | IOException e) {
      if (stages.timedOut().isPresent()) {
        return stages.timedOut().get();
      }
      if (e instanceof ClosedByInterruptException || Thread.interrupted()) {
        throw interrupted(e);
      }
      throw BrokenOff.in(run.current.name(), machine.machine(), run.request.secrets(), e);
    } finally {
      run.listener.step("clean up");
    }
  }

  private static InterruptedException interrupted(Exception e) {
    InterruptedException interrupted = new InterruptedException("the run was interrupted");
    interrupted.initCause(e);
    return interrupted;
  }
}
