package dev.peer.vm.exec;

import dev.peer.core.flow.ExecutionListener;
import dev.peer.core.flow.ExecutionRequest;
import dev.peer.core.flow.ExecutionResult;
import dev.peer.core.flow.Executor;
import dev.peer.core.flow.ExecutorException;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.core.secret.Secrets;
import dev.peer.vm.guest.GuestException;
import dev.peer.vm.image.GuestImage;
import dev.peer.vm.image.ImageException;
import dev.peer.vm.image.ImageStore;
import dev.peer.vm.qemu.Accelerator;
import dev.peer.vm.qemu.AcceleratorProbe;
import dev.peer.vm.qemu.Machine;
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

  private static final String DISK_HINT = "free some space on it, or set PEER_HOME to another";

  private final ImageStore images;
  private final Path home;
  private final Path sockets;
  private final Map<String, String> environment;
  private final Limits limits;

  /**
   * An executor that keeps what it needs while it runs below its home.
   *
   * @param home a directory on a disk with room
   * @param sockets a directory whose path is short, as the paths of sockets must be
   * @param environment where {@code PATH} is looked up
   */
  public VmExecutor(
      ImageStore images, Path home, Path sockets, Map<String, String> environment, Limits limits) {
    this.images = images;
    this.home = home;
    this.sockets = sockets;
    this.environment = Map.copyOf(environment);
    this.limits = limits;
  }

  @Override
  public ExecutionResult execute(ExecutionRequest request, ExecutionListener listener)
      throws ExecutorException, InterruptedException {
    try {
      Qemu qemu = Qemu.find(environment);
      GuestImage image = images.resolve(request.inputs().image());
      Path runs = home.resolve("runs");
      ScratchDirectory.reap(runs);
      ScratchDirectory.reap(sockets);
      Accelerator accelerator = new AcceleratorProbe(home, runs).best(qemu);
      try (ScratchDirectory run = ScratchDirectory.in(runs);
          ScratchDirectory socketDirectory = ScratchDirectory.in(sockets)) {
        return execute(
            request, listener, qemu, image, accelerator, run.path(), socketDirectory.path());
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
      throw new ExecutorException("the run could not be prepared: " + e.getMessage(), DISK_HINT, e);
    }
  }

  private ExecutionResult execute(
      ExecutionRequest request,
      ExecutionListener listener,
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
    RunDisks disks = RunDisks.create(directory, request.source(), limits.diskBytes());
    MachineStarter starter =
        new MachineStarter(
            qemu,
            image,
            accelerator,
            limits,
            new TemplateStore(home.resolve("templates")),
            sockets,
            listener::note);
    try (Machine machine = starter.start(disks, directory, socketDirectory)) {
      StageRunner stages = new StageRunner(machine, listener, request.secrets());
      Duration left = limits.timeout().minus(Duration.between(startedAt, Instant.now()));
      try (Deadline deadline = Deadline.start(left, machine::kill)) {
        try {
          return new RunStages(request, listener, machine, stages, disks, limits)
              .run(startedAt, accelerator);
        } catch (GuestException | IOException e) {
          if (deadline.passed()) {
            return new ExecutionResult.TimedOut(stages.current(), limits.timeout());
          }
          if (e instanceof ClosedByInterruptException || Thread.interrupted()) {
            throw interrupted(e);
          }
          throw brokenOff(machine, stages.current(), request.secrets(), e);
        }
      }
    }
  }

  private static ExecutorException brokenOff(
      Machine machine, String stage, Secrets secrets, Exception e) {
    if (machine.hostDiskFull() || saysDiskFull(e)) {
      return new ExecutorException("the disk of this host is full", DISK_HINT, e);
    }
    String said = secrets.mask(machine.lastWords());
    return new ExecutorException(
        "the machine broke off in the stage "
            + stage
            + ": "
            + secrets.mask(String.valueOf(e.getMessage())),
        said.isEmpty() ? "the machine said nothing; try again" : "the machine said last:\n" + said,
        e);
  }

  /** Java has no type for it: these are the words of the C library. */
  private static boolean saysDiskFull(Exception e) {
    return e instanceof IOException
        && String.valueOf(e.getMessage()).contains("No space left on device");
  }

  private static InterruptedException interrupted(Exception e) {
    InterruptedException interrupted = new InterruptedException("the run was interrupted");
    interrupted.initCause(e);
    return interrupted;
  }
}
