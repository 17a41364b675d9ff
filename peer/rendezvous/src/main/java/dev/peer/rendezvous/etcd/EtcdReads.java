package dev.peer.rendezvous.etcd;

import com.google.protobuf.ByteString;
import dev.peer.core.record.MalformedException;
import dev.peer.rendezvous.IndexUnavailableException;
import dev.peer.rendezvous.LeaseHolder;
import dev.peer.wire.LeaseRequest;
import dev.peer.wire.ResultState;
import dev.peer.wire.RunEnd;
import dev.peer.wire.RunState;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.ResponseOp;
import io.etcd.jetcd.api.TxnRequest;
import io.grpc.StatusException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The reads that lookups and followers share. */
final class EtcdReads {

  /** How many operations etcd takes in one transaction is 128, unless it is told otherwise. */
  private static final int AT_ONCE = 100;

  private final EtcdServers servers;

  EtcdReads(EtcdServers servers) {
    this.servers = servers;
  }

  /** The content of the leases; ended ones are left out. */
  Map<LeaseHolder, LeaseRequest> leases(List<LeaseHolder> holders)
      throws StatusException, IndexUnavailableException {
    return leases(servers.endOfLookup(), holders);
  }

  /** Reads until this time of {@link System#nanoTime}. */
  Map<LeaseHolder, LeaseRequest> leases(long end, List<LeaseHolder> holders)
      throws StatusException, IndexUnavailableException {
    List<LeaseHolder> once = holders.stream().distinct().toList();
    Map<LeaseHolder, LeaseRequest> told = new HashMap<>();
    for (int from = 0; from < once.size(); from += AT_ONCE) {
      List<LeaseHolder> some = once.subList(from, Math.min(once.size(), from + AT_ONCE));
      TxnRequest.Builder read = TxnRequest.newBuilder();
      for (LeaseHolder holder : some) {
        read.addSuccess(EtcdRequests.operation(EtcdRequests.read(EtcdKeys.lease(holder))));
      }
      TxnRequest built = read.build();
      List<ResponseOp> answers =
          servers.ask(end, member -> member.keys().txn(built)).getResponsesList();
      for (int i = 0; i < answers.size(); i++) {
        for (KeyValue entry : answers.get(i).getResponseRange().getKvsList()) {
          told.put(some.get(i), request(entry));
        }
      }
    }
    return told;
  }

  long count(ByteString prefix) throws StatusException, IndexUnavailableException {
    RangeRequest count = EtcdRequests.count(prefix);
    return servers.ask(member -> member.keys().range(count)).getCount();
  }

  static LeaseRequest request(KeyValue entry) throws IndexUnavailableException {
    try {
      return LeaseRequest.parse(entry.getValue().toByteArray());
    } catch (MalformedException e) {
      throw foreign(e);
    }
  }

  /** What a result's key says. */
  static EtcdKeys.Result result(KeyValue key) throws IndexUnavailableException {
    try {
      return EtcdKeys.result(key.getKey());
    } catch (MalformedException e) {
      throw foreign(e);
    }
  }

  /** The value of a result's key in that state. */
  static RunState run(KeyValue result, ResultState state) throws IndexUnavailableException {
    if (result.getValue().isEmpty()) {
      return RunState.of(state);
    }
    try {
      return new RunState(state, Optional.of(RunEnd.Failed.parse(result.getValue().toByteArray())));
    } catch (MalformedException | IllegalArgumentException e) {
      throw foreign(new MalformedException("a result: " + e.getMessage(), e));
    }
  }

  static IndexUnavailableException foreign(MalformedException e) {
    return new IndexUnavailableException(
        "in etcd is what no rendezvous of this version wrote: " + e.getMessage(), e);
  }
}
