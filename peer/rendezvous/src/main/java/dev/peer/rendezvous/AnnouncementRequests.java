package dev.peer.rendezvous;

import dev.peer.core.access.AccessRules;
import dev.peer.core.access.Verb;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.record.MalformedException;
import dev.peer.http.HttpCall;
import dev.peer.http.ProblemException;
import dev.peer.rendezvous.HolderIndex.AnnounceOutcome;
import dev.peer.rendezvous.HolderIndex.Grant;
import dev.peer.wire.AddressScope;
import dev.peer.wire.AnnouncementQuery;
import dev.peer.wire.HolderList;
import dev.peer.wire.InstanceId;
import dev.peer.wire.LeaseRequest;
import dev.peer.wire.LeaseTerms;
import dev.peer.wire.Limits;
import dev.peer.wire.MediaTypes;
import dev.peer.wire.Problem;
import dev.peer.wire.RendezvousPath;
import dev.peer.wire.ResultState;
import dev.peer.wire.RunEnd;
import dev.peer.wire.RunList;
import dev.peer.wire.RunState;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;

/** The requests that change the index: leases, announcements, and taking them back. */
final class AnnouncementRequests {

  private final Supplier<AccessRules> rules;
  private final HolderIndex index;
  private final RateLimit rateLimit;

  AnnouncementRequests(Supplier<AccessRules> rules, HolderIndex index, RateLimit rateLimit) {
    this.rules = rules;
    this.index = index;
    this.rateLimit = rateLimit;
  }

  void lease(HttpCall call)
      throws ProblemException, IOException, MalformedException, IndexUnavailableException {
    call.requireMethod("PUT", "DELETE");
    call.require(rules, Verb.ANNOUNCE);
    rateLimit.require(call, 1);
    LeaseHolder holder = holder(call);
    if (call.method().equals("DELETE")) {
      call.requireNoBody();
      index.withdraw(holder);
      call.answer(204);
      return;
    }
    LeaseRequest request = reachable(call, LeaseRequest.parse(call.body(Limits.REQUEST_BODY)));
    switch (index.lease(holder, request)) {
      case Grant.New(LeaseTerms terms) -> call.answer(201, MediaTypes.JSON, terms.json());
      case Grant.Renewed(LeaseTerms terms) -> call.answer(200, MediaTypes.JSON, terms.json());
      case Grant.TooMany(int limit) -> throw tooMany(holder.peer(), limit, "leases");
    }
  }

  /** Without the addresses to which others are not to be led. */
  private static LeaseRequest reachable(HttpCall call, LeaseRequest request)
      throws MalformedException {
    try {
      return new LeaseRequest(
          AddressScope.among(request.addresses(), call.isFromThisMachine()),
          request.images(),
          request.relays());
    } catch (IllegalArgumentException e) {
      throw new MalformedException(
          "lease: none of the addresses means this peer to others"
              + " (no loopback or link-local address; port 443, or one from 1024 on)",
          e);
    }
  }

  /** Announces the caller's state of a run. */
  void announce(HttpCall call, RendezvousPath.Result result)
      throws ProblemException, IOException, MalformedException, IndexUnavailableException {
    call.require(rules, Verb.ANNOUNCE, result.repo());
    rateLimit.require(call, 1);
    AnnouncementQuery query = AnnouncementQuery.parse(call.query());
    LeaseHolder holder = new LeaseHolder(call.caller().id(), query.instance());
    RunState state = state(call, query.state());
    answer(call, holder, index.announce(holder, result.repo(), result.key(), state));
  }

  /** A peer that says that it failed may say how. */
  private static RunState state(HttpCall call, ResultState state)
      throws ProblemException, IOException, MalformedException {
    if (state == ResultState.FAILED && call.mayHaveBody()) {
      return RunState.of(RunEnd.Failed.parse(call.body(Limits.REQUEST_BODY)));
    }
    call.requireNoBody();
    return RunState.of(state);
  }

  /** Takes the caller's announcement back. */
  void retract(HttpCall call, RendezvousPath.Result result)
      throws ProblemException, MalformedException, IndexUnavailableException {
    call.requireNoBody();
    call.require(rules, Verb.ANNOUNCE, result.repo());
    rateLimit.require(call, 1);
    index.retract(holder(call), result.repo(), result.key());
    call.answer(204);
  }

  /** Announces that the caller has several results. */
  void announceAll(HttpCall call, RepoId repo)
      throws ProblemException, IOException, MalformedException, IndexUnavailableException {
    call.requireMethod("POST");
    call.require(rules, Verb.ANNOUNCE, repo);
    LeaseHolder holder = holder(call);
    List<RunKey> runs = RunList.parse(call.body(Limits.REQUEST_BODY)).runs();
    rateLimit.require(call, runs.size());
    answer(call, holder, index.announcePassed(holder, repo, runs));
  }

  private static void answer(HttpCall call, LeaseHolder holder, AnnounceOutcome outcome)
      throws ProblemException, IOException {
    switch (outcome) {
      case AnnounceOutcome.Done _ -> call.answer(204);
      case AnnounceOutcome.Running(List<HolderList.Entry> order) ->
          LookupRequests.answer(call, order);
      case AnnounceOutcome.NoLease _ ->
          throw new ProblemException(
              Problem.Kind.NO_LEASE, holder.peer() + " has no lease: put one, then announce again");
      case AnnounceOutcome.TooMany(int limit) -> throw tooMany(holder.peer(), limit, "results");
    }
  }

  private static LeaseHolder holder(HttpCall call) throws MalformedException {
    return new LeaseHolder(call.caller().id(), InstanceId.ofQuery(call.query()));
  }

  private static ProblemException tooMany(PeerId peer, int limit, String what) {
    return new ProblemException(
        Problem.Kind.TOO_MANY, peer + " may have at most " + limit + " " + what + " here");
  }
}
