package dev.peer.pages;

import dev.peer.core.id.RepoId;
import dev.peer.core.progress.TimeSpans;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What a daemon does and keeps now, or as much of it as a reader may see.
 *
 * @param queue the runs that have not ended, the first first
 * @param watched the clones whose commits and crontabs it runs
 * @param kept what it keeps of repositories for later runs
 * @param machine what belongs to no repository; empty: the reader may not see it
 */
public record DaemonView(
    List<QueueRow> queue,
    List<WatchedRow> watched,
    List<KeptRow> kept,
    Optional<MachineFigures> machine) {

  /**
   * A run that has not ended.
   *
   * @param repo whose; empty: not known yet
   * @param target mk's target and further arguments
   * @param revision the beginning of its id
   * @param state what it does, for people
   * @param reason why it is to run, for people
   * @param since when it got its machine; without one, when the daemon accepted it
   */
  public record QueueRow(
      Optional<RepoId> repo,
      String target,
      String revision,
      String state,
      String reason,
      Instant since) {

    public String repoText() {
      return name(repo);
    }

    public String age() {
      return DaemonView.age(since);
    }
  }

  /**
   * A clone that is watched.
   *
   * @param repo whose; empty: it cannot be told
   * @param commit the beginning of the id that was seen last; empty: none was
   * @param isReadable whether it can be watched now
   * @param crontab the lines in force, each with its time zone and when it is due next
   * @param faults what is wrong with the lines that are left out
   */
  public record WatchedRow(
      Optional<RepoId> repo,
      Optional<String> commit,
      boolean isReadable,
      List<String> crontab,
      List<String> faults) {

    /** Copies the lists. */
    public WatchedRow {
      crontab = List.copyOf(crontab);
      faults = List.copyOf(faults);
    }

    public String repoText() {
      return name(repo);
    }
  }

  /**
   * Something that is kept of a repository.
   *
   * @param what it is, for people
   */
  public record KeptRow(RepoId repo, String what, Instant used, long bytes) {

    public String age() {
      return DaemonView.age(used);
    }

    public String size() {
      return Sizes.text(bytes);
    }
  }

  /**
   * What belongs to no repository.
   *
   * @param jobs how many runs have a machine now, and how many may have one, for people
   * @param ready the machine that waits for the next run, for people; empty: none is to wait
   * @param dropped why kept disks were dropped lately
   */
  public record MachineFigures(String jobs, Optional<String> ready, List<DroppedRow> dropped) {

    /** Copies the list. */
    public MachineFigures {
      dropped = List.copyOf(dropped);
    }
  }

  /** A kept disk that was dropped. */
  public record DroppedRow(RepoId repo, Instant when, String why) {

    public String age() {
      return DaemonView.age(when);
    }
  }

  /** Copies the lists. */
  public DaemonView {
    queue = List.copyOf(queue);
    watched = List.copyOf(watched);
    kept = List.copyOf(kept);
  }

  /**
   * The part that is about some repositories alone. What is not known to be about one of them is
   * left out, and so is what belongs to no repository.
   */
  DaemonView about(Predicate<RepoId> repos) {
    return new DaemonView(
        queue.stream().filter(row -> row.repo().filter(repos).isPresent()).toList(),
        watched.stream().filter(row -> row.repo().filter(repos).isPresent()).toList(),
        kept.stream().filter(row -> repos.test(row.repo())).toList(),
        Optional.empty());
  }

  /** The repositories that it is about. */
  List<RepoId> repos() {
    return Stream.of(
            queue.stream().flatMap(row -> row.repo().stream()),
            watched.stream().flatMap(row -> row.repo().stream()),
            kept.stream().map(KeptRow::repo),
            machine.stream().flatMap(all -> all.dropped().stream()).map(DroppedRow::repo))
        .flatMap(repos -> repos)
        .distinct()
        .toList();
  }

  private static String name(Optional<RepoId> repo) {
    return repo.map(RepoId::text).orElse("not known");
  }

  private static String age(Instant time) {
    return TimeSpans.ago(Duration.between(time, Instant.now()));
  }
}
