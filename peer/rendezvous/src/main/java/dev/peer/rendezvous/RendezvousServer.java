package dev.peer.rendezvous;

import dev.peer.core.access.AccessRules;
import dev.peer.core.access.Verb;
import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.record.MalformedException;
import dev.peer.core.timestamp.TimestampAuthority;
import dev.peer.http.HttpCall;
import dev.peer.http.HttpsServer;
import dev.peer.http.Operations;
import dev.peer.http.ProblemException;
import dev.peer.http.ServerLimits;
import dev.peer.http.Service;
import dev.peer.rendezvous.HolderIndex.Announced;
import dev.peer.rendezvous.HolderIndex.Grant;
import dev.peer.tls.TlsIdentity;
import dev.peer.tls.TlsListener;
import dev.peer.wire.AddressList;
import dev.peer.wire.AddressScope;
import dev.peer.wire.AnnouncementQuery;
import dev.peer.wire.HolderList;
import dev.peer.wire.HolderReport;
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
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The index over HTTP. The certificate of the connection alone identifies a caller. Peers allowed
 * to announce for the repository may announce, and peers allowed to fetch may look up. A lease and
 * a guest image belong to no repository: peers allowed for any repository may have the one and look
 * for the other. Timestamps are for peers allowed to sign.
 */
public final class RendezvousServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RendezvousServer.class);
  private static final Duration BUSY = Duration.ofSeconds(1);

  private final Supplier<AccessRules> rules;
  private final HolderIndex index;
  private final Optional<TimestampAuthority> timestamps;
  private final Reports reports = new Reports(System::nanoTime);
  private final RateLimit pace = new RateLimit(RateLimit.Settings.DEFAULT, System::nanoTime);
  private final DialBack dialBack;
  private final EventStreams streams;
  private final HttpsServer https;

  private RendezvousServer(
      TlsIdentity identity,
      Supplier<AccessRules> rules,
      HolderIndex index,
      Optional<TimestampAuthority> timestamps,
      InetSocketAddress address,
      ServerLimits limits,
      Operations operations)
      throws IOException {
    this.rules = rules;
    this.index = index;
    this.timestamps = timestamps;
    dialBack = new DialBack(identity, System::nanoTime);
    streams = new EventStreams(limits.idle().dividedBy(4));
    IndexMetrics.add(index, operations.metrics());
    Operations watched = operations.and(index::fault);
    https = HttpsServer.start(new TlsListener(identity), address, limits, watched, new Desk());
  }

  private final class Desk implements Service {

    /** Lookups and announcements in a local index, which are most requests. */
    @Override
    public boolean isPrompt(HttpCall call) {
      return index.isAtHand() && !call.mayHaveBody() && call.path().contains("/results/");
    }

    @Override
    public void serve(HttpCall call) throws ProblemException, IOException {
      RendezvousServer.this.serve(call);
    }
  }

  /**
   * Starts to listen, keeps no log and gives no timestamps.
   *
   * @param rules supplies the current rules
   * @param address where to listen; port 0 takes a free one
   * @throws IOException if it cannot listen there
   */
  public static RendezvousServer start(
      TlsIdentity identity,
      Supplier<AccessRules> rules,
      HolderIndex index,
      InetSocketAddress address,
      ServerLimits limits)
      throws IOException {
    return start(identity, rules, index, Optional.empty(), address, limits, Operations.quiet());
  }

  /**
   * Starts to listen.
   *
   * @param rules supplies the current rules
   * @param timestamps makes timestamps; empty: there are none
   * @param address where to listen; port 0 takes a free one
   * @param operations how it is watched over; of this server alone
   * @throws IOException if it cannot listen there
   */
  public static RendezvousServer start(
      TlsIdentity identity,
      Supplier<AccessRules> rules,
      HolderIndex index,
      Optional<TimestampAuthority> timestamps,
      InetSocketAddress address,
      ServerLimits limits,
      Operations operations)
      throws IOException {
    return new RendezvousServer(identity, rules, index, timestamps, address, limits, operations);
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return https.address();
  }

  /** Stops; requests under way get a short time. */
  @Override
  public void close() {
    streams.close();
    https.close();
  }

  private void serve(HttpCall call) throws ProblemException, IOException {
    try {
      RendezvousPath path =
          RendezvousPath.parse(call.path()).orElseThrow(ProblemException::noSuchPath);
      call.setTemplate(path.template());
      if (path instanceof RendezvousPath.Events(RepoId repo)) {
        events(call, repo);
        return;
      }
      if (!pace.begin()) {
        throw ProblemException.busy("too many requests are under way here", BUSY);
      }
      try {
        serve(call, path);
      } finally {
        pace.end();
      }
    } catch (MalformedException e) {
      throw ProblemException.of(e);
    } catch (IndexUnavailableException e) {
      LOG.warn("the index cannot be reached: {}", e.getMessage());
      throw new ProblemException(
          Problem.Kind.UNAVAILABLE,
          "the index of this rendezvous cannot be reached now, try again",
          Map.of("Retry-After", "1"));
    }
  }

  private void serve(HttpCall call, RendezvousPath path)
      throws ProblemException, IOException, MalformedException, IndexUnavailableException {
    switch (path) {
      case RendezvousPath.Lease _ -> lease(call);
      case RendezvousPath.Result result -> result(call, result);
      case RendezvousPath.Results(RepoId repo) -> results(call, repo);
      case RendezvousPath.Image(Digest image) -> image(call, image);
      case RendezvousPath.Timestamp _ ->
          timestamp(call, timestamps.orElseThrow(ProblemException::noSuchPath));
      case RendezvousPath.Reach _ -> reach(call);
      case RendezvousPath.Status _ -> status(call);
      case RendezvousPath.Reports reports -> report(call, reports);
      case RendezvousPath.Events _ -> throw new IllegalStateException("a stream");
    }
  }

  private void events(HttpCall call, RepoId repo) throws ProblemException, IOException {
    call.requireMethod("GET");
    call.requireNoBody();
    call.require(rules, Verb.FETCH, repo);
    streams.serve(call, after -> index.follow(repo, after));
  }

  private void report(HttpCall call, RendezvousPath.Reports about)
      throws ProblemException, IOException, MalformedException, IndexUnavailableException {
    call.requireMethod("POST");
    call.require(rules, Verb.FETCH, about.repo());
    requirePace(call);
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

  private void requirePace(HttpCall call) throws ProblemException {
    requirePace(call, 1);
  }

  private void requirePace(HttpCall call, int changes) throws ProblemException {
    PeerId peer = call.caller().id();
    Optional<Duration> after = pace.changes(peer, changes);
    if (after.isPresent()) {
      throw ProblemException.busy(peer + " changes too much at once", after.get());
    }
  }

  private void lease(HttpCall call)
      throws ProblemException, IOException, MalformedException, IndexUnavailableException {
    call.requireMethod("PUT", "DELETE");
    call.require(rules, Verb.ANNOUNCE);
    requirePace(call);
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

  private void result(HttpCall call, RendezvousPath.Result result)
      throws ProblemException, IOException, MalformedException, IndexUnavailableException {
    call.requireMethod("GET", "HEAD", "PUT", "DELETE");
    if (!call.method().equals("PUT")) {
      call.requireNoBody();
    }
    switch (call.method()) {
      case "PUT" -> {
        call.require(rules, Verb.ANNOUNCE, result.repo());
        requirePace(call);
        announce(call, result);
      }
      case "DELETE" -> {
        call.require(rules, Verb.ANNOUNCE, result.repo());
        requirePace(call);
        index.retract(holder(call), result.repo(), result.key());
        call.answer(204);
      }
      default -> {
        call.require(rules, Verb.FETCH, result.repo());
        find(call, result);
      }
    }
  }

  private void announce(HttpCall call, RendezvousPath.Result result)
      throws ProblemException, IOException, MalformedException, IndexUnavailableException {
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

  private void results(HttpCall call, RepoId repo)
      throws ProblemException, IOException, MalformedException, IndexUnavailableException {
    call.requireMethod("POST");
    call.require(rules, Verb.ANNOUNCE, repo);
    LeaseHolder holder = holder(call);
    List<RunKey> runs = RunList.parse(call.body(Limits.REQUEST_BODY)).runs();
    requirePace(call, runs.size());
    answer(call, holder, index.announcePassed(holder, repo, runs));
  }

  private static void answer(HttpCall call, LeaseHolder holder, Announced announced)
      throws ProblemException, IOException {
    switch (announced) {
      case Announced.Done _ -> call.answer(204);
      case Announced.Running(List<HolderList.Entry> order) -> answer(call, order);
      case Announced.NoLease _ ->
          throw new ProblemException(
              Problem.Kind.NO_LEASE, holder.peer() + " has no lease: put one, then announce again");
      case Announced.TooMany(int limit) -> throw tooMany(holder.peer(), limit, "results");
    }
  }

  private void find(HttpCall call, RendezvousPath.Result result)
      throws ProblemException, IOException, IndexUnavailableException {
    List<HolderList.Entry> holders = reports.arranged(index.holders(result.repo(), result.key()));
    if (holders.isEmpty()) {
      throw new ProblemException(
          Problem.Kind.NO_SUCH_RESULT, "no peer here holds run " + result.key());
    }
    answer(call, holders);
  }

  private void image(HttpCall call, Digest image)
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

  private static void answer(HttpCall call, List<HolderList.Entry> holders) throws IOException {
    call.set("Cache-Control", "no-store");
    call.answer(200, MediaTypes.JSON, new HolderList(holders).json());
  }

  /** The answer reports a wrong query; the HTTP status is about the transport. */
  private void timestamp(HttpCall call, TimestampAuthority authority)
      throws ProblemException, IOException, MalformedException {
    call.requireMethod("POST");
    call.require(rules, Verb.SIGN);
    if (!call.header("Content-Type").equals(Optional.of(MediaTypes.TIMESTAMP_QUERY))) {
      throw new MalformedException("body: " + MediaTypes.TIMESTAMP_QUERY + " was expected");
    }
    byte[] answer = authority.answer(call.body(Limits.TIMESTAMP_QUERY));
    call.set("Cache-Control", "no-store");
    call.answer(200, MediaTypes.TIMESTAMP_REPLY, answer);
  }

  private void reach(HttpCall call) throws ProblemException, IOException, MalformedException {
    call.requireMethod("POST");
    call.require(rules, Verb.ANNOUNCE);
    AddressList asked = AddressList.parse(call.body(Limits.REQUEST_BODY));
    List<URI> reached =
        dialBack.reached(
            call.caller().id(), AddressScope.among(asked.addresses(), call.isFromThisMachine()));
    call.set("Cache-Control", "no-store");
    call.answer(200, MediaTypes.JSON, new AddressList(reached).json());
  }

  private void status(HttpCall call)
      throws ProblemException, IOException, IndexUnavailableException {
    call.requireMethod("GET", "HEAD");
    call.requireNoBody();
    call.answer(200, MediaTypes.JSON, index.status().json());
  }

  private static LeaseHolder holder(HttpCall call) throws MalformedException {
    return new LeaseHolder(call.caller().id(), InstanceId.ofQuery(call.query()));
  }

  private static ProblemException tooMany(PeerId peer, int limit, String what) {
    return new ProblemException(
        Problem.Kind.TOO_MANY, peer + " may have at most " + limit + " " + what + " here");
  }
}
