package dev.peer.schedule;

import dev.peer.core.flow.Notices;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.daemon.RunQueue;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Sees to the commits and the crontabs of watched repositories, whenever it is told to look. What
 * is due runs once: the newest commit; of each line the last time that has come. What was overtaken
 * meanwhile is said and not run.
 */
public final class Schedule {

  private final List<WatchedRepository> repositories = new ArrayList<>();
  private final InstantSource clock;

  /**
   * Does nothing until it is told to.
   *
   * @param state where it keeps what it has seen, of these repositories alone; no other schedule
   *     may use it
   * @param watched the repositories' roots; they need not be there
   * @param queue does what is due
   * @param made where those who make crontabs leave them
   * @param zone the time zone of crontabs that say none
   * @param notices told what is seen, missed and overtaken
   */
  public Schedule(
      Path state,
      List<Path> watched,
      RunQueue queue,
      MadeCrontabs made,
      ZoneId zone,
      InstantSource clock,
      Notices notices)
      throws IOException {
    this.clock = clock;
    List<Path> directories =
        watched.stream().map(path -> path.toAbsolutePath().normalize()).distinct().toList();
    ScratchDirectory.createPrivate(state);
    forgetOthers(state, directories);
    for (Path directory : directories) {
      repositories.add(new WatchedRepository(directory, state, queue, made, zone, notices));
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

  /** Says what it begins with. */
  public synchronized void begin() {
    repositories.forEach(repository -> repository.begin(clock.instant()));
  }

  /** Has all that is due done. */
  public synchronized void look() {
    repositories.forEach(repository -> repository.look(clock.instant()));
  }

  /** What there is to say of each repository. */
  public synchronized List<WatchStatus> status() {
    return repositories.stream().map(repository -> repository.status(clock.instant())).toList();
  }
}
