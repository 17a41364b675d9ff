package dev.peer.vm.exec;

import dev.peer.core.flow.CacheUse;
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

  private static final String DISK_HINT = "free some space on it, or set PEER_HOME to another";

  private final ImageStore images;
  private final Path home;
  private final Path sockets;
  private final Map<String, String> environment;
  private final Limits limits;
  private final CachePolicy caches;

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
    this.images = images;
    this.home = home;
    this.sockets = sockets;
    this.environment = Map.copyOf(environment);
    this.limits = limits;
    this.caches = caches;
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
      MachineStarter starter =
          new MachineStarter(
              qemu,
              image,
              accelerator,
              limits,
              new TemplateStore(home.resolve("templates")),
              sockets,
              listener::note);
      listener.stage(StageRunner.BOOT);
      listener.note(
          accelerator == Accelerator.KVM
              ? "accelerator: kvm"
              : "accelerator: tcg (emulation: slower than kvm, and no security boundary)");
      RepositoryDisks disks =
          new RepositoryDisks(
              home.resolve("disks"), caches, InstantSource.system(), listener::note);
      DiskName name = new DiskName(request.inputs().repo(), image.digest(), limits.diskBytes());
      try (RunCache cache = RunCache.open(disks, name, request.caches())) {
        Optional<ExecutionResult> result =
            execute(request, listener, starter, accelerator, runs, cache);
        if (result.isPresent()) {
          return result.get();
        }
        cache.dropBase();
        return execute(request, listener, starter, accelerator, runs, cache).orElseThrow();
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

  /** Runs once; nothing comes of it if no machine comes up with the disk that was kept. */
  private Optional<ExecutionResult> execute(
      ExecutionRequest request,
      ExecutionListener listener,
      MachineStarter starter,
      Accelerator accelerator,
      Path runs,
      RunCache cache)
      throws IOException, QemuException, ExecutorException, InterruptedException {
    try (ScratchDirectory run = ScratchDirectory.in(runs);
        ScratchDirectory socketDirectory = ScratchDirectory.in(sockets)) {
      Instant startedAt = Instant.now();
      RunDisks disks =
          RunDisks.create(run.path(), request.source(), limits.diskBytes(), cache.base());
      try (Machine machine =
          request.caches() == CacheUse.NONE
              ? starter.boot(disks, run.path(), socketDirectory.path())
              : starter.start(disks, run.path(), socketDirectory.path())) {
        StageRunner stages = new StageRunner(machine, listener, request.secrets());
        Duration left = limits.timeout().minus(Duration.between(startedAt, Instant.now()));
        try (Deadline deadline = Deadline.start(left, machine::kill)) {
          try {
            return Optional.of(
                new RunStages(request, listener, machine, stages, disks, limits, cache)
                    .run(startedAt, accelerator));
          } catch (GuestException | IOException e) {
            if (deadline.passed()) {
              return Optional.of(new ExecutionResult.TimedOut(stages.current(), limits.timeout()));
            }
            if (e instanceof ClosedByInterruptException || Thread.interrupted()) {
              throw interrupted(e);
            }
            if (stages.current().equals(StageRunner.BOOT) && cache.base().isPresent()) {
              return Optional.empty();
            }
            throw brokenOff(machine, stages.current(), request.secrets(), e);
          }
        }
      } catch (QemuException e) {
        if (cache.base().isPresent()) {
          return Optional.empty();
        }
        throw e;
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
