package dev.peer.vm.snapshot;

import dev.peer.core.record.KeptOrigin;
import dev.peer.core.record.StartedFrom;
import dev.peer.core.scratch.FileHold;
import dev.peer.core.scratch.ScratchDirectory;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;

/** The prepared runtimes that are kept beside the trunk's disks. They go with their disks. */
public final class Runtimes {

  private final DiskEntries entries;
  private final DiskRetention retention;
  private final UsableDisks usable;

  Runtimes(DiskEntries entries, DiskRetention retention, UsableDisks usable) {
    this.entries = entries;
    this.retention = retention;
    this.usable = usable;
  }

  /**
   * The trunk's newest disk of this name that may be used, if no runtime was made of it yet; empty
   * too where peer 0.5 kept it, which did not say how it was prepared.
   */
  public Optional<DiskHistory> unmade(DiskName name) throws IOException {
    for (DiskEntry entry : usable.of(name)) {
      if (entry.history().made().origin() == KeptOrigin.TRUNK) {
        return entry.runtimeFiles().isDecided() || !entry.history().mayBecomeRuntime()
            ? Optional.empty()
            : Optional.of(entry.history());
      }
    }
    return Optional.empty();
  }

  /**
   * Keeps a runtime beside the disk that it was made of.
   *
   * @param runtime its content is moved away
   * @return whether the disk is still there
   */
  public boolean add(DiskName name, StartedFrom made, HeldRuntime runtime) throws IOException {
    boolean added = change(name, made, files -> files.move(runtime));
    retention.enforcePolicy();
    return added;
  }

  /** Records that no runtime can be made of a disk, so that {@link #unmade} skips it. */
  public void giveUp(DiskName name, StartedFrom made) throws IOException {
    change(name, made, RuntimeFiles::giveUp);
  }

  /** Drops what is kept for the runtime of a disk where none is made now. */
  public void leaveUnmade(DiskName name, StartedFrom made) throws IOException {
    change(name, made, RuntimeFiles::forget);
  }

  private interface Change {

    void to(RuntimeFiles files) throws IOException;
  }

  private boolean change(DiskName name, StartedFrom made, Change change) throws IOException {
    for (DiskEntry entry : usable.of(name)) {
      if (entry.history().made().equals(made)) {
        try (FileHold _ = FileHold.shared(entry.lock())) {
          change.to(entry.runtimeFiles());
          return true;
        } catch (NoSuchFileException e) {
          return false;
        }
      }
    }
    return false;
  }

  /**
   * Whether a disk that another peer prepared would stay here for a while.
   *
   * @param bytes of its runtime
   */
  public boolean admits(DiskHistory history, long bytes) {
    return retention.admits(history, bytes);
  }

  /** Whether as much could be kept as may be in use of a disk of this name. */
  public boolean admitsFull(DiskName name) {
    return retention.admitsFull(name);
  }

  /** A directory below which files for this are made, on the same file system. */
  public ScratchDirectory scratch() throws IOException {
    ScratchDirectory.reap(entries.unfinished());
    return ScratchDirectory.in(entries.unfinished());
  }
}
