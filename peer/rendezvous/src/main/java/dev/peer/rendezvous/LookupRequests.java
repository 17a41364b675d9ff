package dev.peer.rendezvous;

import dev.peer.core.access.AccessRules;
import dev.peer.core.access.Verb;
import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.record.MalformedException;
import dev.peer.http.HttpCall;
import dev.peer.http.ProblemException;
import dev.peer.pages.ToldHit;
import dev.peer.wire.HitReport;
import dev.peer.wire.HolderList;
import dev.peer.wire.HolderReport;
import dev.peer.wire.LargeFilesKey;
import dev.peer.wire.Limits;
import dev.peer.wire.MediaTypes;
import dev.peer.wire.Problem;
import dev.peer.wire.RendezvousPath;
import dev.peer.wire.ResultState;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

/**
 * The requests that look something up in the index, and what callers say of what they found: that a
 * holder failed, or gave a result.
 */
final class LookupRequests implements AutoCloseable {

  private final Supplier<AccessRules> rules;
  private final HolderIndex index;
  private final RateLimit rateLimit;
  private final Reports reports;
  private final Hits hits;
  private final EventStreams streams;

  /**
   * Has answered none yet.
   *
   * @param reports counts those that come here
   * @param hits counts those that come here
   * @param quiet the time without an event after which a stream carries a comment
   */
  LookupRequests(
      Supplier<AccessRules> rules,
      HolderIndex index,
      RateLimit rateLimit,
      Reports reports,
      Hits hits,
      Duration quiet) {
    this.rules = rules;
    this.index = index;
    this.rateLimit = rateLimit;
    this.reports = reports;
    this.hits = hits;
    streams = new EventStreams(quiet);
  }

  /** Who holds the result, or runs it. */
  void find(HttpCall call, RendezvousPath.Result result)
      throws ProblemException, IOException, IndexUnavailableException {
    call.requireNoBody();
    call.require(rules, Verb.FETCH, result.repo());
    List<HolderList.Entry> holders = reports.arranged(index.holders(result.repo(), result.key()));
    if (holders.isEmpty()) {
      throw new ProblemException(
          Problem.Kind.NO_SUCH_RESULT, "no peer here holds run " + result.key());
    }
    answer(call, holders);
  }

  /** Who holds the guest image. */
  void image(HttpCall call, Digest image)
      throws ProblemException, IOException, IndexUnavailableException {
    call.requireMethod("GET", "HEAD");
    call.requireNoBody();
    call.require(rules, Verb.FETCH);
    List<HolderList.Entry> holders = index.holders(image);
    if (holders.isEmpty()) {
      throw new ProblemException(
          Problem.Kind.NO_SUCH_IMAGE, "no peer here holds the guest image " + image);
    }
    answer(call, holders);
  }

  /** The changes of a repository, until the caller is gone. */
  void events(HttpCall call, RepoId repo) throws ProblemException, IOException {
    call.requireMethod("GET");
    call.requireNoBody();
    call.require(rules, Verb.FETCH, repo);
    streams.serve(
        call, after -> new ResultsOnly(index.follow(repo, after), LargeFilesKey.of(repo)));
  }

  /** A holder that is named here failed for the caller. */
  void report(HttpCall call, RendezvousPath.Reports about)
      throws ProblemException, IOException, MalformedException, IndexUnavailableException {
    HolderReport report = HolderReport.parse(told(call, about.repo()));
    reports.report(call.caller().id(), named(about.repo(), about.key(), report.peer()));
    call.answer(204);
  }

  /** The caller took a result of a holder that is named here instead of a run. */
  void hit(HttpCall call, RendezvousPath.Hits about)
      throws ProblemException, IOException, MalformedException, IndexUnavailableException {
    HitReport hit = HitReport.parse(told(call, about.repo()));
    PeerId holder = named(about.repo(), about.key(), hit.peer());
    hits.add(
        about.repo(),
        new ToldHit(about.key(), call.caller().id(), holder, Instant.now(), hit.saved()));
    call.answer(204);
  }

  /** The body of a statement about a result, of a caller who may look it up. */
  private byte[] told(HttpCall call, RepoId repo) throws ProblemException, IOException {
    call.requireMethod("POST");
    call.require(rules, Verb.FETCH, repo);
    rateLimit.require(call, 1);
    return call.body(Limits.REQUEST_BODY);
  }

  /** The holder, as lookups name it. */
  private PeerId named(RepoId repo, RunKey key, PeerId holder)
      throws ProblemException, IndexUnavailableException {
    return index.holders(repo, key).stream()
        .filter(entry -> entry.state() == ResultState.PASSED)
        .map(HolderList.Entry::peer)
        .filter(holder::equals)
        .findFirst()
        .orElseThrow(
            () ->
                new ProblemException(
                    Problem.Kind.NO_SUCH_RESULT, holder + " is not named here for " + key));
  }

  static void answer(HttpCall call, List<HolderList.Entry> holders) throws IOException {
    call.set("Cache-Control", "no-store");
    call.answer(200, MediaTypes.JSON, new HolderList(holders).json());
  }

  /** Ends all streams. */
  @Override
  public void close() {
    streams.close();
  }
}
