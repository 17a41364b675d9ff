package dev.peer.vm.snapshot;

import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.record.KeptOrigin;
import dev.peer.core.record.StartedFrom;
import dev.peer.core.scratch.FileHold;
import dev.peer.core.scratch.ScratchDirectory;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The disks with container images and caches that are kept of each repository.
 *
 * <p>Layout below the root: {@code <digest of the name>/<random>/} with {@code disk}, {@code
 * about.json} and {@code lock}, and {@code <digest of the name>/gone.json}, which says why the last
 * one went. A disk appears whole, by one rename, and is never written again: a run that starts from
 * it writes to a layer above. Each user of a disk holds its lock, and a held disk is never removed.
 *
 * <p>A disk knows which commits made it. One that was made from another takes its place, unless
 * branches start from that one, too; of each name the {@link #MOST} last used stay.
 *
 * <p>A copy is a disk that is kept for other peers. It takes the place of no other disk, goes
 * before all others, and becomes one of them as soon as a run here starts from it.
 */
public final class RepositoryDisks {

  /** How many disks of one name are kept. */
  public static final int MOST = 4;

  /** How many copies are kept of what one maker prepared of a repository and a guest image. */
  public static final int MOST_COPIES = 2;

  /** After a longer preparation another runtime is made of the disk. */
  private static final Duration SHORT_PREPARATION = Duration.ofSeconds(30);

  private final DiskEntries entries;
  private final DiskRetention retention;
  private final InstantSource clock;
  private final UsableDisks usable;

  /**
   * The disks below this directory, which is made when it is needed.
   *
   * @param notices takes a line for each disk that is dropped
   */
  public RepositoryDisks(
      Path root, CachePolicy policy, InstantSource clock, Consumer<String> notices) {
    this(root, policy, clock, notices, Optional.empty());
  }

  /**
   * Opens the disks of a home for runs.
   *
   * @param judge says which disks count that another peer prepared; empty: none is used
   */
  public RepositoryDisks(
      Path root,
      CachePolicy policy,
      InstantSource clock,
      Consumer<String> notices,
      Optional<VoucherJudge> judge) {
    this.entries = new DiskEntries(root);
    this.retention = new DiskRetention(entries, policy, clock, notices);
    this.usable = new UsableDisks(entries, retention, judge);
    this.clock = clock;
  }

  private RepositoryDisks(RepositoryDisks other, DiskRetention retention) {
    this.entries = other.entries;
    this.retention = retention;
    this.usable = new UsableDisks(entries, retention, other.usable.judge());
    this.clock = other.clock;
  }

  /** The same, which tells nobody. */
  public RepositoryDisks silent() {
    return new RepositoryDisks(this, retention.silent());
  }

  /** The runtimes beside the disks. */
  public Runtimes runtimes() {
    return new Runtimes(entries, retention, usable);
  }

  /** What the disks of this name have been through that may be used, the last used first. */
  public List<DiskHistory> histories(DiskName name) throws IOException {
    return histories(usable.of(name));
  }

  /** What {@link #histories(DiskName)} would give now. Drops no disk. */
  public List<DiskHistory> foreseen(DiskName name) throws IOException {
    return histories(usable.foreseen(name));
  }

  private static List<DiskHistory> histories(List<DiskEntry> entries) {
    return entries.stream().map(DiskEntry::history).toList();
  }

  /** How the disks of this name are made that may be used, the last used first. */
  public List<StartedFrom> made(DiskName name) throws IOException {
    return histories(name).stream().map(DiskHistory::made).toList();
  }

  /**
   * The disk of this name that is made so, held, if there is one that may be used.
   *
   * @param branch whether runs that start from it leave no disk that could replace it
   */
  public Optional<KeptDisk> find(DiskName name, StartedFrom made, boolean branch)
      throws IOException {
    for (DiskEntry entry : usable.of(name)) {
      if (!entry.history().made().equals(made)) {
        continue;
      }
      try {
        FileHold hold = FileHold.shared(entry.lock());
        Files.setLastModifiedTime(entry.lock(), FileTime.from(clock.instant()));
        entry.runtimeFiles().noteRun();
        if (branch) {
          entry.noteBranch();
        }
        return Optional.of(
            new KeptDisk(
                name, entry.disk(), entry.history(), entry.runtimeFiles().voucher(), hold));
      } catch (NoSuchFileException e) {
        // Another process has just removed it.
        continue;
      }
    }
    return Optional.empty();
  }

  /**
   * Keeps a disk, and drops the disks that it replaces and those that the policy does not allow.
   *
   * @param file is moved away
   * @param history what it has been through
   * @param from the one that it was made from, of this name or with layers
   */
  public void keep(DiskName name, Path file, DiskHistory history, Optional<KeptDisk> from)
      throws IOException {
    keep(
        name,
        file,
        history,
        from,
        files -> {
          if (from.flatMap(KeptDisk::voucher).isPresent()) {
            files.write(from.get().voucher().get());
          }
          if (from.isPresent() && from.get().name().equals(name)) {
            RuntimeFiles before = new RuntimeFiles(from.get().file().getParent());
            Optional<HeldRuntime> runtime = before.runtime();
            if (runtime.isPresent() && isMuchTheSame(from.get().history(), history)) {
              files.share(runtime.get());
            } else if (history.mayBecomeRuntime()) {
              files.follow(before);
            }
          }
        });
  }

  /** Whether others gain little by the later of two disks of the trunk. */
  private static boolean isMuchTheSame(DiskHistory before, DiskHistory after) {
    return after.made().origin() == KeptOrigin.TRUNK
        && before.sharedCaches().equals(after.sharedCaches())
        && before.preparation().isPresent()
        && after.preparation().isPresent()
        && after
                .preparation()
                .get()
                .took()
                .minus(before.preparation().get().took())
                .compareTo(SHORT_PREPARATION)
            < 0;
  }

  /**
   * Keeps a disk that another peer prepared, as {@link #keep} does.
   *
   * @param file is moved away
   * @param runtime what it was made of; its content is moved away
   * @param instead the one that it was taken in place of
   */
  public void keep(
      DiskName name,
      Path file,
      DiskHistory history,
      HeldRuntime runtime,
      Optional<KeptDisk> instead)
      throws IOException {
    keep(
        name,
        file,
        history,
        instead,
        files -> {
          files.write(new Voucher(runtime.attestation(), clock.instant()));
          files.move(runtime);
        });
  }

  /**
   * Keeps a disk that another peer prepared as a copy, and drops the longest unused copies of that
   * maker, repository and image, whatever their size.
   *
   * @param file is moved away
   * @param runtime what it was made of; its content is moved away
   */
  public void copy(DiskName name, Path file, DiskHistory history, HeldRuntime runtime, PeerId maker)
      throws IOException {
    keep(
        name,
        file,
        history,
        Optional.empty(),
        files -> {
          files.write(new Voucher(runtime.attestation(), clock.instant()));
          files.move(runtime);
          files.noteCopyOf(maker);
        });
    List<DiskEntry> copies = new ArrayList<>();
    for (DiskEntry entry : entries.all()) {
      if (entry.name().repo().equals(name.repo())
          && entry.name().image().equals(name.image())
          && entry.runtimeFiles().copyOf().equals(Optional.of(maker.text()))) {
        copies.add(entry);
      }
    }
    dropAllBut(MOST_COPIES, copies, "there were more than " + MOST_COPIES + " copies of " + maker);
  }

  private void dropAllBut(int most, List<DiskEntry> some, String why) throws IOException {
    for (DiskEntry entry : some.subList(Math.min(most, some.size()), some.size())) {
      retention.remove(entry, why);
    }
  }

  /** Writes what is beside a disk, before the disk appears. */
  @FunctionalInterface
  private interface Beside {

    void write(RuntimeFiles files) throws IOException;
  }

  private void keep(
      DiskName name, Path file, DiskHistory history, Optional<KeptDisk> from, Beside beside)
      throws IOException {
    Path parent = entries.parent(name);
    List<DiskEntry> before = entries.in(parent);
    boolean isCopy;
    ScratchDirectory.createPrivate(parent);
    ScratchDirectory.reap(entries.unfinished());
    try (ScratchDirectory unfinished = ScratchDirectory.in(entries.unfinished())) {
      sync(file);
      DiskEntry.write(unfinished.path(), name, file, history, clock.instant());
      RuntimeFiles files = new RuntimeFiles(unfinished.path());
      beside.write(files);
      isCopy = files.copyOf().isPresent();
      unfinished.moveTo(parent.resolve(unfinished.path().getFileName()));
    }
    for (DiskEntry entry : before) {
      if (takesPlaceOf(history.made(), from, entry) && (!isCopy || entry.isCopy())) {
        DiskEntries.removeUnlessUsed(entry.directory());
      }
    }
    List<DiskEntry> own = new ArrayList<>();
    for (DiskEntry entry : entries.in(parent)) {
      if (!entry.isCopy()) {
        own.add(entry);
      }
    }
    dropAllBut(MOST, own, "the repository had more than " + MOST);
    retention.enforcePolicy();
  }

  private static boolean takesPlaceOf(StartedFrom made, Optional<KeptDisk> from, DiskEntry entry) {
    if (entry.history().made().origin() != made.origin()) {
      return false;
    }
    boolean isSource = from.isPresent() && from.get().file().equals(entry.disk());
    boolean isOfSameCommit =
        !entry.history().made().commits().isEmpty()
            && entry.history().made().commits().getLast().equals(made.commits().getLast());
    return isOfSameCommit || (isSource && !entry.hasBranches());
  }

  /** Drops the disks of this name whose commits are unknown. */
  public void dropUnknown(DiskName name, String why) throws IOException {
    for (DiskEntry entry : entries.in(entries.parent(name))) {
      if (entry.history().made().equals(StartedFrom.UNKNOWN)) {
        retention.remove(entry, why);
      }
    }
  }

  /** Drops a disk that was given back. */
  public void drop(KeptDisk disk, String why) throws IOException {
    for (DiskEntry entry : entries.in(entries.parent(disk.name()))) {
      if (entry.disk().equals(disk.file())) {
        retention.remove(entry, why);
      }
    }
  }

  /**
   * Drops all unused disks of a repository.
   *
   * @return how many went
   */
  public int drop(RepoId repo, String why) throws IOException {
    int dropped = 0;
    for (DiskEntry entry : entries.all()) {
      if (entry.name().repo().equals(repo) && retention.remove(entry, why)) {
        dropped++;
      }
    }
    return dropped;
  }

  /** All disks, the last used first. */
  public List<DiskSummary> list() throws IOException {
    List<DiskSummary> summaries = new ArrayList<>();
    for (DiskEntry entry : entries.all()) {
      summaries.add(entry.summary());
    }
    return summaries;
  }

  /** The recently dropped disks, the last first. */
  public List<DiskRemoval> removals() throws IOException {
    return retention.list();
  }

  private static void sync(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }
}
