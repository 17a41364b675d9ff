package dev.peer.vm.exec;

import dev.peer.core.flow.ExecutionListener;
import dev.peer.core.flow.ExecutionRequest;
import dev.peer.core.flow.ExecutionResult;
import dev.peer.core.flow.Executor;
import dev.peer.core.flow.ExecutorException;
import dev.peer.core.id.Digest;
import dev.peer.core.key.NetworkMode;
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
import dev.peer.vm.snapshot.FrozenGuest;
import dev.peer.vm.snapshot.FrozenStore;
import dev.peer.vm.snapshot.TemplateStore;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
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
  private Aftermath aftermath = new Aftermath.End();

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

  /** Says what becomes of the guests in which a recipe fails from now on. */
  public void setAftermath(Aftermath aftermath) {
    this.aftermath = aftermath;
  }

  @Override
  public ExecutionResult execute(ExecutionRequest request, ExecutionListener listener)
      throws ExecutorException, InterruptedException {
    return onHost(
        request.inputs().image(),
        host ->
            withGuest(
                request,
                listener,
                host,
                (guest, run, startedAt) -> {
                  if (!(aftermath instanceof Aftermath.End)) {
                    run.keepContainer();
                  }
                  ExecutionResult result =
                      inTime(
                              guest,
                              startedAt,
                              () -> Optional.of(run.run(startedAt, host.accelerator())))
                          .orElseThrow();
                  if (result instanceof ExecutionResult.Failed failed) {
                    guest.afterFailure(failed, aftermath);
                  }
                  return result;
                }));
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
    return onHost(
        request.inputs().image(),
        host ->
            withGuest(
                request,
                listener,
                host,
                (guest, run, startedAt) -> {
                  Optional<ExecutionResult> ended = inTime(guest, startedAt, run::prepare);
                  if (ended.isEmpty()) {
                    inGuest(guest.machine(), guest.stages(), () -> guest.openShell(place, terminal));
                  }
                  return ended;
                }));
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
    FrozenGuest frozen = kept.guest();
    FrozenGuest.Shape shape = frozen.machine();
    onHost(
        shape.image(),
        host -> {
          requireSame(host, shape);
          RunDisks disks =
              RunDisks.ofFrozen(
                  host.directory(), shape.inputBytes(), shape.diskBytes(), kept.scratch());
          try (Machine machine =
              starter(host, listener)
                  .startFrozen(disks, host.directory(), host.sockets(), kept.state())) {
            StageRunner stages = StageRunner.resumed(machine, shape.nonce(), listener);
            inGuest(
                machine,
                stages,
                () -> {
                  if (frozen.network() == NetworkMode.NONE) {
                    machine.disconnectNetwork();
                  }
                  machine.resume();
                  stages.shell(
                      machine,
                      place.orElse(Guest.placeOf(frozen.stage())),
                      frozen.network(),
                      terminal);
                });
            return kept;
          }
        });
  }

  private static void requireSame(Host host, FrozenGuest.Shape shape)
      throws IOException, ExecutorException {
    if (!host.qemu().build().equals(shape.qemu())
        || !host.accelerator().toString().equals(shape.accelerator())) {
      throw new ExecutorException(
          "the guest was frozen by another QEMU or with another accelerator",
          "it can not go on here; `peer vm rm` removes it");
    }
  }

  /** What a machine is started with. */
  private record Host(
      Qemu qemu, GuestImage image, Accelerator accelerator, Path directory, Path sockets) {}

  @FunctionalInterface
  private interface HostWork<T> {

    T run(Host host)
        throws IOException, QemuException, ExecutorException, InterruptedException;
  }

  @FunctionalInterface
  private interface GuestWork<T> {

    T run(Guest guest, RunStages run, Instant startedAt)
        throws IOException, ExecutorException, InterruptedException;
  }

  @FunctionalInterface
  private interface Stages {

    Optional<ExecutionResult> run()
        throws IOException, GuestException, ExecutorException, InterruptedException;
  }

  @FunctionalInterface
  private interface Shell {

    void open() throws IOException, GuestException, InterruptedException;
  }

  private <T> T onHost(Digest digest, HostWork<T> work)
      throws ExecutorException, InterruptedException {
    try {
      Qemu qemu = Qemu.find(environment);
      GuestImage image = images.resolve(digest);
      Path runs = home.resolve("runs");
      ScratchDirectory.reap(runs);
      ScratchDirectory.reap(sockets);
      Accelerator accelerator = new AcceleratorProbe(home, runs).best(qemu);
      try (ScratchDirectory run = ScratchDirectory.in(runs);
          ScratchDirectory socketDirectory = ScratchDirectory.in(sockets)) {
        return work.run(new Host(qemu, image, accelerator, run.path(), socketDirectory.path()));
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

  private <T> T withGuest(
      ExecutionRequest request, ExecutionListener listener, Host host, GuestWork<T> work)
      throws IOException, QemuException, ExecutorException, InterruptedException {
    Instant startedAt = Instant.now();
    listener.stage("boot");
    listener.note(
        host.accelerator() == Accelerator.KVM
            ? "accelerator: kvm"
            : "accelerator: tcg (emulation: slower than kvm, and no security boundary)");
    RunDisks disks =
        RunDisks.create(host.directory(), request.source(), limits.diskBytes(), Optional.empty());
    try (Machine machine =
        starter(host, listener).start(disks, host.directory(), host.sockets())) {
      StageRunner stages = new StageRunner(machine, listener);
      Guest guest =
          new Guest(
              request, listener, machine, stages, disks, host.qemu(), host.accelerator(), limits);
      return work.run(
          guest, new RunStages(request, listener, machine, stages, disks, limits), startedAt);
    }
  }

  private MachineStarter starter(Host host, ExecutionListener listener) {
    return new MachineStarter(
        host.qemu(),
        host.image(),
        host.accelerator(),
        limits,
        new TemplateStore(home.resolve("templates")),
        sockets,
        listener::note);
  }

  /** Runs stages, and ends the machine when the time is over. */
  private Optional<ExecutionResult> inTime(Guest guest, Instant startedAt, Stages run)
      throws ExecutorException, InterruptedException {
    Duration left = limits.timeout().minus(Duration.between(startedAt, Instant.now()));
    try (Deadline deadline = Deadline.start(left, guest.machine()::kill)) {
      try {
        return run.run();
      } catch (GuestException | IOException e) {
        if (deadline.passed()) {
          return Optional.of(
              new ExecutionResult.TimedOut(guest.stages().current(), limits.timeout()));
        }
        throw brokenOff(guest.machine(), guest.stages(), e);
      }
    }
  }

  private static void inGuest(Machine machine, StageRunner stages, Shell shell)
      throws ExecutorException, InterruptedException {
    try {
      shell.open();
    } catch (GuestException | IOException e) {
      throw brokenOff(machine, stages, e);
    }
  }

  private static ExecutorException brokenOff(Machine machine, StageRunner stages, Exception e)
      throws InterruptedException {
    if (e instanceof ClosedByInterruptException || Thread.interrupted()) {
      throw interrupted(e);
    }
    if (machine.hostDiskFull() || saysDiskFull(e)) {
      return new ExecutorException("the disk of this host is full", DISK_HINT, e);
    }
    String said = machine.lastWords();
    return new ExecutorException(
        "the machine broke off in the stage " + stages.current() + ": " + e.getMessage(),
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
