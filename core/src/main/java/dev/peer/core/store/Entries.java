package dev.peer.core.store;

import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.scratch.FileHold;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The entries of a store: finds, lists and holds them. All of them are unverified.
 *
 * <p>Another process may remove an entry at any time, unless it is held.
 */
public final class Entries {

  private final StoreLayout layout;

  Entries(StoreLayout layout) {
    this.layout = layout;
  }

  /** The newest entry for the run, unverified. */
  public Optional<StoredEntry> find(RepoId repo, RunKey key) throws IOException {
    return newest(layout.directoryOf(repo).resolve(key.hex()));
  }

  /**
   * The newest entry of each run whose key begins so, unverified.
   *
   * @param prefix hexadecimal digits, from none to all of a key's
   */
  public SortedMap<RunKey, StoredEntry> findByPrefix(String prefix) throws IOException {
    SortedMap<RunKey, StoredEntry> found = new TreeMap<>();
    for (Path repository : StoreLayout.children(layout.results())) {
      for (Path runs : StoreLayout.children(repository)) {
        String name = runs.getFileName().toString();
        if (name.startsWith(prefix) && StoreLayout.isOfARun(runs)) {
          newest(runs).ifPresent(entry -> found.put(RunKey.ofHex(name), entry));
        }
      }
    }
    return found;
  }

  /**
   * Reads the directory of an entry, of a store or copied from one.
   *
   * @throws NoSuchFileException if it holds no attestation
   */
  public static StoredEntry read(Path directory) throws IOException {
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
      same = hold.isPresent() && read(directory).equals(entry);
    } finally {
      if (!same && hold.isPresent()) {
        hold.get().close();
      }
    }
    return same ? hold : Optional.empty();
  }

  /** Holds the entry in a directory, if there is one. */
  Optional<FileHold> hold(Path entry) throws IOException {
    try (FileHold _ = FileHold.shared(layout.changing())) {
      return EntryFiles.areIn(entry)
          ? Optional.of(FileHold.shared(entry.resolve(EntryFiles.LOCK)))
          : Optional.empty();
    }
  }

  /** The results kept of a repository, unverified, the latest first. */
  public List<ListedEntry> list(RepoId repo) throws IOException {
    return list(List.of(layout.directoryOf(repo)));
  }

  /** The results kept of all repositories, unverified, the latest first. */
  public List<ListedEntry> list() throws IOException {
    return list(StoreLayout.children(layout.results()));
  }

  /** The locations of all kept results, the latest first. */
  public List<Location> locations() throws IOException {
    return locations(StoreLayout.children(layout.results()));
  }

  /**
   * The locations of the results that a repository of this machine owns, the latest first.
   *
   * @param repositories the directories to look in
   */
  List<Location> owned(RepoId owner, List<Path> repositories) throws IOException {
    String owning = StoreLayout.digestOf(owner);
    return locations(repositories).stream()
        .filter(location -> location.owner().equals(owning))
        .toList();
  }

  /** The locations of the results kept of a repository, the latest first. */
  List<Location> locations(RepoId repo) throws IOException {
    return locations(List.of(layout.directoryOf(repo)));
  }

  /** The latest first. */
  private static List<Location> locations(List<Path> repositories) throws IOException {
    List<Location> locations = new ArrayList<>();
    for (Path repository : repositories) {
      for (Path run : StoreLayout.children(repository)) {
        for (Path entry : StoreLayout.children(run)) {
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
    }
    locations.sort(Comparator.comparing(Location::kept).reversed());
    return List.copyOf(locations);
  }

  /** The location of an open result. */
  public Location locationOf(StoredRecord record) throws IOException {
    return locationOf(record.bundleFile().getParent());
  }

  static Location locationOf(Path entry) throws IOException {
    Path run = entry.getParent();
    Path bundle = entry.resolve(EntryFiles.BUNDLE);
    return new Location(
        EntryFiles.owner(entry),
        EntryFiles.targets(entry),
        RunKey.ofHex(run.getFileName().toString()),
        entry,
        Files.exists(bundle) ? Files.size(bundle) : 0,
        Files.getLastModifiedTime(entry).toInstant());
  }

  private static List<ListedEntry> list(List<Path> repositories) throws IOException {
    List<ListedEntry> listed = new ArrayList<>();
    for (Path repository : repositories) {
      for (Path run : StoreLayout.children(repository)) {
        for (Path entry : StoreLayout.children(run)) {
          try {
            listed.add(
                new ListedEntry(
                    RunKey.ofHex(run.getFileName().toString()),
                    read(entry),
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

  private static Optional<StoredEntry> newest(Path runs) throws IOException {
    for (Path entry : newestFirst(runs)) {
      try {
        return Optional.of(read(entry));
      } catch (NoSuchFileException e) {
        // Retention of another process was faster: look at the next.
        continue;
      }
    }
    return Optional.empty();
  }

  static List<Path> newestFirst(Path runs) throws IOException {
    return StoreLayout.children(runs).stream()
        .sorted(Comparator.comparing(StoreLayout::modified).reversed())
        .toList();
  }
}
