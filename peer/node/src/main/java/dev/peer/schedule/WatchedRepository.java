package dev.peer.schedule;

import dev.peer.core.id.CommitId;
import dev.peer.core.id.Printable;
import dev.peer.core.id.ShortId;
import dev.peer.core.progress.Notices;
import dev.peer.daemon.QueuedRun;
import dev.peer.daemon.Reason;
import dev.peer.daemon.RunOptions;
import dev.peer.daemon.RunQueue;
import dev.peer.daemon.RunRefusedException;
import dev.peer.daemon.RunRequest;
import dev.peer.daemon.RunSubject;
import dev.peer.source.GitRepository;
import dev.peer.source.Revision;
import dev.peer.source.SourceException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/** A repository with its commits and its crontab. For one thread. */
final class WatchedRepository {

  private static final String TARGET = "test";
  private static final String MKFILE = "mkfile";
  private static final int LARGEST_MKFILE = 1 << 20;
  private static final int MOST_OVERTAKEN = 1000;
  private static final Duration LATE = Duration.ofMinutes(1);

  private final Path directory;
  private final RunQueue queue;
  private final MadeCrontabs made;
  private final ZoneId zone;
  private final Notices notices;
  private final WatchStateFile file;
  private WatchState seen;
  private Crontab crontab;
  private Optional<Revision> head = Optional.empty();

  /** Whose crontab is being made, as far as is known. */
  private Optional<Revision> asked = Optional.empty();

  private String trouble = "";

  /**
   * Starts with the state on disk.
   *
   * @param directory its root
   * @param state the directory of its state
   */
  WatchedRepository(
      Path directory, Path state, RunQueue queue, MadeCrontabs made, ZoneId zone, Notices notices)
      throws IOException {
    this.directory = directory;
    this.queue = queue;
    this.made = made;
    this.zone = zone;
    this.notices = text -> notices.say(Printable.plain(directory.toString()) + ": " + text);
    this.file = new WatchStateFile(state, directory);
    this.seen = file.read(this.notices);
    this.crontab = Crontab.parse(seen.crontab(), zone);
  }

  /** Reports its initial state. */
  void begin(Instant now) {
    notices.say(
        "watched"
            + seen.commit().map(commit -> ", seen last: " + ShortId.of(commit.hex())).orElse("")
            + (crontab.lines().isEmpty() ? "" : ", crontab lines: " + crontab.lines().size()));
    sayCrontab(now);
  }

  /** Looks whether there is something to do, and has it done. */
  void look(Instant now) {
    try (GitRepository git = GitRepository.at(directory)) {
      CommitId commit = git.head();
      if (head.isEmpty() || !head.get().commit().equals(commit)) {
        head = Optional.of(git.resolve(commit.hex()));
      }
      look(git, head.get(), now);
      if (!trouble.isEmpty()) {
        trouble = "";
        notices.say("can be read again");
      }
    } catch (SourceException e) {
      say(e.getMessage() + "; it is watched on");
    } catch (IOException | RunRefusedException e) {
      say("not seen to, and tried again: " + e.getMessage());
    } catch (RuntimeException e) {
      say("cannot be watched: " + e);
    }
  }

  /** Reports a problem once. */
  private void say(String wrong) {
    if (!trouble.equals(wrong)) {
      trouble = wrong;
      notices.say("warning: " + wrong);
    }
  }

  private void look(GitRepository git, Revision newest, Instant now)
      throws SourceException, IOException, RunRefusedException {
    if (!seen.commit().equals(Optional.of(newest.commit()))) {
      takeCommit(git, newest);
    }
    for (MadeCrontabs.CrontabFile one : made.take(directory)) {
      if (one.commit().equals(newest.commit())) {
        putInForce(newest, one.text().orElse(""), now);
      }
    }
    if (!seen.crontabOf().equals(Optional.of(newest.tree()))
        && !asked.equals(Optional.of(newest))) {
      askForCrontab(git, newest, now);
    }
    for (CrontabLine line : crontab.lines()) {
      runIfDue(line, newest, now);
    }
  }

  /** The first commit that is ever seen is not new. */
  private void takeCommit(GitRepository git, Revision newest)
      throws SourceException, IOException, RunRefusedException {
    if (seen.commit().isEmpty()) {
      notices.say("its commit " + ShortId.of(newest.commit().hex()) + " counts as seen");
    } else {
      withdrawOvertaken(newest.commit());
      int between = git.countBetween(seen.commit().get(), newest.commit(), MOST_OVERTAKEN);
      RunRequest request =
          RunRequest.of(
              directory, newest.commit().hex(), TARGET, new Reason(Reason.Kind.WATCH, ""));
      if (!isOpen(request::equals)) {
        queue.submit(request);
      }
      notices.say(
          "new commit "
              + ShortId.of(newest.commit().hex())
              + (between == 0 ? "" : "; overtaken: the " + between + " before it"));
    }
    keep(seen.withCommit(newest.commit()));
  }

  private void withdrawOvertaken(CommitId newest) {
    for (QueuedRun run : queue.runs()) {
      RunRequest request = run.request();
      if (isOurs(run, Reason.Kind.WATCH)
          && !request.revision().equals(newest.hex())
          && queue.withdraw(run.id())) {
        notices.say(
            "run "
                + run.id()
                + ": "
                + ShortId.of(request.revision())
                + " is overtaken by "
                + ShortId.of(newest.hex())
                + " before it began");
      }
    }
  }

  private boolean isOurs(QueuedRun run, Reason.Kind kind) {
    return run.state() != QueuedRun.State.ENDED
        && run.request().directory().equals(directory)
        && run.request().reason().kind() == kind;
  }

  private boolean isOpen(Predicate<RunRequest> which) {
    return queue.runs().stream()
        .anyMatch(run -> run.state() != QueuedRun.State.ENDED && which.test(run.request()));
  }

  private void askForCrontab(GitRepository git, Revision newest, Instant now)
      throws SourceException, IOException, RunRefusedException {
    Optional<byte[]> mkfile = git.file(newest, MKFILE, LARGEST_MKFILE);
    if (mkfile.isEmpty() || MkfileText.surelyHasNoRule(mkfile.get(), MadeCrontabs.FILE)) {
      putInForce(newest, "", now);
      return;
    }
    RunRequest request = MadeCrontabs.request(directory, newest.commit());
    if (!isOpen(request::equals)) {
      queue.submit(request);
    }
    asked = Optional.of(newest);
  }

  private void putInForce(Revision of, String text, Instant now) throws IOException {
    Crontab parsed = Crontab.parse(text, zone);
    boolean another = !text.equals(seen.crontab());
    keep(seen.withCrontab(of.tree(), text, parsed));
    crontab = parsed;
    if (another) {
      notices.say(
          "crontab of "
              + ShortId.of(of.commit().hex())
              + (text.isEmpty() ? ": none" : ": lines in force: " + crontab.lines().size()));
      sayCrontab(now);
    }
  }

  private void sayCrontab(Instant now) {
    crontab.faults().forEach(fault -> notices.say("warning: crontab, left out: " + fault));
    crontab.lines().forEach(line -> notices.say("line " + line.number() + ": " + next(line, now)));
  }

  private static String next(CrontabLine line, Instant now) {
    return line
        + line.next(now)
            .map(time -> ", next " + DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(time))
            .orElse("");
  }

  /**
   * Queues a line for its last due time, if its run before is over. It first records the time on
   * disk as handled: a run that is cut off between the two is not run twice.
   */
  private void runIfDue(CrontabLine line, Revision newest, Instant now) throws IOException {
    Instant until = seen.handled().get(line.toString());
    if (until == null) {
      keep(seen.withHandled(line, now));
      return;
    }
    Optional<CrontabLine.Due> due = line.due(until, now);
    Reason reason = new Reason(Reason.Kind.CRONTAB, line.toString());
    if (due.isEmpty()
        || isOpen(one -> one.directory().equals(directory) && one.reason().equals(reason))) {
      return;
    }
    keep(seen.withHandled(line, due.get().last().toInstant()));
    sayMissed(line, due.get(), now);
    try {
      // A line is there to be run, whether or not the same was run before.
      queue.submit(
          new RunRequest(
              new RunSubject(directory, newest.commit().hex(), line.target(), line.arguments()),
              reason,
              RunOptions.FORCED,
              new TreeMap<>()));
    } catch (RunRefusedException | IOException e) {
      notices.say("warning: " + described(line, due.get()) + " is missed: " + e.getMessage());
    }
  }

  private void sayMissed(CrontabLine line, CrontabLine.Due due, Instant now) {
    int missed = due.count() - 1;
    if (missed > 0) {
      notices.say(
          "line "
              + line.number()
              + " ("
              + line
              + ") has missed "
              + (due.isMore() ? "more than " : "")
              + (due.isMore() ? missed - 1 : missed)
              + " runs: the daemon was away, or the run before was not over");
    }
    if (due.last().toInstant().plus(LATE).isBefore(now)) {
      notices.say(described(line, due) + " runs late");
    }
  }

  private static String described(CrontabLine line, CrontabLine.Due due) {
    return "line "
        + line.number()
        + " ("
        + line
        + "), due at "
        + DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(due.last());
  }

  private void keep(WatchState changed) throws IOException {
    file.write(changed);
    seen = changed;
  }

  /** Its status. */
  WatchStatus status(Instant now) {
    List<String> lines =
        crontab.lines().stream()
            .map(line -> "line " + line.number() + ": " + next(line, now))
            .toList();
    return new WatchStatus(directory, seen.commit(), trouble, lines, crontab.faults());
  }
}
