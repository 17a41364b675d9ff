package dev.peer.rendezvous.etcd;

import com.google.protobuf.ByteString;
import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.record.MalformedException;
import dev.peer.rendezvous.EmbeddedIndex.Settings;
import dev.peer.rendezvous.Following;
import dev.peer.rendezvous.HolderIndex;
import dev.peer.rendezvous.IndexUnavailableException;
import dev.peer.rendezvous.LeaseHolder;
import dev.peer.tls.TlsIdentity;
import dev.peer.wire.EventId;
import dev.peer.wire.HolderList;
import dev.peer.wire.LeaseRequest;
import dev.peer.wire.LeaseTerms;
import dev.peer.wire.Limits;
import dev.peer.wire.RendezvousStatus;
import dev.peer.wire.ResultState;
import dev.peer.wire.RunState;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.etcd.jetcd.api.LeaseTimeToLiveRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeRequest.SortOrder;
import io.etcd.jetcd.api.RangeRequest.SortTarget;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.ResponseOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.grpc.Status;
import io.grpc.StatusException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/** The index in etcd; see the package. */
public final class EtcdIndex implements HolderIndex, AutoCloseable {

  /** How many results go into one transaction; etcd takes 128 operations, as it comes. */
  private static final int RESULTS_AT_ONCE = 64;

  /** How often an entry is read again that another node has just changed. */
  private static final int ATTEMPTS = 8;

  private final Settings settings;
  private final EtcdServers servers;
  private final EtcdReads reads;

  /** The last seen leases; each use has the condition that they are unchanged. */
  private final LruCache<LeaseHolder, Entry> entries = new LruCache<>();

  private final ResultCounts tallies;

  /**
   * Opens no connection yet.
   *
   * @param identity this node's identity towards etcd, and the authority of etcd's certificate
   * @param addresses of the members of one etcd, {@code https://host:port}
   */
  public EtcdIndex(
      TlsIdentity identity, List<URI> addresses, Settings settings, LongSupplier nanoClock) {
    this(settings, new EtcdServers(identity, addresses, EtcdTimeouts.SERVING), nanoClock);
  }

  /** An index over these members, which it closes. */
  EtcdIndex(Settings settings, EtcdServers servers, LongSupplier nanoClock) {
    this.settings = settings;
    this.servers = servers;
    reads = new EtcdReads(servers);
    tallies = new ResultCounts(settings.resultsPerPeer(), this::resultsOf, nanoClock);
  }

  /**
   * The entry of a lease.
   *
   * @param created the revision that made it, which is of this entry alone
   * @param lease etcd's number of it
   */
  private record Entry(long created, long lease, LeaseRequest request) {}

  /** Whose key was found. */
  private record Found(LeaseHolder holder, RunState run) {}

  @Override
  public Grant lease(LeaseHolder holder, LeaseRequest request) throws IndexUnavailableException {
    for (int i = 0; i < ATTEMPTS; i++) {
      Optional<Entry> entry = read(holder);
      Optional<Grant> grant =
          entry.isPresent() ? renew(holder, entry.get(), request) : grant(holder, request);
      if (grant.isPresent()) {
        return grant.get();
      }
    }
    throw contended(holder);
  }

  /** Empty: the lease has just ended, or another node has changed it. */
  private Optional<Grant> renew(LeaseHolder holder, Entry entry, LeaseRequest request)
      throws IndexUnavailableException {
    if (ask(member -> member.renew(entry.lease())) <= 0) {
      end(entry.lease());
      return Optional.empty();
    }
    if (!entry.request().equals(request) && !tell(holder, entry, request)) {
      return Optional.empty();
    }
    entries.put(holder, new Entry(entry.created(), entry.lease(), request));
    return Optional.of(new Grant.Renewed(terms(entry.lease())));
  }

  private boolean tell(LeaseHolder holder, Entry entry, LeaseRequest request)
      throws IndexUnavailableException {
    ByteString key = EtcdKeys.lease(holder);
    Set<Digest> before = new HashSet<>(entry.request().images());
    Set<Digest> now = new HashSet<>(request.images());
    TxnRequest.Builder change =
        TxnRequest.newBuilder()
            .addCompare(EtcdRequests.isOf(key, entry.created()))
            .addSuccess(EtcdRequests.put(key, value(request), entry.lease()));
    for (Digest image : now) {
      if (!before.contains(image)) {
        change.addSuccess(
            EtcdRequests.put(EtcdKeys.image(image, holder), ByteString.EMPTY, entry.lease()));
      }
    }
    for (Digest image : before) {
      if (!now.contains(image)) {
        change.addSuccess(EtcdRequests.delete(EtcdKeys.image(image, holder)));
      }
    }
    return commit(change).getSucceeded();
  }

  /** Empty: another node was first. */
  private Optional<Grant> grant(LeaseHolder holder, LeaseRequest request)
      throws IndexUnavailableException {
    if (count(EtcdKeys.leasesOf(holder.peer())) >= settings.leasesPerPeer()) {
      return Optional.of(new Grant.TooMany(settings.leasesPerPeer()));
    }
    LeaseGrantRequest asked =
        LeaseGrantRequest.newBuilder().setTTL(settings.terms().expiresAfter().toSeconds()).build();
    long lease = ask(member -> member.leases().leaseGrant(asked).getID());
    ByteString key = EtcdKeys.lease(holder);
    TxnRequest.Builder made =
        TxnRequest.newBuilder()
            .addCompare(EtcdRequests.isNew(key))
            .addSuccess(EtcdRequests.put(key, value(request), lease));
    for (Digest image : request.images()) {
      made.addSuccess(EtcdRequests.put(EtcdKeys.image(image, holder), ByteString.EMPTY, lease));
    }
    TxnResponse answer = commit(made);
    if (!answer.getSucceeded()) {
      end(lease);
      return Optional.empty();
    }
    entries.put(holder, new Entry(answer.getHeader().getRevision(), lease, request));
    tallies.doubt(holder.peer());
    return Optional.of(new Grant.New(terms(lease)));
  }

  @Override
  public void withdraw(LeaseHolder holder) throws IndexUnavailableException {
    Optional<Entry> entry = read(holder);
    if (entry.isPresent()) {
      end(entry.get().lease());
    }
    entries.remove(holder);
    tallies.doubt(holder.peer());
  }

  @Override
  public Announced announce(LeaseHolder holder, RepoId repo, RunKey key, RunState state)
      throws IndexUnavailableException {
    Optional<Entry> known = entries.get(holder);
    for (int i = 0; i < ATTEMPTS; i++) {
      Optional<Entry> entry = known.isPresent() ? known : read(holder);
      if (entry.isEmpty()) {
        return new Announced.NoLease();
      }
      if (tallies.isFull(holder.peer()) && !isAnnounced(holder, repo, key)) {
        return new Announced.TooMany(settings.resultsPerPeer());
      }
      Optional<Announced> done = announce(holder, entry.get(), repo, key, state);
      if (done.isPresent()) {
        return done.get();
      }
      entries.remove(holder);
      known = Optional.empty();
    }
    throw contended(holder);
  }

  /** Empty: the entry is another one now, or there is none. */
  private Optional<Announced> announce(
      LeaseHolder holder, Entry entry, RepoId repo, RunKey key, RunState run)
      throws IndexUnavailableException {
    ResultState state = run.state();
    ByteString result = EtcdKeys.result(repo, key, state, holder);
    TxnRequest.Builder change =
        TxnRequest.newBuilder()
            .addCompare(EtcdRequests.isOf(EtcdKeys.lease(holder), entry.created()))
            .addSuccess(put(result, run, entry.lease()));
    ByteString passed = EtcdKeys.result(repo, key, ResultState.PASSED, holder);
    if (state != ResultState.PASSED) {
      change
          .addCompare(EtcdRequests.isNew(passed))
          .addFailure(EtcdRequests.operation(EtcdRequests.read(passed)));
    }
    for (ResultState other : ResultState.values()) {
      if (other != state) {
        change.addSuccess(EtcdRequests.delete(EtcdKeys.result(repo, key, other, holder)));
      }
    }
    if (state == ResultState.RUNNING) {
      change.addSuccess(EtcdRequests.operation(first(repo, key, state)));
    }
    TxnResponse answer = commit(change);
    if (!answer.getSucceeded()) {
      return hasPassed(answer) ? Optional.of(new Announced.Done()) : Optional.empty();
    }
    long made = answer.getResponses(0).getResponseTxn().getSucceeded() ? 1 : 0;
    tallies.add(holder.peer(), made - deleted(answer));
    if (state != ResultState.RUNNING) {
      return Optional.of(new Announced.Done());
    }
    List<Found> order = new ArrayList<>();
    RangeResponse running = answer.getResponses(answer.getResponsesCount() - 1).getResponseRange();
    add(order, running, state);
    Found self = new Found(holder, run);
    if (!order.contains(self)) {
      order.set(order.size() - 1, self);
    }
    List<HolderList.Entry> runners = addressed(servers.endOfLookup(), order);
    return Optional.of(
        runners.isEmpty() ? new Announced.NoLease() : new Announced.Running(runners));
  }

  /** An existing entry keeps its revisions, and so its place, except for its failure. */
  private static RequestOp put(ByteString result, RunState run, long lease) {
    RequestOp put = EtcdRequests.put(result, value(run), lease);
    TxnRequest.Builder change =
        TxnRequest.newBuilder().addCompare(EtcdRequests.isNew(result)).addSuccess(put);
    if (run.failure().isPresent()) {
      change.addFailure(put);
    }
    return EtcdRequests.operation(change.build());
  }

  /** Whether it was refused because it has passed, and not for its lease. */
  private static boolean hasPassed(TxnResponse refused) {
    return refused.getResponsesList().stream()
        .anyMatch(read -> read.getResponseRange().getKvsCount() > 0);
  }

  /** Each in a transaction of its own if one cannot put all. */
  @Override
  public Announced announcePassed(LeaseHolder holder, RepoId repo, List<RunKey> keys)
      throws IndexUnavailableException {
    Announced announced = new Announced.Done();
    for (int from = 0; from < keys.size(); from += RESULTS_AT_ONCE) {
      List<RunKey> some = keys.subList(from, Math.min(keys.size(), from + RESULTS_AT_ONCE));
      if (!putPassed(holder, repo, some)) {
        announced = HolderIndex.super.announcePassed(holder, repo, some);
      }
      if (!announced.equals(new Announced.Done())) {
        return announced;
      }
    }
    return announced;
  }

  private boolean putPassed(LeaseHolder holder, RepoId repo, List<RunKey> keys)
      throws IndexUnavailableException {
    Optional<Entry> known = entries.get(holder);
    Optional<Entry> entry = known.isPresent() ? known : read(holder);
    if (entry.isEmpty() || !tallies.hasRoom(holder.peer(), keys.size())) {
      return false;
    }
    TxnRequest.Builder change =
        TxnRequest.newBuilder()
            .addCompare(EtcdRequests.isOf(EtcdKeys.lease(holder), entry.get().created()));
    for (RunKey key : keys) {
      ByteString result = EtcdKeys.result(repo, key, ResultState.PASSED, holder);
      TxnRequest.Builder put =
          TxnRequest.newBuilder()
              .addCompare(EtcdRequests.isNew(result))
              .addSuccess(EtcdRequests.put(result, ByteString.EMPTY, entry.get().lease()));
      // A run that has passed already is in no other state.
      for (ResultState other : List.of(ResultState.RUNNING, ResultState.FAILED)) {
        put.addSuccess(EtcdRequests.delete(EtcdKeys.result(repo, key, other, holder)));
      }
      change.addSuccess(EtcdRequests.operation(put.build()));
    }
    TxnResponse answer = commit(change);
    for (ResponseOp one : answer.getResponsesList()) {
      TxnResponse put = one.getResponseTxn();
      tallies.add(holder.peer(), put.getSucceeded() ? 1 - deleted(put) : 0);
    }
    return answer.getSucceeded();
  }

  @Override
  public void retract(LeaseHolder holder, RepoId repo, RunKey key)
      throws IndexUnavailableException {
    TxnRequest.Builder change = TxnRequest.newBuilder();
    for (ResultState state : ResultState.values()) {
      change.addSuccess(EtcdRequests.delete(EtcdKeys.result(repo, key, state, holder)));
    }
    tallies.add(holder.peer(), -deleted(commit(change)));
  }

  @Override
  public List<HolderList.Entry> holders(RepoId repo, RunKey key) throws IndexUnavailableException {
    TxnRequest.Builder read = TxnRequest.newBuilder();
    for (ResultState state : ResultState.values()) {
      read.addSuccess(EtcdRequests.operation(first(repo, key, state)));
    }
    long end = servers.endOfLookup();
    TxnRequest built = read.build();
    TxnResponse answer = ask(end, member -> member.keys().txn(built));
    List<Found> found = new ArrayList<>();
    for (ResultState state : ResultState.values()) {
      add(found, answer.getResponses(state.ordinal()).getResponseRange(), state);
    }
    return addressed(end, found);
  }

  @Override
  public List<HolderList.Entry> holders(Digest image) throws IndexUnavailableException {
    RangeRequest read =
        EtcdRequests.first(EtcdKeys.holders(image), SortTarget.CREATE, SortOrder.DESCEND);
    List<Found> found = new ArrayList<>();
    long end = servers.endOfLookup();
    add(found, ask(end, member -> member.keys().range(read)), ResultState.PASSED);
    return addressed(end, found);
  }

  @Override
  public Following follow(RepoId repo, Optional<EventId> after) {
    return new EtcdFollowing(servers, repo, after);
  }

  @Override
  public RendezvousStatus status() throws IndexUnavailableException {
    return new RendezvousStatus(count(EtcdKeys.leases()), count(EtcdKeys.results()));
  }

  @Override
  public Optional<String> fault() {
    try {
      status();
      return Optional.empty();
    } catch (IndexUnavailableException e) {
      return Optional.of(e.getMessage());
    }
  }

  /** Cuts off requests in progress. */
  @Override
  public void close() {
    servers.close();
  }

  /** The peers that run it, the first to announce it first; in other states, the latest first. */
  private static RangeRequest first(RepoId repo, RunKey key, ResultState state) {
    SortOrder order = state == ResultState.RUNNING ? SortOrder.ASCEND : SortOrder.DESCEND;
    return EtcdRequests.first(EtcdKeys.holders(repo, key, state), SortTarget.CREATE, order);
  }

  private static void add(List<Found> found, RangeResponse answer, ResultState state)
      throws IndexUnavailableException {
    for (KeyValue key : answer.getKvsList()) {
      if (found.size() < Limits.HOLDERS) {
        found.add(new Found(holder(key), EtcdReads.run(key, state)));
      }
    }
  }

  /** Those found, with the addresses of their leases; a lease that has just ended is left out. */
  private List<HolderList.Entry> addressed(long end, List<Found> found)
      throws IndexUnavailableException {
    List<LeaseHolder> holders = found.stream().map(Found::holder).toList();
    Map<LeaseHolder, LeaseRequest> leases;
    try {
      leases = reads.leases(end, holders);
    } catch (StatusException e) {
      throw refused(e);
    }
    return found.stream()
        .filter(one -> leases.containsKey(one.holder()))
        .map(
            one ->
                new HolderList.Entry(one.holder().peer(), leases.get(one.holder())).in(one.run()))
        .toList();
  }

  private boolean isAnnounced(LeaseHolder holder, RepoId repo, RunKey key)
      throws IndexUnavailableException {
    TxnRequest.Builder read = TxnRequest.newBuilder();
    for (ResultState state : ResultState.values()) {
      ByteString result = EtcdKeys.result(repo, key, state, holder);
      read.addSuccess(EtcdRequests.operation(EtcdRequests.read(result)));
    }
    return commit(read).getResponsesList().stream()
        .anyMatch(answer -> answer.getResponseRange().getKvsCount() > 0);
  }

  private Optional<Entry> read(LeaseHolder holder) throws IndexUnavailableException {
    RangeRequest read = EtcdRequests.read(EtcdKeys.lease(holder));
    List<KeyValue> found = ask(member -> member.keys().range(read)).getKvsList();
    if (found.isEmpty()) {
      return Optional.empty();
    }
    KeyValue entry = found.getFirst();
    return Optional.of(
        new Entry(entry.getCreateRevision(), entry.getLease(), EtcdReads.request(entry)));
  }

  /** How many results all leases of the peer have in etcd. */
  private long resultsOf(PeerId peer) throws IndexUnavailableException {
    ByteString prefix = EtcdKeys.leasesOf(peer);
    RangeRequest read =
        RangeRequest.newBuilder().setKey(prefix).setRangeEnd(EtcdKeys.end(prefix)).build();
    long results = 0;
    for (KeyValue entry : ask(member -> member.keys().range(read)).getKvsList()) {
      LeaseTimeToLiveRequest asked =
          LeaseTimeToLiveRequest.newBuilder().setID(entry.getLease()).setKeys(true).build();
      Stream<ByteString> keys =
          ask(member -> member.leases().leaseTimeToLive(asked)).getKeysList().stream();
      results += keys.filter(EtcdKeys::isResult).count();
    }
    return results;
  }

  private long count(ByteString prefix) throws IndexUnavailableException {
    try {
      return reads.count(prefix);
    } catch (StatusException e) {
      throw refused(e);
    }
  }

  private TxnResponse commit(TxnRequest.Builder transaction) throws IndexUnavailableException {
    TxnRequest built = transaction.build();
    return ask(member -> member.keys().txn(built));
  }

  /** Ends a lease with all its keys; none is no error. */
  private void end(long lease) throws IndexUnavailableException {
    LeaseRevokeRequest revoke = LeaseRevokeRequest.newBuilder().setID(lease).build();
    try {
      servers.ask(member -> member.leases().leaseRevoke(revoke));
    } catch (StatusException e) {
      if (e.getStatus().getCode() != Status.Code.NOT_FOUND) {
        throw refused(e);
      }
    }
  }

  private <T> T ask(EtcdServers.Request<T> request) throws IndexUnavailableException {
    try {
      return servers.ask(request);
    } catch (StatusException e) {
      throw refused(e);
    }
  }

  private <T> T ask(long end, EtcdServers.Request<T> request) throws IndexUnavailableException {
    try {
      return servers.ask(end, request);
    } catch (StatusException e) {
      throw refused(e);
    }
  }

  private LeaseTerms terms(long lease) {
    return settings.terms().of(Long.toHexString(lease));
  }

  private static long deleted(TxnResponse answer) {
    return answer.getResponsesList().stream()
        .mapToLong(response -> response.getResponseDeleteRange().getDeleted())
        .sum();
  }

  private static ByteString value(RunState run) {
    return run.failure()
        .map(failure -> ByteString.copyFrom(failure.bareJson()))
        .orElse(ByteString.EMPTY);
  }

  private static ByteString value(LeaseRequest request) {
    return ByteString.copyFrom(request.json());
  }

  private static LeaseHolder holder(KeyValue key) throws IndexUnavailableException {
    try {
      return EtcdKeys.holder(key.getKey());
    } catch (MalformedException e) {
      throw EtcdReads.foreign(e);
    }
  }

  private static IndexUnavailableException refused(StatusException e) {
    return new IndexUnavailableException("etcd refuses: " + EtcdServers.why(e), e);
  }

  private static IndexUnavailableException contended(LeaseHolder holder) {
    return new IndexUnavailableException("the lease of " + holder.peer() + " keeps changing", null);
  }
}
