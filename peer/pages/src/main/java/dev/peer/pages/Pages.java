package dev.peer.pages;

import dev.peer.core.access.AccessRules;
import dev.peer.core.access.Verb;
import dev.peer.core.id.Printable;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.record.MalformedException;
import dev.peer.core.store.ResultUse;
import dev.peer.core.store.StoredRecord;
import dev.peer.core.trust.Identity;
import dev.peer.http.HttpCall;
import dev.peer.http.ProblemException;
import dev.peer.wire.PercentEncoding;
import dev.peer.wire.Problem;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Answers requests for pages. Nobody gets a page about a result that he may not fetch. */
public final class Pages {

  private static final String BYTES = "application/octet-stream";

  /** Results unpacked at once. */
  private static final int MOST_OPEN = 4;

  private static final Duration AGAIN = Duration.ofSeconds(2);

  private final Supplier<AccessRules> rules;
  private final ResultJudge judge;
  private final Optional<DaemonSource> daemon;
  private final RunPages runPages;
  private final Semaphore opening = new Semaphore(MOST_OPEN);

  /**
   * Loads nothing yet.
   *
   * @param rules supplies the current rules
   * @param judge verifies a result before it is shown
   * @param daemon the daemon that serves; empty: no daemon does
   */
  public Pages(Supplier<AccessRules> rules, ResultJudge judge, Optional<DaemonSource> daemon) {
    this.rules = rules;
    this.judge = judge;
    this.daemon = daemon;
    this.runPages = new RunPages(rules);
  }

  /** Whether it is a path of pages, or the one that a browser asks first. */
  public static boolean has(String path) {
    return path.equals("/") || path.startsWith(PagePath.ROOT);
  }

  /** Answers a request for such a path. */
  public void serve(HttpCall call, ResultSource results, RunSource runs) throws IOException {
    try {
      if (call.path().equals("/")) {
        PageReplies.toRoot(call);
      } else {
        serve(call, PageReplies.path(call), results, runs);
      }
    } catch (ProblemException e) {
      PageReplies.problem(call, PageFrame.SERVED, e);
    }
  }

  private void serve(HttpCall call, PagePath path, ResultSource results, RunSource runs)
      throws ProblemException, IOException {
    call.setTemplate(path.template());
    PageReplies.requireRead(call);
    switch (path) {
      case PagePath.Style _ -> PageReplies.style(call);
      case PagePath.Script _ -> PageReplies.script(call);
      case PagePath.Results _ -> list(call, results, runs);
      case PagePath.Run(RunKey key) -> made(() -> runPages.page(call, runs, results, key));
      case PagePath.RunEvents(RunKey key) -> runPages.events(call, runs, key);
      case PagePath.Daemon _ ->
          made(() -> daemon(call, daemon.orElseThrow(ProblemException::noSuchPath), runs));
      case PagePath.Result(RunKey key) -> {
        StoredRecord record = record(call, results, key);
        open(record, opened -> PageReplies.page(call, page(record, opened)));
      }
      case PagePath.Output(RunKey key, var stream) ->
          open(
              record(call, results, key),
              opened ->
                  attachment(call, opened.verified().files().output(stream), stream + ".txt"));
      case PagePath.File(RunKey key, String artifact) ->
          open(
              record(call, results, key),
              opened ->
                  attachment(
                      call,
                      opened.artifact(artifact).orElseThrow(() -> noSuchArtifact(artifact)),
                      artifact.substring(artifact.lastIndexOf('/') + 1)));
    }
  }

  private void list(HttpCall call, ResultSource results, RunSource runs)
      throws ProblemException, IOException {
    call.require(rules, Verb.FETCH);
    ListQuery query;
    try {
      query = ListQuery.parse(call.query());
    } catch (MalformedException e) {
      throw ProblemException.of(e);
    }
    var served = results.all();
    AccessRules current = rules.get();
    Set<RepoId> admitted =
        served.stream()
            .map(StoredRecord::repo)
            .distinct()
            .filter(repo -> current.admits(Verb.FETCH, call.caller(), repo))
            .collect(Collectors.toSet());
    for (RepoId repo : admitted) {
      // So the answer is cut off if the rules change while it is sent.
      call.require(rules, Verb.FETCH, repo);
    }
    PageReplies.page(
        call,
        Documents.list(
            ListView.of(served, admitted, query, call.caller().id().text()),
            runPages.list(call, runs),
            daemon.isPresent()));
  }

  /** Each reader sees what is about the repositories that he may fetch from. */
  private void daemon(HttpCall call, DaemonSource source, RunSource runs)
      throws ProblemException, IOException {
    call.require(rules, Verb.FETCH);
    DaemonView whole =
        source.now().orElseThrow(() -> ProblemException.busy("the daemon is starting", AGAIN));
    AccessRules current = rules.get();
    Identity reader = call.caller();
    DaemonView seen =
        current.fetch().admitsEverywhere(reader)
            ? whole
            : whole.about(repo -> current.admits(Verb.FETCH, reader, repo));
    for (RepoId repo : seen.repos()) {
      call.require(rules, Verb.FETCH, repo);
    }
    PageReplies.page(call, Documents.daemon(seen, runPages.list(call, runs), reader.id().text()));
  }

  /** Bounds how many pages are made at once that take a while. */
  private void made(Page page) throws ProblemException, IOException {
    if (!opening.tryAcquire()) {
      throw ProblemException.busy(MOST_OPEN + " pages are made at once", AGAIN);
    }
    try {
      page.make();
    } finally {
      opening.release();
    }
  }

  @FunctionalInterface
  private interface Page {
    void make() throws ProblemException, IOException;
  }

  /** A result that is served, and that the caller may fetch. */
  private StoredRecord record(HttpCall call, ResultSource results, RunKey key)
      throws ProblemException {
    call.require(rules, Verb.FETCH);
    StoredRecord record = results.withKey(key).orElseThrow(() -> noSuchResult(key));
    call.require(rules, Verb.FETCH, record.repo());
    return record;
  }

  private byte[] page(StoredRecord record, OpenedResult opened)
      throws MalformedException, IOException {
    return Documents.result(
        ResultView.of(
            opened.verified(),
            rules.get().sign(),
            judge.acceptance(),
            Optional.of(ResultUse.of(record))),
        PageFrame.SERVED);
  }

  private void open(StoredRecord record, Answer answer) throws ProblemException, IOException {
    if (!opening.tryAcquire()) {
      throw ProblemException.busy(MOST_OPEN + " results are shown at once", AGAIN);
    }
    try (OpenedResult opened = OpenedResult.of(record, judge)) {
      answer.send(opened);
    } catch (NoSuchFileException e) {
      throw noSuchResult(record.key());
    } catch (MalformedException e) {
      throw new ProblemException(
          Problem.Kind.UNVERIFIED, "the output is malformed: " + e.getMessage());
    } finally {
      opening.release();
    }
  }

  @FunctionalInterface
  private interface Answer {
    void send(OpenedResult opened) throws ProblemException, MalformedException, IOException;
  }

  /** What a run wrote is for a file, and never for the browser to show. */
  private static void attachment(HttpCall call, Path file, String name) throws IOException {
    PageReplies.protect(call);
    call.set("Content-Security-Policy", "default-src 'none'; sandbox");
    call.set("Content-Disposition", "attachment; filename*=UTF-8''" + PercentEncoding.encode(name));
    try (FileChannel channel = FileChannel.open(file)) {
      call.answer(200, BYTES, channel, 0, channel.size());
    }
  }

  private static ProblemException noSuchResult(RunKey key) {
    return new ProblemException(Problem.Kind.NO_SUCH_RESULT, "this peer does not hold run " + key);
  }

  private static ProblemException noSuchArtifact(String path) {
    return new ProblemException(
        Problem.Kind.NO_SUCH_FILE, "the run left no file " + Printable.of(path));
  }
}
