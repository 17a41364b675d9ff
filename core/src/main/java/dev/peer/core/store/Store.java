package dev.peer.core.store;

import dev.peer.core.id.Digest;
import dev.peer.core.id.LocalRepo;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.key.RunInputs;
import dev.peer.core.record.Content;
import dev.peer.core.scratch.FileHold;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.core.sign.Attestation;
import dev.peer.core.sign.VerifiedAttestation;
import dev.peer.core.sign.VerifiedRecord;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;

/**
 * Results on disk: opens the store, and adds verified results to it.
 *
 * <p>{@link Entries} finds them again, {@link Removals} removes them.
 */
public final class Store {

  private final StoreLayout layout;
  private final Entries entries;
  private final Removals removals;
  private final RunLogs logs;
  private final Retention retention;
  private final Optional<LocalRepo> owner;

  private Store(StoreLayout layout, Retention retention, Optional<LocalRepo> owner) {
    this.layout = layout;
    this.retention = retention;
    this.owner = owner;
    this.entries = new Entries(layout);
    this.removals = new Removals(layout, entries, retention);
    this.logs = new RunLogs(layout.staging(), layout.failed(), owner);
  }

  /**
   * Opens the store, creates it if it is missing, and removes what killed processes left.
   *
   * @param keep how many results of one repository are kept, the newest; at least 1
   */
  public static Store open(Path root, int keep) throws IOException {
    return open(root, Retention.ofMost(keep));
  }

  /**
   * Opens the store with a retention policy.
   *
   * @param retention which results of one repository are kept
   */
  public static Store open(Path root, Retention retention) throws IOException {
    Store store = new Store(new StoreLayout(root), retention, Optional.empty());
    ScratchDirectory.createPrivate(store.layout.results());
    ScratchDirectory.createPrivate(store.layout.staging());
    ScratchDirectory.reap(store.layout.staging());
    createIfMissing(store.layout.keeper());
    createIfMissing(store.layout.changing());
    createIfMissing(store.layout.changed());
    return store;
  }

  /** The same store, for the results of one repository of this machine. */
  public Store keptFor(LocalRepo repo) {
    return new Store(layout, retention, Optional.of(repo));
  }

  /** The local repository that owns results of the repository with that name among the peers. */
  public LocalRepo ownerOf(RepoId repo) {
    return owner.orElseGet(() -> LocalRepo.named(repo));
  }

  /** Does not open one that is there: to close it would give back this process's locks on it. */
  private static void createIfMissing(Path file) throws IOException {
    try {
      Files.createFile(file);
    } catch (FileAlreadyExistsException e) {
      // As it should be.
      return;
    }
  }

  /** Finds, lists and holds the results. */
  public Entries entries() {
    return entries;
  }

  /** Removes results, and tells which were removed. */
  public Removals removals() {
    return removals;
  }

  /** The output of runs that are no results. */
  public RunLogs logs() {
    return logs;
  }

  /** The results kept of a repository. */
  public Retention retention() {
    return retention;
  }

  /** Another time after each result that any process has kept since. */
  public Instant changed() throws IOException {
    return Files.getLastModifiedTime(layout.changed()).toInstant();
  }

  /** Creates a new directory on the store's file system, for a result that may be kept later. */
  public ScratchDirectory stage() throws IOException {
    return ScratchDirectory.in(layout.staging());
  }

  /** Dates a result back: it counts as kept then. One that is yet to come changes nothing. */
  public void date(StoredRecord record, Instant kept) throws IOException {
    if (kept.isBefore(Instant.now())) {
      Files.setLastModifiedTime(record.bundleFile().getParent(), FileTime.from(kept));
    }
  }

  /**
   * Opens a result that was kept before. Its bundle was verified then, and its attestation now:
   * only the bytes must still be the signed ones.
   *
   * @return nothing if they are not, or if it is another repository's or run's
   */
  public Optional<StoredRecord> reopen(Location location, VerifiedAttestation attestation)
      throws IOException {
    RepoId repo = attestation.record().inputs().repo();
    Path entry = location.directory();
    if (!entry.getParent().equals(layout.directoryOf(repo).resolve(attestation.key().hex()))) {
      return Optional.empty();
    }
    FileHold hold =
        entries.hold(entry).orElseThrow(() -> new NoSuchFileException(entry.toString()));
    boolean good = false;
    try {
      good =
          Files.size(entry.resolve(EntryFiles.BUNDLE)) == attestation.bundle().size()
              && Digest.of(entry.resolve(EntryFiles.BUNDLE)).equals(attestation.bundle().digest());
    } finally {
      if (!good) {
        hold.close();
      }
    }
    return good
        ? Optional.of(
            stored(
                RunSummary.of(attestation),
                entry,
                attestation.envelope(),
                attestation.bundle(),
                hold))
        : Optional.empty();
  }

  /** Opens an open result again, for a user that closes it at another time. */
  public static StoredRecord reopen(StoredRecord record) throws IOException {
    Path entry = record.bundleFile().getParent();
    return stored(
        record.summary(),
        entry,
        record.attestation(),
        record.bundle(),
        FileHold.shared(entry.resolve(EntryFiles.LOCK)));
  }

  /**
   * Keeps a result, and removes those that retention does not keep.
   *
   * <p>The bundle's file is moved or copied into the store. An existing result stays as it is, with
   * its time updated. Does not wait for the disk: {@link StoredRecord#sync} does.
   */
  public StoredRecord keep(VerifiedRecord record) throws IOException {
    Attestation attestation = record.attestation().envelope();
    RepoId repo = record.record().inputs().repo();
    RunKey key = record.record().inputs().key();
    Path entry =
        layout.directoryOf(repo).resolve(key.hex()).resolve(Digest.of(attestation.bytes()).hex());
    FileHold hold = put(entry, record);
    boolean done = false;
    try {
      if (ownerOf(repo).id().equals(repo)) {
        EntryFiles.disown(entry);
      }
      Files.setLastModifiedTime(entry, FileTime.from(Instant.now()));
      removals.retain(repo, ownerOf(repo));
      Files.setLastModifiedTime(layout.changed(), FileTime.from(Instant.now()));
      done = true;
      return stored(
          RunSummary.of(record.attestation()),
          entry,
          attestation,
          record.attestation().bundle(),
          hold);
    } finally {
      if (!done) {
        hold.close();
      }
    }
  }

  /** As {@link #keep}, and returns when the result outlives a power cut. */
  public StoredRecord keepSynced(VerifiedRecord record) throws IOException {
    StoredRecord stored = keep(record);
    try {
      stored.sync();
      return stored;
    } catch (IOException e) {
      stored.close();
      throw e;
    }
  }

  /** Has the result at its place, and holds it. */
  private FileHold put(Path entry, VerifiedRecord record) throws IOException {
    Optional<FileHold> there = entries.hold(entry);
    boolean done = false;
    try {
      if (there.isPresent() && EntryFiles.hold(entry, record)) {
        nameTargets(entry, record.record().inputs());
        done = true;
        return there.get();
      }
      try (ScratchDirectory made = stage()) {
        EntryFiles.write(made.path(), record, layout.staging());
        EntryFiles.nameTargets(made.path(), record.record().inputs());
        RepoId repo = record.record().inputs().repo();
        RepoId owning = ownerOf(repo).id();
        if (!owning.equals(repo)) {
          EntryFiles.own(made.path(), StoreLayout.digestOf(owning));
        }
        if (there.isEmpty()) {
          there = Optional.of(addOrHold(entry, made, owning));
        }
        EntryFiles.mend(entry, made.path());
        done = true;
        return there.get();
      }
    } finally {
      if (!done && there.isPresent()) {
        there.get().close();
      }
    }
  }

  /** Adds to an entry of peer 0.5 what its run made. */
  private void nameTargets(Path entry, RunInputs inputs) throws IOException {
    if (!EntryFiles.namesTargets(entry)) {
      try (ScratchDirectory made = stage()) {
        EntryFiles.nameTargets(made.path(), inputs);
        EntryFiles.mend(entry, made.path());
      }
    }
  }

  /**
   * Moves a new entry to its place, unless another process was faster, and holds the entry there.
   */
  private FileHold addOrHold(Path entry, ScratchDirectory made, RepoId owning) throws IOException {
    try (FileHold _ = FileHold.alone(layout.changing())) {
      if (!EntryFiles.areIn(entry)) {
        removals.note(entry.getParent().getParent(), owning);
        ScratchDirectory.createPrivate(entry.getParent());
        EntryFiles.delete(entry);
        made.moveTo(entry);
      }
      return FileHold.shared(entry.resolve(EntryFiles.LOCK));
    }
  }

  private static StoredRecord stored(
      RunSummary summary, Path entry, Attestation attestation, Content bundle, FileHold hold) {
    return new StoredRecord(
        summary,
        attestation,
        bundle,
        entry.resolve(EntryFiles.BUNDLE),
        () -> {
          try {
            hold.close();
          } catch (IOException e) {
            // The hold goes with the process at the latest.
            return;
          }
        });
  }
}
