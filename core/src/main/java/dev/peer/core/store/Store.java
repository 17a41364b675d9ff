package dev.peer.core.store;

import dev.peer.core.id.Digest;
import dev.peer.core.id.LocalRepo;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.record.Content;
import dev.peer.core.scratch.FileHold;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.core.sign.Attestation;
import dev.peer.core.sign.VerifiedAttestation;
import dev.peer.core.sign.VerifiedRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Results on disk.
 *
 * <p>Layout below the root: {@code results/<digest of the repository id>/<run key>/<digest of the
 * attestation>/} with {@code attestation.json}, {@code bundle.tar.zst}, {@code lock} and, if there
 * were any, {@code crl.pem} with the revocation lists that the result was judged by, and {@code
 * owner} where another repository of this machine keeps it than the one of that name; {@code
 * staging/} for results in the making; {@code changed}, whose time is set when a result is kept;
 * {@code gone}, a line for each result that was removed; {@code failed/}, see {@link RunLogs};
 * {@code keeper} and {@code changing}. The package's documentation says how several processes use
 * it at once.
 */
public final class Store {

  private static final Pattern KEY = Pattern.compile("[0-9a-f]{64}");

  private static final Duration BETWEEN_TRIES = Duration.ofMillis(20);

  private final Path results;
  private final Path staging;
  private final Path keeper;
  private final Path changing;
  private final Path changed;
  private final RemovalLog gone;
  private final RunLogs logs;
  private final Retention retention;
  private final Path root;
  private final Optional<LocalRepo> owner;

  private Store(Path root, Retention retention, Optional<LocalRepo> owner) {
    this.root = root;
    this.owner = owner;
    this.results = root.resolve("results");
    this.staging = root.resolve("staging");
    this.keeper = root.resolve("keeper");
    this.changing = root.resolve("changing");
    this.changed = root.resolve("changed");
    this.gone = new RemovalLog(root.resolve("gone"));
    this.logs = new RunLogs(staging, root.resolve("failed"), owner);
    this.retention = retention;
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
    Store store = new Store(root, retention, Optional.empty());
    ScratchDirectory.createPrivate(store.results);
    ScratchDirectory.createPrivate(store.staging);
    ScratchDirectory.reap(store.staging);
    createIfMissing(store.keeper);
    createIfMissing(store.changing);
    createIfMissing(store.changed);
    return store;
  }

  /** The same store, for the results of one repository of this machine. */
  public Store keptFor(LocalRepo repo) {
    return new Store(root, retention, Optional.of(repo));
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

  /**
   * Takes over the removal of results: until the hold is closed, only this process removes results
   * to make room, with {@link #remove}. Empty: another process has taken it over.
   */
  public Optional<FileHold> takeOver() throws IOException, InterruptedException {
    while (true) {
      Optional<FileHold> hold = FileHold.tryAlone(keeper);
      if (hold.isPresent() || isTakenOver()) {
        return hold;
      }
      Thread.sleep(BETWEEN_TRIES);
    }
  }

  /** Processes that make room hold the file together, and only for as long as they do. */
  private boolean isTakenOver() throws IOException {
    Optional<FileHold> shared = FileHold.tryShared(keeper);
    if (shared.isPresent()) {
      shared.get().close();
    }
    return shared.isEmpty();
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
    return Files.getLastModifiedTime(changed).toInstant();
  }

  /**
   * The results that were removed to make room or because they did not hold, the latest first. Old
   * lines are dropped.
   */
  public List<Removal> gone() throws IOException {
    return gone.read();
  }

  /** Creates a new directory on the store's file system, for a result that may be kept later. */
  public ScratchDirectory stage() throws IOException {
    return ScratchDirectory.in(staging);
  }

  /** The newest entry for the run, unverified. */
  public Optional<StoredEntry> find(RepoId repo, RunKey key) throws IOException {
    return newest(directoryOf(repo).resolve(key.hex()));
  }

  /**
   * The newest entry of each run whose key begins so, unverified.
   *
   * @param prefix hexadecimal digits, from none to all of a key's
   */
  public SortedMap<RunKey, StoredEntry> findByPrefix(String prefix) throws IOException {
    SortedMap<RunKey, StoredEntry> found = new TreeMap<>();
    for (Path repository : children(results)) {
      for (Path runs : children(repository)) {
        String name = runs.getFileName().toString();
        if (name.startsWith(prefix) && KEY.matcher(name).matches()) {
          newest(runs).ifPresent(entry -> found.put(RunKey.ofHex(name), entry));
        }
      }
    }
    return found;
  }

  /**
   * Reads the directory of an entry, of this store or copied from one, unverified.
   *
   * @throws NoSuchFileException if it holds no attestation
   */
  public static StoredEntry entryIn(Path directory) throws IOException {
    return EntryFiles.read(directory);
  }

  /**
   * Holds an entry that was found, so that no process removes it until the hold is closed. Empty:
   * one has already done so.
   */
  public Optional<FileHold> hold(StoredEntry entry) throws IOException {
    Path directory = entry.bundleFile().getParent();
    Optional<FileHold> hold = hold(directory);
    boolean same = false;
    try {
      same = hold.isPresent() && entryIn(directory).equals(entry);
    } finally {
      if (!same && hold.isPresent()) {
        hold.get().close();
      }
    }
    return same ? hold : Optional.empty();
  }

  private Optional<FileHold> hold(Path entry) throws IOException {
    try (FileHold _ = FileHold.shared(changing)) {
      return EntryFiles.areIn(entry)
          ? Optional.of(FileHold.shared(entry.resolve(EntryFiles.LOCK)))
          : Optional.empty();
    }
  }

  /** The results kept of a repository, unverified, the latest first. */
  public List<ListedEntry> list(RepoId repo) throws IOException {
    return list(List.of(directoryOf(repo)));
  }

  /** The results kept of all repositories, unverified, the latest first. */
  public List<ListedEntry> list() throws IOException {
    return list(children(results));
  }

  /** The locations of all kept results, the latest first. */
  public List<Location> locations() throws IOException {
    List<Location> locations = new ArrayList<>();
    for (Path repository : children(results)) {
      locations.addAll(locations(repository));
    }
    locations.sort(Comparator.comparing(Location::kept).reversed());
    return List.copyOf(locations);
  }

  private static List<Location> locations(Path repository) throws IOException {
    List<Location> locations = new ArrayList<>();
    for (Path run : children(repository)) {
      for (Path entry : children(run)) {
        try {
          if (EntryFiles.areIn(entry)) {
            locations.add(locationOf(entry));
          }
        } catch (NoSuchFileException | IllegalArgumentException e) {
          // Another process was faster, or it is none of ours.
          continue;
        }
      }
    }
    locations.sort(Comparator.comparing(Location::kept).reversed());
    return locations;
  }

  private static Location locationOf(Path entry) throws IOException {
    Path run = entry.getParent();
    Path bundle = entry.resolve(EntryFiles.BUNDLE);
    return new Location(
        EntryFiles.owner(entry),
        RunKey.ofHex(run.getFileName().toString()),
        entry,
        Files.exists(bundle) ? Files.size(bundle) : 0,
        Files.getLastModifiedTime(entry).toInstant());
  }

  private static String digestOf(RepoId repo) {
    return Digest.of(repo.text().getBytes(StandardCharsets.UTF_8)).hex();
  }

  /** Dates a result back: it counts as kept then. One that is yet to come changes nothing. */
  public void date(StoredRecord record, Instant kept) throws IOException {
    if (kept.isBefore(Instant.now())) {
      Files.setLastModifiedTime(record.bundleFile().getParent(), FileTime.from(kept));
    }
  }

  /** The location of an open result. */
  public Location locationOf(StoredRecord record) throws IOException {
    return locationOf(record.bundleFile().getParent());
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
    if (!entry.getParent().equals(directoryOf(repo).resolve(attestation.key().hex()))) {
      return Optional.empty();
    }
    FileHold hold = hold(entry).orElseThrow(() -> new NoSuchFileException(entry.toString()));
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
                repo, attestation.key(), entry, attestation.envelope(), attestation.bundle(), hold))
        : Optional.empty();
  }

  /** Opens an open result again, for a user that closes it at another time. */
  public static StoredRecord reopen(StoredRecord record) throws IOException {
    Path entry = record.bundleFile().getParent();
    return stored(
        record.repo(),
        record.key(),
        entry,
        record.attestation(),
        record.bundle(),
        FileHold.shared(entry.resolve(EntryFiles.LOCK)));
  }

  /**
   * Removes a result, unless a process serves it, and records why.
   *
   * @param repo whose it is, where that is known
   * @return whether it is gone
   */
  public boolean remove(Location location, Optional<RepoId> repo, Removal.Why why)
      throws IOException {
    try (FileHold _ = FileHold.alone(changing)) {
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
    gone.add(
        new Removal(
            repo,
            location.key(),
            location.bundleBytes(),
            location.kept(),
            Instant.now().truncatedTo(ChronoUnit.MILLIS),
            why));
    return true;
  }

  private static List<ListedEntry> list(List<Path> repositories) throws IOException {
    List<ListedEntry> listed = new ArrayList<>();
    for (Path repository : repositories) {
      for (Path run : children(repository)) {
        for (Path entry : children(run)) {
          try {
            listed.add(
                new ListedEntry(
                    RunKey.ofHex(run.getFileName().toString()),
                    entryIn(entry),
                    Files.size(entry.resolve(EntryFiles.BUNDLE)),
                    Files.getLastModifiedTime(entry).toInstant()));
          } catch (NoSuchFileException e) {
            // Retention of another process was faster.
            continue;
          }
        }
      }
    }
    listed.sort(Comparator.comparing(ListedEntry::kept).reversed());
    return List.copyOf(listed);
  }

  /**
   * Keeps a result, and removes those that retention does not keep.
   *
   * <p>The bundle's file is moved or copied into the store. An existing result stays as it is, with
   * its time updated.
   */
  public StoredRecord keep(VerifiedRecord record) throws IOException {
    Attestation attestation = record.attestation().envelope();
    RepoId repo = record.record().inputs().repo();
    RunKey key = record.record().inputs().key();
    Path entry = directoryOf(repo).resolve(key.hex()).resolve(Digest.of(attestation.bytes()).hex());
    FileHold hold = put(entry, record);
    boolean done = false;
    try {
      if (ownerOf(repo).id().equals(repo)) {
        EntryFiles.disown(entry);
      }
      Files.setLastModifiedTime(entry, FileTime.from(Instant.now()));
      retain(repo);
      Files.setLastModifiedTime(changed, FileTime.from(Instant.now()));
      done = true;
      return stored(repo, key, entry, attestation, record.attestation().bundle(), hold);
    } finally {
      if (!done) {
        hold.close();
      }
    }
  }

  /** Has the result at its place, and holds it. */
  private FileHold put(Path entry, VerifiedRecord record) throws IOException {
    Optional<FileHold> there = hold(entry);
    boolean done = false;
    try {
      if (there.isPresent() && EntryFiles.hold(entry, record)) {
        done = true;
        return there.get();
      }
      try (ScratchDirectory made = stage()) {
        EntryFiles.write(made.path(), record, staging);
        RepoId repo = record.record().inputs().repo();
        RepoId owning = ownerOf(repo).id();
        if (!owning.equals(repo)) {
          EntryFiles.own(made.path(), digestOf(owning));
        }
        if (there.isEmpty()) {
          there = Optional.of(addOrHold(entry, made));
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

  /**
   * Moves a new entry to its place, unless another process was faster, and holds the entry there.
   */
  private FileHold addOrHold(Path entry, ScratchDirectory made) throws IOException {
    try (FileHold _ = FileHold.alone(changing)) {
      if (!EntryFiles.areIn(entry)) {
        ScratchDirectory.createPrivate(entry.getParent());
        EntryFiles.delete(entry);
        made.moveTo(entry);
      }
      return FileHold.shared(entry.resolve(EntryFiles.LOCK));
    }
  }

  /** Removes every entry of the run that no process serves, because it does not hold. */
  public void drop(RepoId repo, RunKey key) throws IOException {
    try (FileHold _ = FileHold.alone(changing)) {
      for (Path entry : newestFirst(directoryOf(repo).resolve(key.hex()))) {
        removeChanging(locationOf(entry), Optional.of(repo), Removal.Why.REFUSED);
      }
    }
  }

  private static Optional<StoredEntry> newest(Path runs) throws IOException {
    for (Path entry : newestFirst(runs)) {
      try {
        return Optional.of(entryIn(entry));
      } catch (NoSuchFileException e) {
        // Retention of another process was faster: look at the next.
        continue;
      }
    }
    return Optional.empty();
  }

  private static StoredRecord stored(
      RepoId repo, RunKey key, Path entry, Attestation attestation, Content bundle, FileHold hold) {
    return new StoredRecord(
        repo,
        key,
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

  private void retain(RepoId repo) throws IOException {
    Optional<FileHold> ours = FileHold.tryShared(keeper);
    if (ours.isEmpty()) {
      return;
    }
    try (FileHold _ = ours.get();
        FileHold _ = FileHold.alone(changing)) {
      Path repository = directoryOf(repo);
      String owning = digestOf(ownerOf(repo).id());
      // In all of them: a clone that calls itself otherwise each time keeps no more for it.
      List<Location> owned =
          locations().stream().filter(location -> location.owner().equals(owning)).toList();
      for (Retention.Excess excess : retention.excess(owned, Instant.now())) {
        boolean here = excess.entry().directory().startsWith(repository);
        removeChanging(excess.entry(), here ? Optional.of(repo) : Optional.empty(), excess.why());
      }
      for (Path run : children(repository)) {
        if (KEY.matcher(run.getFileName().toString()).matches()) {
          removeHalfRemoved(run);
        }
        removeIfEmpty(run);
      }
    }
  }

  /** Of processes that were killed while they removed an entry. */
  private static void removeHalfRemoved(Path run) throws IOException {
    for (Path entry : children(run)) {
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
    if (children(directory).isEmpty()) {
      Files.deleteIfExists(directory);
    }
  }

  private Path directoryOf(RepoId repo) {
    return results.resolve(digestOf(repo));
  }

  private static List<Path> newestFirst(Path runs) throws IOException {
    return children(runs).stream()
        .sorted(Comparator.comparing(Store::modified).reversed())
        .toList();
  }

  static List<Path> children(Path directory) throws IOException {
    List<Path> children = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      stream.forEach(children::add);
    } catch (NoSuchFileException e) {
      return List.of();
    }
    return children;
  }

  static FileTime modified(Path path) {
    try {
      return Files.getLastModifiedTime(path);
    } catch (IOException e) {
      // It has just gone: the oldest there is.
      return FileTime.fromMillis(0);
    }
  }
}
