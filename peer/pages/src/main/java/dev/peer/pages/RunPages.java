package dev.peer.pages;

import dev.peer.core.access.AccessRules;
import dev.peer.core.access.Verb;
import dev.peer.core.id.RunKey;
import dev.peer.core.record.MalformedException;
import dev.peer.core.store.StoredRecord;
import dev.peer.http.HttpCall;
import dev.peer.http.ProblemException;
import dev.peer.wire.Limits;
import dev.peer.wire.MediaTypes;
import dev.peer.wire.Problem;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Shows runs in progress to those who may follow them: who may fetch from their repository. */
final class RunPages {

  private final Supplier<AccessRules> rules;

  RunPages(Supplier<AccessRules> rules) {
    this.rules = rules;
  }

  /** Those that the caller may follow. */
  List<RunView.About> list(HttpCall call, RunSource runs) throws ProblemException {
    AccessRules current = rules.get();
    List<RunInProgress> admitted =
        runs.running().stream()
            .filter(run -> current.admits(Verb.FETCH, call.caller(), run.repo()))
            .toList();
    for (RunInProgress run : admitted) {
      call.require(rules, Verb.FETCH, run.repo());
    }
    return admitted.stream().map(RunView.About::of).toList();
  }

  /** Answers with the run as it is now, or sends the browser to the result that came of it. */
  void page(HttpCall call, RunSource runs, ResultSource results, RunKey key)
      throws ProblemException, IOException {
    call.require(rules, Verb.FETCH);
    Optional<RunInProgress> run = runs.runningWithKey(key);
    if (run.isEmpty()) {
      StoredRecord result = results.withKey(key).orElseThrow(() -> noSuchRun(key));
      call.require(rules, Verb.FETCH, result.repo());
      call.set("Location", new PagePath.Result(key).text());
      call.answer(303);
      return;
    }
    try (LiveLog log = opened(call, run.get())) {
      log.read(Duration.ZERO);
      PageReplies.livePage(call, Documents.run(RunView.of(run.get(), log)));
    } catch (InterruptedException e) {
      throw (IOException) new InterruptedIOException("the reader is refused").initCause(e);
    }
  }

  /** Answers with what comes, until the run ends or the browser leaves. */
  void events(HttpCall call, RunSource runs, RunKey key) throws ProblemException, IOException {
    call.requireMethod("GET");
    call.require(rules, Verb.FETCH);
    LogPosition has = position(call);
    RunInProgress run = runs.runningWithKey(key).orElseThrow(() -> noSuchRun(key));
    try (LiveLog log = opened(call, run)) {
      PageReplies.protect(call);
      call.answer(200, MediaTypes.EVENTS, new RunEvents(run, log, has)::sendTo);
    }
  }

  private LiveLog opened(HttpCall call, RunInProgress run) throws ProblemException {
    call.require(rules, Verb.FETCH, run.repo());
    return new LiveLog(
        run.onlooker()
            .orElseThrow(
                () ->
                    new ProblemException(
                        Problem.Kind.TOO_MANY, "at most " + Limits.FOLLOWERS + " look on")));
  }

  /** A browser that comes back after a broken connection says how far it has got. */
  private static LogPosition position(HttpCall call) throws ProblemException {
    try {
      Optional<String> last = call.header("Last-Event-ID");
      return LogPosition.parse(
              last.isPresent() ? last.get() : FormQuery.parse(call.query()).text("after"))
          .orElseThrow(() -> new MalformedException("after: a position such as 0-0 was expected"));
    } catch (MalformedException e) {
      throw ProblemException.of(e);
    }
  }

  private static ProblemException noSuchRun(RunKey key) {
    return new ProblemException(
        Problem.Kind.NO_SUCH_RUN, "the run " + key + " is not in progress here; it may have ended");
  }
}
