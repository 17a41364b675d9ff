package dev.peer.rendezvous.etcd;

import com.google.protobuf.ByteString;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.record.MalformedException;
import dev.peer.rendezvous.HolderIndex;
import dev.peer.rendezvous.IndexUnavailableException;
import dev.peer.rendezvous.LeaseHolder;
import dev.peer.wire.HolderList;
import dev.peer.wire.LeaseRequest;
import dev.peer.wire.Limits;
import dev.peer.wire.ResultState;
import dev.peer.wire.RunState;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeRequest.SortOrder;
import io.etcd.jetcd.api.RangeRequest.SortTarget;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.ResponseOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Finds holders in etcd: first their keys, then the addresses of their leases. */
final class EtcdLookup {

  private static final int KEYS_AT_ONCE = 500;

  private final EtcdClient etcd;

  EtcdLookup(EtcdClient etcd) {
    this.etcd = etcd;
  }

  /** Whose key was found, and how the run is there. */
  record HolderState(LeaseHolder holder, RunState run) {}

  private record RunHolder(RunKey run, HolderState holder) {}

  /** See {@link HolderIndex#holders(RepoId, RunKey)}. */
  List<HolderList.Entry> holders(RepoId repo, RunKey key) throws IndexUnavailableException {
    TxnRequest.Builder read = TxnRequest.newBuilder();
    for (ResultState state : ResultState.values()) {
      read.addSuccess(EtcdRequests.operation(first(repo, key, state)));
    }
    long end = etcd.endOfLookup();
    TxnRequest built = read.build();
    TxnResponse answer = etcd.ask(end, member -> member.keys().txn(built));
    Iterator<ResponseOp> ranges = answer.getResponsesList().iterator();
    List<HolderState> found = new ArrayList<>();
    for (ResultState state : ResultState.values()) {
      add(found, ranges.next().getResponseRange(), state);
    }
    return addressed(end, found);
  }

  /** See {@link HolderIndex#holders(Digest)}. */
  List<HolderList.Entry> holders(Digest image) throws IndexUnavailableException {
    RangeRequest read =
        EtcdRequests.first(EtcdKeys.holders(image), SortTarget.CREATE, SortOrder.DESCEND);
    List<HolderState> found = new ArrayList<>();
    long end = etcd.endOfLookup();
    add(found, etcd.ask(end, member -> member.keys().range(read)), ResultState.PASSED);
    return addressed(end, found);
  }

  /** See {@link HolderIndex#announced}. In the order of run keys. */
  HolderIndex.Listing announced(RepoId repo, int most) throws IndexUnavailableException {
    long end = etcd.endOfLookup();
    ByteString prefix = EtcdKeys.resultsOf(repo);
    ByteString from = prefix;
    List<RunHolder> found = new ArrayList<>();
    boolean more = true;
    while (more && found.size() < most) {
      RangeRequest read =
          EtcdRequests.from(from, prefix, Math.min(KEYS_AT_ONCE, most - found.size()));
      RangeResponse page = etcd.ask(end, member -> member.keys().range(read));
      for (KeyValue key : page.getKvsList()) {
        EtcdKeys.Result result = EtcdReads.result(key);
        RunState state = EtcdReads.run(key, result.state());
        found.add(new RunHolder(result.key(), new HolderState(result.holder(), state)));
        from = EtcdKeys.after(key.getKey());
      }
      more = page.getMore();
    }
    Map<LeaseHolder, LeaseRequest> leases =
        etcd.leases(end, found.stream().map(one -> one.holder().holder()).toList());
    return new HolderIndex.Listing(
        found.stream()
            .filter(one -> leases.containsKey(one.holder().holder()))
            .collect(
                Collectors.groupingBy(
                    RunHolder::run,
                    Collectors.mapping(one -> entry(one.holder(), leases), Collectors.toList()))),
        leases.values().stream()
            .flatMap(lease -> lease.images().stream())
            .collect(Collectors.toSet()));
  }

  /** The peers that run it, the first to announce it first; in other states, the latest first. */
  static RangeRequest first(RepoId repo, RunKey key, ResultState state) {
    SortOrder order = state == ResultState.RUNNING ? SortOrder.ASCEND : SortOrder.DESCEND;
    return EtcdRequests.first(EtcdKeys.holders(repo, key, state), SortTarget.CREATE, order);
  }

  static void add(List<HolderState> found, RangeResponse answer, ResultState state)
      throws IndexUnavailableException {
    for (KeyValue key : answer.getKvsList()) {
      if (found.size() < Limits.HOLDERS) {
        found.add(new HolderState(holder(key), EtcdReads.run(key, state)));
      }
    }
  }

  /** Those found, with the addresses of their leases; a lease that has just ended is left out. */
  List<HolderList.Entry> addressed(long end, List<HolderState> found)
      throws IndexUnavailableException {
    Map<LeaseHolder, LeaseRequest> leases =
        etcd.leases(end, found.stream().map(HolderState::holder).toList());
    return found.stream()
        .filter(one -> leases.containsKey(one.holder()))
        .map(one -> entry(one, leases))
        .toList();
  }

  private static HolderList.Entry entry(HolderState one, Map<LeaseHolder, LeaseRequest> leases) {
    return new HolderList.Entry(one.holder().peer(), leases.get(one.holder())).in(one.run());
  }

  private static LeaseHolder holder(KeyValue key) throws IndexUnavailableException {
    try {
      return EtcdKeys.holder(key.getKey());
    } catch (MalformedException e) {
      throw EtcdReads.foreign(e);
    }
  }
}
