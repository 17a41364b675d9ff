package dev.peer.rendezvous.etcd;

import com.google.protobuf.ByteString;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.rendezvous.HolderIndex;
import dev.peer.rendezvous.HolderIndex.AnnounceOutcome;
import dev.peer.rendezvous.IndexSettings;
import dev.peer.rendezvous.IndexUnavailableException;
import dev.peer.rendezvous.LeaseHolder;
import dev.peer.rendezvous.etcd.EtcdLeases.Entry;
import dev.peer.rendezvous.etcd.EtcdLookup.HolderState;
import dev.peer.wire.HolderList;
import dev.peer.wire.ResultState;
import dev.peer.wire.RunState;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.ResponseOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/** The announcements of runs in etcd, each under the lease of its holder. */
final class EtcdAnnouncements {

  private final IndexSettings settings;
  private final EtcdClient etcd;
  private final EtcdLeases leases;
  private final EtcdLookup lookup;
  private final ResultCounts counts;

  EtcdAnnouncements(
      IndexSettings settings,
      EtcdClient etcd,
      EtcdLeases leases,
      EtcdLookup lookup,
      LongSupplier nanoClock) {
    this.settings = settings;
    this.etcd = etcd;
    this.leases = leases;
    this.lookup = lookup;
    counts = new ResultCounts(settings.resultsPerPeer(), leases::resultsOf, nanoClock);
  }

  /** A lease of the peer is new, or has ended: its results are counted again. */
  void doubt(PeerId peer) {
    counts.doubt(peer);
  }

  /** See {@link HolderIndex#announce}. */
  AnnounceOutcome announce(LeaseHolder holder, RepoId repo, RunKey key, RunState state)
      throws IndexUnavailableException {
    for (int i = 0; i < EtcdLeases.ATTEMPTS; i++) {
      Optional<Entry> entry = leases.entry(holder);
      if (entry.isEmpty()) {
        return new AnnounceOutcome.NoLease();
      }
      if (counts.isFull(holder.peer()) && !isAnnounced(holder, repo, key)) {
        return new AnnounceOutcome.TooMany(settings.resultsPerPeer());
      }
      Optional<AnnounceOutcome> done = announce(holder, entry.get(), repo, key, state);
      if (done.isPresent()) {
        return done.get();
      }
      leases.forget(holder);
    }
    throw EtcdLeases.contended(holder);
  }

  /** Empty: the entry is another one now, or there is none. */
  private Optional<AnnounceOutcome> announce(
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
    deleteOthers(change, repo, key, state, holder);
    if (state == ResultState.RUNNING) {
      change.addSuccess(EtcdRequests.operation(EtcdLookup.first(repo, key, state)));
    }
    TxnResponse answer = etcd.commit(change);
    if (!answer.getSucceeded()) {
      return hasPassed(answer) ? Optional.of(new AnnounceOutcome.Done()) : Optional.empty();
    }
    long made = answer.getResponses(0).getResponseTxn().getSucceeded() ? 1 : 0;
    counts.add(holder.peer(), made - deleted(answer));
    if (state != ResultState.RUNNING) {
      return Optional.of(new AnnounceOutcome.Done());
    }
    List<HolderState> order = new ArrayList<>();
    RangeResponse running = answer.getResponses(answer.getResponsesCount() - 1).getResponseRange();
    EtcdLookup.add(order, running, state);
    HolderState self = new HolderState(holder, run);
    if (!order.contains(self)) {
      order.set(order.size() - 1, self);
    }
    List<HolderList.Entry> runners = lookup.addressed(etcd.endOfLookup(), order);
    return Optional.of(
        runners.isEmpty() ? new AnnounceOutcome.NoLease() : new AnnounceOutcome.Running(runners));
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

  /**
   * Announces in one transaction that these runs have passed; false: it did not, for some reason.
   */
  boolean putPassed(LeaseHolder holder, RepoId repo, List<RunKey> keys)
      throws IndexUnavailableException {
    Optional<Entry> entry = leases.entry(holder);
    if (entry.isEmpty() || !counts.hasRoom(holder.peer(), keys.size())) {
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
      deleteOthers(put, repo, key, ResultState.PASSED, holder);
      change.addSuccess(EtcdRequests.operation(put.build()));
    }
    TxnResponse answer = etcd.commit(change);
    for (ResponseOp one : answer.getResponsesList()) {
      TxnResponse put = one.getResponseTxn();
      counts.add(holder.peer(), put.getSucceeded() ? 1 - deleted(put) : 0);
    }
    return answer.getSucceeded();
  }

  /** A run has one state. */
  private static void deleteOthers(
      TxnRequest.Builder change, RepoId repo, RunKey key, ResultState state, LeaseHolder holder) {
    for (ResultState other : ResultState.values()) {
      if (other != state) {
        change.addSuccess(EtcdRequests.delete(EtcdKeys.result(repo, key, other, holder)));
      }
    }
  }

  /** See {@link HolderIndex#retract}. */
  void retract(LeaseHolder holder, RepoId repo, RunKey key) throws IndexUnavailableException {
    TxnRequest.Builder change = TxnRequest.newBuilder();
    for (ResultState state : ResultState.values()) {
      change.addSuccess(EtcdRequests.delete(EtcdKeys.result(repo, key, state, holder)));
    }
    counts.add(holder.peer(), -deleted(etcd.commit(change)));
  }

  private boolean isAnnounced(LeaseHolder holder, RepoId repo, RunKey key)
      throws IndexUnavailableException {
    TxnRequest.Builder read = TxnRequest.newBuilder();
    for (ResultState state : ResultState.values()) {
      ByteString result = EtcdKeys.result(repo, key, state, holder);
      read.addSuccess(EtcdRequests.operation(EtcdRequests.read(result)));
    }
    return etcd.commit(read).getResponsesList().stream()
        .anyMatch(answer -> answer.getResponseRange().getKvsCount() > 0);
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
}
