package dev.peer.vm.exec;

import dev.peer.core.flow.CacheUse;
import dev.peer.core.flow.ExecutionListener;
import dev.peer.core.flow.ExecutionRequest;
import dev.peer.core.flow.ExecutionResult;
import dev.peer.core.flow.Executor;
import dev.peer.core.flow.ExecutorException;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.vm.guest.GuestException;
import dev.peer.vm.guest.Place;
import dev.peer.vm.guest.UserTerminal;
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
import dev.peer.vm.snapshot.FrozenStore;
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

/**
 * Boots a machine for each run, takes it through the six stages and ends it; or gives the user a
 * shell in it.
 */
public final class VmExecutor implements Executor {

  private static final String DISK_HINT = "free some space on it, or set PEER_HOME to another";

  private final ImageStore images;
  private final Path home;
  private final Path sockets;
  private final Map<String, String> environment;
  private final Limits limits;
  private final CachePolicy caches;
  private Aftermath aftermath = new Aftermath.End();

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

  /** Says what becomes of the guests in which a recipe fails from now on. */
  public void setAftermath(Aftermath aftermath) {
    this.aftermath = aftermath;
  }

  @Override
  public ExecutionResult execute(ExecutionRequest request, ExecutionListener listener)
      throws ExecutorException, InterruptedException {
    return translated(() -> follow(new Course.Whole(aftermath), request, listener));
  }

  /**
   * Prepares a guest for the test, and gives the user a shell instead of it.
   *
   * @return how the run ended, if it did so before
   */
  public Optional<ExecutionResult> openShell(
      ExecutionRequest request,
      ExecutionListener listener,
      Place place,
      UserTerminal.Opener terminal)
      throws ExecutorException, InterruptedException {
    return translated(() -> follow(new Course.ShellInstead(place, terminal), request, listener));
  }

  /**
   * Gives the user a shell in a copy of a frozen guest; what is kept of it stays as it is. This
   * executor's limits must be the guest's.
   *
   * @param place where, else where the recipe failed
   */
  public void openFrozen(
      FrozenStore.Kept kept,
      ExecutionListener listener,
      Optional<Place> place,
      UserTerminal.Opener terminal)
      throws ExecutorException, InterruptedException {
    FrozenCopy copy = new FrozenCopy(kept, place, terminal);
    translated(
        () -> {
          Qemu qemu = Qemu.find(environment);
          Path runs = reapedRuns();
          Accelerator accelerator = new AcceleratorProbe(home, runs).best(qemu);
          copy.requireSame(qemu, accelerator);
          MachineStarter starter =
              starter(qemu, images.resolve(kept.guest().machine().image()), accelerator, listener);
          try (ScratchDirectory run = ScratchDirectory.in(runs);
              ScratchDirectory socketDirectory = ScratchDirectory.in(sockets);
              Machine machine = copy.start(starter, run.path(), socketDirectory.path())) {
            StageRunner stages = copy.stages(machine, listener);
            try {
              copy.openShell(machine, stages);
            } catch (GuestException | IOException e) {
              throw brokenOff(machine, stages.current(), e);
            }
          }
          return kept;
        });
  }

  @FunctionalInterface
  private interface Work<T> {

    T run()
        throws QemuException, ImageException, IOException, ExecutorException, InterruptedException;
  }

  private static <T> T translated(Work<T> work) throws ExecutorException, InterruptedException {
    try {
      return work.run();
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

  private <T> T follow(Course<T> course, ExecutionRequest request, ExecutionListener listener)
      throws QemuException, ImageException, IOException, ExecutorException, InterruptedException {
    Qemu qemu = Qemu.find(environment);
    GuestImage image = images.resolve(request.inputs().image());
    Path runs = reapedRuns();
    Accelerator accelerator = new AcceleratorProbe(home, runs).best(qemu);
    MachineStarter starter = starter(qemu, image, accelerator, listener);
    listener.stage(StageRunner.BOOT);
    listener.note(
        accelerator == Accelerator.KVM
            ? "accelerator: kvm"
            : "accelerator: tcg (emulation: slower than kvm, and no security boundary)");
    RepositoryDisks disks =
        new RepositoryDisks(home.resolve("disks"), caches, InstantSource.system(), listener::note);
    DiskName name = new DiskName(request.inputs().repo(), image.digest(), limits.diskBytes());
    try (RunCache cache = RunCache.open(disks, name, request.caches())) {
      Optional<T> result = follow(course, request, listener, starter, runs, cache);
      if (result.isPresent()) {
        return result.get();
      }
      cache.dropBase();
      return follow(course, request, listener, starter, runs, cache).orElseThrow();
    }
  }

  private Path reapedRuns() throws IOException {
    Path runs = home.resolve("runs");
    ScratchDirectory.reap(runs);
    ScratchDirectory.reap(sockets);
    return runs;
  }

  private MachineStarter starter(
      Qemu qemu, GuestImage image, Accelerator accelerator, ExecutionListener listener) {
    return new MachineStarter(
        qemu,
        image,
        accelerator,
        limits,
        new TemplateStore(home.resolve("templates")),
        sockets,
        listener::note);
  }

  /** Runs once; nothing comes of it if no machine comes up with the disk that was kept. */
  private <T> Optional<T> follow(
      Course<T> course,
      ExecutionRequest request,
      ExecutionListener listener,
      MachineStarter starter,
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
        StageRunner stages = new StageRunner(machine, listener);
        Guest guest = new Guest(request.inputs(), listener, machine, stages, disks, starter);
        RunStages all = new RunStages(request, listener, machine, stages, disks, limits, cache);
        try {
          T result = inTime(course, guest, all, startedAt);
          course.after(guest, result);
          return Optional.of(result);
        } catch (GuestException | IOException e) {
          boolean interrupted =
              e instanceof ClosedByInterruptException || Thread.currentThread().isInterrupted();
          if (!interrupted
              && stages.current().equals(StageRunner.BOOT)
              && cache.base().isPresent()) {
            return Optional.empty();
          }
          throw brokenOff(machine, stages.current(), e);
        }
      } catch (QemuException e) {
        if (cache.base().isPresent()) {
          return Optional.empty();
        }
        throw e;
      }
    }
  }

  private <T> T inTime(Course<T> course, Guest guest, RunStages stages, Instant startedAt)
      throws IOException, GuestException, ExecutorException, InterruptedException {
    Duration left = limits.timeout().minus(Duration.between(startedAt, Instant.now()));
    try (Deadline deadline = Deadline.start(left, guest.machine()::kill)) {
      try {
        return course.run(guest, stages, startedAt);
      } catch (GuestException | IOException e) {
        if (deadline.passed()) {
          return course.timedOut(
              new ExecutionResult.TimedOut(guest.stages().current(), limits.timeout()));
        }
        throw e;
      }
    }
  }

  private static ExecutorException brokenOff(Machine machine, String stage, Exception e)
      throws InterruptedException {
    if (e instanceof ClosedByInterruptException || Thread.interrupted()) {
      throw interrupted(e);
    }
    if (machine.hostDiskFull() || saysDiskFull(e)) {
      return new ExecutorException("the disk of this host is full", DISK_HINT, e);
    }
    String said = machine.lastWords();
    return new ExecutorException(
        "the machine broke off in the stage " + stage + ": " + e.getMessage(),
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
