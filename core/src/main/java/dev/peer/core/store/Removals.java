package dev.peer.core.store;

import dev.peer.core.id.LocalRepo;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.scratch.FileHold;
import dev.peer.core.scratch.ScratchDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Decides which results a store removes, removes them, and records why.
 *
 * <p>A result that a process serves stays. A daemon takes the removal over, so that it can withdraw
 * a result before it is removed.
 */
public final class Removals {

  private static final Duration BETWEEN_TRIES = Duration.ofMillis(20);
  private static final int LARGEST_LOG = 1 << 20;
  private static final int KEPT_LINES = 1_000;

  private final StoreLayout layout;
  private final Entries entries;
  private final Retention retention;
  private final LineLog<Removal> log;

  Removals(StoreLayout layout, Entries entries, Retention retention) {
    this.layout = layout;
    this.entries = entries;
    this.retention = retention;
    this.log = new LineLog<>(layout.gone(), Removal::parse, LARGEST_LOG, KEPT_LINES);
  }

  /**
   * Takes over the removal of results: until the hold is closed, only this process removes results
   * to make room, with {@link #remove}. Empty: another process has taken it over.
   */
  public Optional<FileHold> takeOver() throws IOException, InterruptedException {
    while (true) {
      Optional<FileHold> hold = FileHold.tryAlone(layout.keeper());
      if (hold.isPresent() || isTakenOver()) {
        return hold;
      }
      Thread.sleep(BETWEEN_TRIES);
    }
  }

  /** Processes that make room hold the file together, and only for as long as they do. */
  private boolean isTakenOver() throws IOException {
    Optional<FileHold> shared = FileHold.tryShared(layout.keeper());
    if (shared.isPresent()) {
      shared.get().close();
    }
    return shared.isEmpty();
  }

  /**
   * The results that were removed to make room or because they did not hold, the latest first. Old
   * lines are dropped.
   */
  public List<Removal> list() throws IOException {
    return log.read().reversed();
  }

  /**
   * Removes a result, unless a process serves it, and records why.
   *
   * @param repo whose it is, where that is known
   * @return whether it is gone
   */
  public boolean remove(Location location, Optional<RepoId> repo, Removal.Why why)
      throws IOException {
    try (FileHold _ = FileHold.alone(layout.changing())) {
      return removeChanging(location, repo, why);
    }
  }

  private boolean removeChanging(Location location, Optional<RepoId> repo, Removal.Why why)
      throws IOException {
    if (!Files.exists(location.directory(), LinkOption.NOFOLLOW_LINKS)) {
      return true;
    }
    if (!removeUnlessServed(location.directory())) {
      return false;
    }
    removeIfEmpty(location.directory().getParent());
    log.add(
        new Removal(
                repo,
                location.key(),
                location.bundleBytes(),
                location.kept(),
                Instant.now().truncatedTo(ChronoUnit.MILLIS),
                why)
            .line());
    return true;
  }

  /** Removes every entry of the run that no process serves, because it does not hold. */
  public void drop(RepoId repo, RunKey key) throws IOException {
    try (FileHold _ = FileHold.alone(layout.changing())) {
      for (Path entry : Entries.newestFirst(layout.directoryOf(repo).resolve(key.hex()))) {
        removeChanging(Entries.locationOf(entry), Optional.of(repo), Removal.Why.REFUSED);
      }
    }
  }

  /**
   * Removes what retention does not keep, unless a daemon has taken that over.
   *
   * @param repo the repository that has just kept a result
   * @param owner the repository of this machine that owns it
   */
  void retain(RepoId repo, LocalRepo owner) throws IOException {
    Optional<FileHold> ours = FileHold.tryShared(layout.keeper());
    if (ours.isEmpty()) {
      return;
    }
    try (FileHold _ = ours.get();
        FileHold _ = FileHold.alone(layout.changing())) {
      Path repository = layout.directoryOf(repo);
      // In all of them: a clone that calls itself otherwise each time keeps no more for it.
      List<Path> elsewhere = elsewhere(owner.id());
      List<Path> all = new ArrayList<>(elsewhere);
      all.add(layout.directoryOf(owner.id()));
      List<Location> owned = entries.owned(owner.id(), all);
      for (Retention.Excess excess : retention.excess(owned, Instant.now())) {
        boolean here = excess.entry().directory().startsWith(repository);
        removeChanging(excess.entry(), here ? Optional.of(repo) : Optional.empty(), excess.why());
      }
      for (Path run : StoreLayout.children(repository)) {
        if (StoreLayout.isOfARun(run)) {
          removeHalfRemoved(run);
        }
        removeIfEmpty(run);
      }
      for (Path other : elsewhere) {
        if (entries.owned(owner.id(), List.of(other)).isEmpty()) {
          Files.deleteIfExists(layout.owned(owner.id()).resolve(other.getFileName()));
        }
      }
    }
  }

  /**
   * Notes that a repository's directory gets an entry that another repository of this machine owns.
   * The caller holds {@link StoreLayout#changing} alone.
   */
  void note(Path repository, RepoId owner) throws IOException {
    if (!repository.equals(layout.directoryOf(owner))) {
      ScratchDirectory.createPrivate(layout.owned(owner));
      Files.write(layout.owned(owner).resolve(repository.getFileName()), new byte[0]);
    }
  }

  private List<Path> elsewhere(RepoId owner) throws IOException {
    return StoreLayout.children(layout.owned(owner)).stream()
        .map(note -> layout.results().resolve(note.getFileName()))
        .toList();
  }

  /** Of processes that were killed while they removed an entry. */
  private static void removeHalfRemoved(Path run) throws IOException {
    for (Path entry : StoreLayout.children(run)) {
      if (!EntryFiles.areIn(entry)) {
        removeUnlessServed(entry);
      }
    }
  }

  /** Says whether it is gone. */
  private static boolean removeUnlessServed(Path entry) throws IOException {
    try {
      Optional<FileHold> hold = FileHold.tryAlone(entry.resolve(EntryFiles.LOCK));
      if (hold.isEmpty()) {
        return false;
      }
      try (FileHold _ = hold.get()) {
        EntryFiles.delete(entry);
      }
    } catch (NoSuchFileException e) {
      EntryFiles.delete(entry);
    }
    return true;
  }

  private static void removeIfEmpty(Path directory) throws IOException {
    if (StoreLayout.children(directory).isEmpty()) {
      Files.deleteIfExists(directory);
    }
  }
}
