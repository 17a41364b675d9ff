package dev.peer.pages;

import dev.peer.core.progress.TimeSpans;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The page of a run in progress.
 *
 * @param about which run it is
 * @param state how far it has got
 * @param stages what the stages before and after the test put out
 * @param output what the test put out
 * @param events where what comes next is
 */
public record RunView(
    About about, LiveState state, LogLines stages, LogLines output, String events) {

  /**
   * Which run it is.
   *
   * @param goal mk's target and further arguments
   * @param link its page
   */
  public record About(String goal, String repo, String key, Instant since, String link) {

    static About of(RunInProgress run) {
      return new About(
          run.goal(),
          run.repo().text(),
          run.key().hex(),
          run.since().truncatedTo(ChronoUnit.SECONDS),
          new PagePath.Run(run.key()).text());
    }

    public String age() {
      return TimeSpans.ago(Duration.between(since, Instant.now()));
    }
  }

  /** Of a run, as far as it was read. */
  static RunView of(RunInProgress run, LiveLog log) {
    LogLines stages = log.stages().take();
    LogLines output = log.output().take();
    LogPosition shown = new LogPosition(stages.whole().size(), output.whole().size());
    return new RunView(
        About.of(run),
        LiveState.of(run, log),
        stages,
        output,
        new PagePath.RunEvents(run.key()).text() + "?after=" + shown.text());
  }
}
