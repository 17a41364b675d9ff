package dev.peer.daemonhost;

import dev.peer.config.CacheSettings;
import dev.peer.config.CallContext;
import dev.peer.config.ConfigException;
import dev.peer.core.id.CommitId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.ShortId;
import dev.peer.daemon.QueuedRun;
import dev.peer.daemon.Reason;
import dev.peer.daemon.ResultName;
import dev.peer.daemon.RunQueue;
import dev.peer.daemon.RunSubject;
import dev.peer.home.HomeLayout;
import dev.peer.lfs.KeptObjects;
import dev.peer.pages.DaemonSource;
import dev.peer.pages.DaemonView;
import dev.peer.report.Facts;
import dev.peer.run.RunTarget;
import dev.peer.run.VmExecutors;
import dev.peer.schedule.Schedule;
import dev.peer.schedule.WatchStatus;
import dev.peer.source.SourceException;
import dev.peer.vm.exec.ReadyMachine;
import dev.peer.vm.snapshot.DiskSummary;
import dev.peer.vm.snapshot.RepositoryDisks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What {@code peer daemon status} and {@code peer cache ls} say, for the daemon's page. It names
 * repositories, and no directory of this machine.
 */
final class DaemonPage implements DaemonSource {

  private final int jobs;
  private final HomeLayout layout;
  private final CacheSettings caches;
  private volatile Optional<Parts> shown = Optional.empty();

  /**
   * What is shown.
   *
   * @param ready the machine that waits for the next run, if one is to
   */
  record Parts(RunQueue queue, Schedule schedule, Optional<ReadyMachine> ready) {}

  /**
   * Shows nothing yet.
   *
   * @param jobs how many runs may have a machine at once
   */
  DaemonPage(int jobs, HomeLayout layout, CacheSettings caches) {
    this.jobs = jobs;
    this.layout = layout;
    this.caches = caches;
  }

  /** Shows this from now on. */
  void show(Parts opened) {
    shown = Optional.of(opened);
  }

  @Override
  public Optional<DaemonView> now() throws IOException {
    Optional<Parts> now = shown;
    return now.isPresent() ? Optional.of(view(now.get())) : Optional.empty();
  }

  private DaemonView view(Parts now) throws IOException {
    List<QueuedRun> open =
        now.queue().runs().stream().filter(run -> run.state() != QueuedRun.State.ENDED).toList();
    RepositoryDisks disks =
        VmExecutors.disks(layout.home(), caches, _ -> {}, Optional.empty()).silent();
    return new DaemonView(
        open.stream().map(DaemonPage::row).toList(),
        now.schedule().status().stream().map(DaemonPage::row).toList(),
        kept(disks),
        Optional.of(
            new DaemonView.MachineFigures(
                machines(open), now.ready().map(DaemonPage::ready), dropped(disks))));
  }

  private static DaemonView.QueueRow row(QueuedRun run) {
    RunSubject subject = run.request().subject();
    List<String> words = new ArrayList<>(List.of(subject.target()));
    words.addAll(subject.arguments());
    return new DaemonView.QueueRow(
        run.position().name().map(ResultName::repo),
        String.join(" ", words),
        ShortId.of(subject.revision()),
        run.state().text()
            + (run.position().place() > 0 ? ", place " + run.position().place() : ""),
        reason(run.request().reason()),
        run.position().begun().orElse(run.accepted()));
  }

  /** Without the process of the one who asked. */
  private static String reason(Reason reason) {
    return reason.kind() == Reason.Kind.REQUEST ? reason.kind().text() : reason.toString();
  }

  private static DaemonView.WatchedRow row(WatchStatus watched) {
    return new DaemonView.WatchedRow(
        repo(watched.directory()),
        watched.commit().map(CommitId::hex).map(ShortId::of),
        watched.trouble().isEmpty(),
        watched.crontab(),
        watched.faults());
  }

  /** As the runs of its commits have it. */
  private static Optional<RepoId> repo(Path directory) {
    try {
      return Optional.of(
          RunTarget.repo(new CallContext(directory, CallContext.ofProcess().environment())));
    } catch (SourceException | ConfigException e) {
      return Optional.empty();
    }
  }

  private List<DaemonView.KeptRow> kept(RepositoryDisks disks) throws IOException {
    List<DaemonView.KeptRow> rows = new ArrayList<>();
    for (DiskSummary disk : disks.list()) {
      rows.add(
          new DaemonView.KeptRow(
              disk.name().repo(),
              "disk, "
                  + disk.history().made().brief()
                  + ", image "
                  + ShortId.of(disk.name().image().hex())
                  + (disk.runtimeBytes() > 0
                      ? ", served as a runtime of " + Facts.mebibytes(disk.runtimeBytes())
                      : ""),
              disk.used(),
              disk.bytes()));
    }
    for (KeptObjects.Summary one : new KeptObjects(layout.largeFiles()).list()) {
      rows.add(
          new DaemonView.KeptRow(
              one.repo(), one.files() + " files of Git LFS", one.used(), one.bytes()));
    }
    return rows;
  }

  private static List<DaemonView.DroppedRow> dropped(RepositoryDisks disks) throws IOException {
    return disks.removals().stream()
        .map(one -> new DaemonView.DroppedRow(one.repo(), one.when(), one.why()))
        .toList();
  }

  private String machines(List<QueuedRun> open) {
    long running = open.stream().filter(run -> run.state() == QueuedRun.State.RUNNING).count();
    return "Runs with a machine: " + running + " of at most " + jobs + ".";
  }

  private static String ready(ReadyMachine ready) {
    return ready
        .status()
        .waiting()
        .map(
            machine ->
                "A machine waits for the next run: image "
                    + ShortId.of(machine.image().hex())
                    + ", processors: "
                    + machine.cpus()
                    + ", memory: "
                    + Facts.mebibytes(machine.guestBytes())
                    + ", of which it takes "
                    + Facts.mebibytes(machine.usedBytes())
                    + " of this host.")
        .orElse("No machine waits for the next run.");
  }
}
