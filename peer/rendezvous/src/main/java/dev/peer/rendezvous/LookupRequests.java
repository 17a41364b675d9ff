package dev.peer.rendezvous;

import dev.peer.core.access.AccessRules;
import dev.peer.core.access.Verb;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.record.MalformedException;
import dev.peer.http.HttpCall;
import dev.peer.http.ProblemException;
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
import java.util.List;
import java.util.function.Supplier;

/** The requests that look something up in the index, and the reports about the holders found. */
final class LookupRequests implements AutoCloseable {

  private final Supplier<AccessRules> rules;
  private final HolderIndex index;
  private final RateLimit rateLimit;
  private final Reports reports;
  private final EventStreams streams;

  /**
   * Has answered none yet.
   *
   * @param reports counts those that come here
   * @param quiet the time without an event after which a stream carries a comment
   */
  LookupRequests(
      Supplier<AccessRules> rules,
      HolderIndex index,
      RateLimit rateLimit,
      Reports reports,
      Duration quiet) {
    this.rules = rules;
    this.index = index;
    this.rateLimit = rateLimit;
    this.reports = reports;
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
    call.requireMethod("POST");
    call.require(rules, Verb.FETCH, about.repo());
    rateLimit.require(call, 1);
    HolderReport report = HolderReport.parse(call.body(Limits.REQUEST_BODY));
    boolean named =
        index.holders(about.repo(), about.key()).stream()
            .anyMatch(
                entry -> entry.state() == ResultState.PASSED && entry.peer().equals(report.peer()));
    if (!named) {
      throw new ProblemException(
          Problem.Kind.NO_SUCH_RESULT, report.peer() + " is not named here for " + about.key());
    }
    reports.report(call.caller().id(), report.peer());
    call.answer(204);
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
