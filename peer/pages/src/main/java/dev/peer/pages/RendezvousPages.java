package dev.peer.pages;

import dev.peer.core.access.AccessRules;
import dev.peer.core.access.Verb;
import dev.peer.core.id.RunKey;
import dev.peer.core.record.MalformedException;
import dev.peer.http.HttpCall;
import dev.peer.http.ProblemException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Answers requests for pages of a rendezvous. Nobody gets a page about a repository whose results
 * he may not look up. A reader names the repository: a rendezvous does not know their names.
 */
public final class RendezvousPages {

  /** Pages that are made at once. */
  private static final int MOST_MADE = 4;

  private static final Duration AGAIN = Duration.ofSeconds(1);

  private final Supplier<AccessRules> rules;
  private final AnnouncementSource source;
  private final Semaphore making = new Semaphore(MOST_MADE);

  /**
   * Loads nothing yet.
   *
   * @param rules supplies the current rules
   */
  public RendezvousPages(Supplier<AccessRules> rules, AnnouncementSource source) {
    this.rules = rules;
    this.source = source;
  }

  /** Answers a request for a path that {@link Pages#has}. */
  public void serve(HttpCall call) throws IOException {
    try {
      if (call.path().equals("/")) {
        PageReplies.toRoot(call);
      } else {
        answer(call);
      }
    } catch (ProblemException e) {
      PageReplies.problem(call, PageFrame.RENDEZVOUS, e);
    }
  }

  private void answer(HttpCall call) throws ProblemException, IOException {
    PagePath path = PageReplies.path(call);
    call.setTemplate(path.template());
    PageReplies.requireRead(call);
    switch (path) {
      case PagePath.Style _ -> PageReplies.style(call);
      case PagePath.Results _ -> announcements(call);
      default -> throw ProblemException.noSuchPath();
    }
  }

  private void announcements(HttpCall call) throws ProblemException, IOException {
    call.require(rules, Verb.FETCH);
    Optional<RepositoryQuery> query;
    try {
      query = RepositoryQuery.parse(call.query());
    } catch (MalformedException e) {
      throw ProblemException.of(e);
    }
    if (query.isPresent()) {
      call.require(rules, Verb.FETCH, query.get().repo());
    }
    if (!making.tryAcquire()) {
      throw ProblemException.busy(MOST_MADE + " pages are made at once", AGAIN);
    }
    try {
      PageReplies.page(
          call,
          query.isPresent()
              ? Documents.announcements(
                  AnnouncementView.of(
                      query.get(), found(query.get()), source.hits(query.get().repo())))
              : Documents.rendezvous(source.status()));
    } finally {
      making.release();
    }
  }

  private Announced found(RepositoryQuery query) throws ProblemException {
    Optional<RunKey> run = query.run();
    return run.isPresent()
        ? Announced.of(run.get(), source.of(query.repo(), run.get()))
        : source.of(query.repo(), AnnouncementView.MOST);
  }
}
