package dev.peer.vm.exec;

import dev.peer.core.flow.ExecutionRequest;
import dev.peer.core.flow.ExecutionResult;
import dev.peer.core.flow.ExecutionResult.TimedOut.Scope;
import dev.peer.core.flow.Executor;
import dev.peer.core.flow.ExecutorException;
import dev.peer.core.flow.InterruptedIo;
import dev.peer.core.flow.Lineage;
import dev.peer.core.id.Architecture;
import dev.peer.core.id.CommitId;
import dev.peer.core.network.Reach;
import dev.peer.core.progress.ExecutionListener;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.core.secret.RunSecrets;
import dev.peer.core.secret.Secrets;
import dev.peer.vm.guest.GuestException;
import dev.peer.vm.guest.ShellLocation;
import dev.peer.vm.guest.UserTerminal;
import dev.peer.vm.image.GuestImage;
import dev.peer.vm.image.ImageException;
import dev.peer.vm.layers.BaseLayers;
import dev.peer.vm.qemu.Accelerator;
import dev.peer.vm.qemu.AcceleratorProbe;
import dev.peer.vm.qemu.Qemu;
import dev.peer.vm.qemu.QemuException;
import dev.peer.vm.snapshot.CachePolicy;
import dev.peer.vm.snapshot.DiskHistory;
import dev.peer.vm.snapshot.DiskName;
import dev.peer.vm.snapshot.FrozenStore;
import dev.peer.vm.snapshot.RepositoryDisks;
import dev.peer.vm.snapshot.TemplateStore;
import dev.peer.vm.snapshot.UnpreparedCommits;
import dev.peer.vm.snapshot.VoucherJudge;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Starts a machine for each run, takes it through the stages and ends it; or opens a shell in it
 * for the user; or makes a crontab in it.
 */
public final class VmExecutor implements Executor {

  private final VmHost host;
  private final RunLimits limits;
  private final Reach reach;
  private final CachePolicy caches;
  private final Duration cloneTime;
  private FailureAction onFailure = new FailureAction.End();
  private int mostTries = Integer.MAX_VALUE;
  private WayOut wayOut = WayOut.DIRECT;
  private Optional<ReadyMachine> ready = Optional.empty();
  private Optional<VoucherJudge> vouchers = Optional.empty();

  /**
   * Creates an executor that keeps its temporary files in the host's home.
   *
   * @param reach the hosts that guests may reach while they have a network
   * @param caches when kept disks of repositories are dropped
   */
  public VmExecutor(VmHost host, RunLimits limits, Reach reach, CachePolicy caches) {
    this(host, limits, reach, caches, MachineStarter.CLONE_TIME);
  }

  VmExecutor(VmHost host, RunLimits limits, Reach reach, CachePolicy caches, Duration cloneTime) {
    this.host = host;
    this.limits = limits;
    this.reach = reach;
    this.caches = caches;
    this.cloneTime = cloneTime;
  }

  /** Sets what happens to guests in which a recipe fails from now on. */
  public void setOnFailure(FailureAction action) {
    this.onFailure = action;
  }

  /** Sets how often the tests are tried at most, however often a run allows. */
  public void setMostTries(int most) {
    this.mostTries = most;
  }

  /** Sets how preparations get further than this host from now on. */
  public void setWayOut(WayOut way) {
    this.wayOut = way;
  }

  /** Has runs from now on take the machine that waits for one, and the next one be like theirs. */
  public void setReady(Optional<ReadyMachine> machine) {
    this.ready = machine;
  }

  /** Has runs from now on start from disks that another peer prepared, if these count. */
  public void setVouchers(Optional<VoucherJudge> judge) {
    this.vouchers = judge;
  }

  /** Says which disks count that another peer prepared; empty: none is used. */
  public Optional<VoucherJudge> vouchers() {
    return vouchers;
  }

  /** The machine that waits for a run, if there is such here. */
  public Optional<ReadyMachine> ready() {
    return ready;
  }

  @Override
  public void requireMachine(Architecture architecture) throws ExecutorException {
    try {
      Qemu.find(architecture, host.environment());
    } catch (QemuException e) {
      throw new ExecutorException(e.getMessage(), e.hint(), e);
    }
  }

  @Override
  public ExecutionResult execute(ExecutionRequest request, ExecutionListener listener)
      throws ExecutorException, InterruptedException {
    return follow(new RunPlan.Whole(onFailure, mostTries), request, listener);
  }

  /**
   * Prepares a guest for the test, and opens a shell for the user instead of testing.
   *
   * @return how the run ended, if it ended before the shell
   */
  public Optional<ExecutionResult> openShell(
      ExecutionRequest request,
      ExecutionListener listener,
      ShellLocation place,
      UserTerminal.Opener terminal)
      throws ExecutorException, InterruptedException {
    return follow(new RunPlan.ShellInstead(place, terminal), request, listener);
  }

  /**
   * Makes the crontab of a revision, and tests nothing.
   *
   * @param request its target is the crontab's file
   */
  public CrontabResult makeCrontab(ExecutionRequest request, ExecutionListener listener)
      throws ExecutorException, InterruptedException {
    return follow(new RunPlan.Crontab(), request, listener);
  }

  /** Whether preparing a disk at a commit failed recently. */
  public boolean isUnprepared(DiskName name, CommitId commit) throws IOException {
    return unprepared().contains(name, commit);
  }

  /** Records that preparing that disk failed and should not be tried again soon. */
  public void noteUnprepared(DiskName name, CommitId commit) throws IOException {
    unprepared().add(name, commit);
  }

  private UnpreparedCommits unprepared() {
    return new UnpreparedCommits(host.home().resolve("unprepared"), InstantSource.system());
  }

  /**
   * Prepares a revision, keeps its disk if its lineage does, and tests nothing.
   *
   * @return how it ended, if the preparation did not pass
   */
  public Optional<ExecutionResult> prepare(ExecutionRequest request, ExecutionListener listener)
      throws ExecutorException, InterruptedException {
    return follow(new RunPlan.Preparation(), request, listener);
  }

  /**
   * Starts a machine from a kept disk of the trunk, removes what must not leave this machine, and
   * gives a sink the disk that this leaves. The kept disk stays as it is.
   *
   * @param scratch an empty directory
   * @return how it ended, if there is no disk to give
   */
  public Optional<ExecutionResult> export(
      DiskName name, DiskHistory history, Path scratch, ExecutionListener listener, DiskSink sink)
      throws ExecutorException, InterruptedException {
    ExecutionRequest request =
        OwnRun.of(
            name,
            history.made().commits().getLast(),
            "export.mk",
            tree ->
                tree.file(
                    "shared-caches",
                    history.sharedCaches().lines().getBytes(StandardCharsets.US_ASCII)),
            scratch);
    return follow(new RunPlan.Export(sink), request, listener);
  }

  /**
   * Builds layers in a machine that does nothing else, and keeps its disk.
   *
   * @param name of the disk
   * @param scratch an empty directory
   * @return how it ended, if there is no disk
   */
  public Optional<ExecutionResult> build(
      BaseLayers layers, DiskName name, Path scratch, ExecutionListener listener)
      throws ExecutorException, InterruptedException {
    ExecutionRequest request =
        OwnRun.of(
            name,
            layers.commit(),
            "layers.mk",
            tree -> {
              tree.file("Containerfile", layers.containerfile());
              tree.directory("empty");
            },
            scratch);
    return follow(new RunPlan.Preparation(), request, listener);
  }

  /** The history of layers: of what stands for their commit alone. */
  public static Lineage lineage(BaseLayers layers) {
    return OwnRun.lineage(layers.commit());
  }

  /**
   * Opens a shell for the user in a copy of a frozen guest; the frozen guest stays as it is. This
   * executor's limits must be the guest's.
   *
   * @param place where to open it; empty: where the recipe failed
   */
  public void openFrozen(
      FrozenStore.Entry kept,
      ExecutionListener listener,
      Optional<ShellLocation> place,
      UserTerminal.Opener terminal)
      throws ExecutorException, InterruptedException {
    FrozenCopy copy = new FrozenCopy(kept, place, terminal);
    translated(
        () -> {
          GuestImage image = host.images().resolve(kept.guest().machine().image());
          Qemu qemu = Qemu.find(image.architecture(), host.environment());
          HostCapacity.check(limits, listener);
          Path runs = reapedRuns();
          Accelerator accelerator = new AcceleratorProbe(host.home(), runs).best(qemu);
          copy.requireSame(qemu, accelerator);
          MachineStarter starter = starter(qemu, image, accelerator, OpenWayOut.NONE, listener);
          CurrentStage current = new CurrentStage();
          try (ScratchDirectory directory = ScratchDirectory.in(runs);
              ScratchDirectory socketDirectory = ScratchDirectory.in(host.sockets());
              StartedMachine machine =
                  copy.start(starter, directory.path(), socketDirectory.path())) {
            try {
              copy.openShell(
                  machine.machine(),
                  new StageRunner(
                      machine, limits, current, RunClock.start(), listener, RunSecrets.NONE));
            } catch (GuestException | IOException e) {
              throw PlanRunner.brokenOff(current, machine, Secrets.NONE, e);
            }
          }
          return kept;
        });
  }

  /** Runs a plan within the time limit. */
  private <T> T follow(RunPlan<T> plan, ExecutionRequest request, ExecutionListener listener)
      throws ExecutorException, InterruptedException {
    CurrentStage current = new CurrentStage();
    RunDeadline deadline = RunDeadline.start(limits.timeout(), Thread.currentThread()::interrupt);
    try {
      RunProgress progress = new RunProgress(deadline, current, listener);
      return translated(() -> follow(plan, progress, request));
    } catch (InterruptedException e) {
      if (deadline.passed()) {
        return plan.timedOut(current.timedOut(Scope.RUN, limits.timeout()));
      }
      throw e;
    } finally {
      deadline.close();
      if (deadline.passed()) {
        Thread.interrupted();
      }
    }
  }

  private <T> T follow(RunPlan<T> plan, RunProgress progress, ExecutionRequest request)
      throws QemuException, ImageException, IOException, ExecutorException, InterruptedException {
    ExecutionListener listener = progress.listener();
    listener.step("image");
    Qemu qemu = Qemu.find(request.inputs().architecture(), host.environment());
    GuestImage image = host.images().resolve(request.inputs().image());
    GuestOptions.requireKnown(request.inputs().options(), image);
    HostCapacity.check(limits, listener);
    Path runs = reapedRuns();
    Accelerator accelerator = new AcceleratorProbe(host.home(), runs).best(qemu);
    try (OpenWayOut opened = OpenWayOut.of(wayOut, reach, listener::note)) {
      MachineStarter starter = starter(qemu, image, accelerator, opened, listener);
      return follow(plan, progress, request, starter, runs);
    }
  }

  private <T> T follow(
      RunPlan<T> plan,
      RunProgress progress,
      ExecutionRequest request,
      MachineStarter starter,
      Path runs)
      throws QemuException, IOException, ExecutorException, InterruptedException {
    ExecutionListener listener = progress.listener();
    listener.stage(CurrentStage.FIRST);
    listener.note(
        starter.model().accelerator() == Accelerator.KVM
            ? "accelerator: kvm"
            : "accelerator: tcg (emulation: slower than kvm, and no security boundary)");
    starter.network().warn(listener);
    RepositoryDisks disks = disks(listener);
    try (RunCache cache = RunCache.open(disks, nameOf(request), request.caches(), listener)) {
      PlanRunner<T> runner = new PlanRunner<>(plan, progress, request, starter, cache, ready);
      Optional<T> result = runner.run(runs, host.sockets());
      if (result.isPresent()) {
        return result.get();
      }
      cache.dropBase();
      return runner.run(runs, host.sockets()).orElseThrow();
    }
  }

  /** The disks that are kept here. */
  public RepositoryDisks disks(ExecutionListener listener) {
    return new RepositoryDisks(
        host.home().resolve("disks"), caches, InstantSource.system(), listener::note, vouchers);
  }

  /** Which kept disks a run may start from. */
  public DiskName nameOf(ExecutionRequest request) {
    return new DiskName(request.owner().id(), request.inputs().image(), limits.diskBytes());
  }

  private Path reapedRuns() throws IOException {
    Path runs = host.home().resolve("runs");
    ScratchDirectory.reap(runs);
    ScratchDirectory.reap(host.sockets());
    return runs;
  }

  private MachineStarter starter(
      Qemu qemu,
      GuestImage image,
      Accelerator accelerator,
      OpenWayOut opened,
      ExecutionListener listener)
      throws IOException, ExecutorException, InterruptedException {
    return new MachineStarter(
        new MachineModel(qemu, accelerator, image, limits),
        GuestNetwork.of(reach, qemu, host.home(), opened),
        new TemplateStore(host.home().resolve("templates")),
        host.sockets(),
        cloneTime,
        listener);
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
    } catch (IOException e) {
      InterruptedIo.rethrow(e);
      throw new ExecutorException(
          "the run could not be prepared: " + e.getMessage(), GuestFailures.DISK_HINT, e);
    }
  }
}
