package dev.peer.vm.snapshot;

import dev.peer.core.record.MalformedException;
import dev.peer.core.scratch.FileHold;
import dev.peer.core.scratch.ScratchDirectory;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The directories of kept disks.
 *
 * @param root the directory of all of them
 */
record DiskEntries(Path root) {

  private static final String REMOVAL = "gone.json";
  private static final String UNFINISHED = "unfinished";

  /** Where disks of this name are. */
  Path parent(DiskName name) {
    return root.resolve(name.directory());
  }

  /** Where disks are made. */
  Path unfinished() {
    return root.resolve(UNFINISHED);
  }

  /** Says why the last disk in a directory was dropped. */
  static Path removal(Path parent) {
    return parent.resolve(REMOVAL);
  }

  /** A directory for each name. */
  List<Path> parents() throws IOException {
    return children(root).stream().filter(parent -> !parent.endsWith(UNFINISHED)).toList();
  }

  /** All disks, the last used first. */
  List<DiskEntry> all() throws IOException {
    List<DiskEntry> entries = new ArrayList<>();
    for (Path parent : parents()) {
      entries.addAll(in(parent));
    }
    entries.sort(Comparator.comparing((DiskEntry entry) -> entry.used()).reversed());
    return entries;
  }

  /** The disks of one name, the last used first. */
  List<DiskEntry> in(Path parent) throws IOException {
    List<DiskEntry> entries = new ArrayList<>();
    for (Path directory : children(parent)) {
      if (!directory.endsWith(REMOVAL)) {
        read(directory).ifPresent(entries::add);
      }
    }
    entries.sort(Comparator.comparing((DiskEntry entry) -> entry.used()).reversed());
    return entries;
  }

  /** Reads the description of a disk; removes a disk whose description cannot be read. */
  private static Optional<DiskEntry> read(Path directory) throws IOException {
    try {
      return Optional.of(DiskEntry.read(directory));
    } catch (MalformedException | NoSuchFileException e) {
      removeUnlessUsed(directory);
      return Optional.empty();
    }
  }

  private static List<Path> children(Path directory) throws IOException {
    List<Path> children = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      stream.forEach(children::add);
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    }
    return children;
  }

  /** Says whether it is gone. */
  static boolean removeUnlessUsed(Path directory) throws IOException {
    try {
      Optional<FileHold> hold = FileHold.tryAlone(directory.resolve(DiskEntry.LOCK));
      if (hold.isEmpty()) {
        return false;
      }
      try (FileHold _ = hold.get()) {
        ScratchDirectory.delete(directory);
      }
    } catch (NoSuchFileException e) {
      ScratchDirectory.delete(directory);
    }
    return true;
  }
}
