package dev.peer.schedule;

import dev.peer.core.progress.Notices;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.daemon.RunQueue;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Handles the commits and the crontabs of watched repositories, whenever it is told to look. It
 * runs what is due once: the newest commit, and each line's last due time. It reports what was
 * overtaken, and does not run it.
 */
public final class Schedule {

  private final List<WatchedRepository> repositories = new ArrayList<>();
  private final Clock clock;

  /**
   * Does nothing until it is told to.
   *
   * @param state the directory for its state; no other schedule may use it
   * @param watched the repositories' roots; they need not be there
   * @param queue does the due runs
   * @param made supplies new crontabs
   * @param clock the time, and the time zone of crontabs that say none
   * @param notices told of new, missed and overtaken runs
   */
  public Schedule(
      Path state,
      List<Path> watched,
      RunQueue queue,
      MadeCrontabs made,
      Clock clock,
      Notices notices)
      throws IOException {
    this.clock = clock;
    List<Path> directories =
        watched.stream().map(path -> path.toAbsolutePath().normalize()).distinct().toList();
    ScratchDirectory.createPrivate(state);
    forgetOthers(state, directories);
    for (Path directory : directories) {
      repositories.add(
          new WatchedRepository(directory, state, queue, made, clock.getZone(), notices));
    }
  }

  private static void forgetOthers(Path state, List<Path> directories) throws IOException {
    Set<String> ours = directories.stream().map(WatchStateFile::name).collect(Collectors.toSet());
    try (DirectoryStream<Path> files = Files.newDirectoryStream(state)) {
      for (Path file : files) {
        if (!ours.contains(file.getFileName().toString())) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  /** Reports the initial state. */
  public synchronized void begin() {
    repositories.forEach(repository -> repository.begin(clock.instant()));
  }

  /** Queues everything that is due. */
  public synchronized void look() {
    repositories.forEach(repository -> repository.look(clock.instant()));
  }

  /** The status of each repository. */
  public synchronized List<WatchStatus> status() {
    return repositories.stream().map(repository -> repository.status(clock.instant())).toList();
  }
}
