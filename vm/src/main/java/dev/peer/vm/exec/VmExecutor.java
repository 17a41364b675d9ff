package dev.peer.vm.exec;

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
import dev.peer.vm.snapshot.TemplateStore;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** Boots a machine for each run, takes it through the six stages and ends it. */
public final class VmExecutor implements Executor {

  private final ImageStore images;
  private final Path home;
  private final Path sockets;
  private final Map<String, String> environment;
  private final Limits limits;
  private final Duration cloneTime;

  /**
   * An executor that keeps what it needs while it runs below its home.
   *
   * @param home a directory on a disk with room
   * @param sockets a directory whose path is short, as the paths of sockets must be
   * @param environment where {@code PATH} is looked up
   */
  public VmExecutor(
      ImageStore images, Path home, Path sockets, Map<String, String> environment, Limits limits) {
    this(images, home, sockets, environment, limits, MachineStarter.CLONE_TIME);
  }

  VmExecutor(
      ImageStore images,
      Path home,
      Path sockets,
      Map<String, String> environment,
      Limits limits,
      Duration cloneTime) {
    this.images = images;
    this.home = home;
    this.sockets = sockets;
    this.environment = Map.copyOf(environment);
    this.limits = limits;
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
      try (ScratchDirectory run = ScratchDirectory.in(runs);
          ScratchDirectory socketDirectory = ScratchDirectory.in(sockets)) {
        return execute(
            request,
            listener,
            current,
            qemu,
            image,
            accelerator,
            run.path(),
            socketDirectory.path());
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

  private ExecutionResult execute(
      ExecutionRequest request,
      ExecutionListener listener,
      CurrentStage current,
      Qemu qemu,
      GuestImage image,
      Accelerator accelerator,
      Path directory,
      Path socketDirectory)
      throws IOException, QemuException, ExecutorException, InterruptedException {
    Instant startedAt = Instant.now();
    listener.stage("boot");
    listener.note(
        accelerator == Accelerator.KVM
            ? "accelerator: kvm"
            : "accelerator: tcg (emulation: slower than kvm, and no security boundary)");
    listener.step("source");
    RunDisks disks = RunDisks.create(directory, request.source(), limits.diskBytes());
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
    try (StartedMachine started = starter.start(disks, directory, socketDirectory)) {
      StageRunner stages = new StageRunner(started, limits, current, listener);
      try {
        return new RunStages(request, listener, started.machine(), stages, disks, limits)
            .run(startedAt, accelerator);
      } catch (GuestException | IOException e) {
        if (stages.timedOut().isPresent()) {
          return stages.timedOut().get();
        }
        if (e instanceof ClosedByInterruptException || Thread.interrupted()) {
          throw interrupted(e);
        }
        throw BrokenOff.in(current.name(), started.machine(), e);
      } finally {
        listener.step("clean up");
      }
    }
  }

  private static InterruptedException interrupted(Exception e) {
    InterruptedException interrupted = new InterruptedException("the run was interrupted");
    interrupted.initCause(e);
    return interrupted;
  }
}
