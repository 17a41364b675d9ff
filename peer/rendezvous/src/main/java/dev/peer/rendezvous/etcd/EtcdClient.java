package dev.peer.rendezvous.etcd;

import com.google.protobuf.ByteString;
import dev.peer.rendezvous.IndexUnavailableException;
import dev.peer.rendezvous.LeaseHolder;
import dev.peer.wire.LeaseRequest;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.grpc.Status;
import io.grpc.StatusException;
import java.util.List;
import java.util.Map;

/** Asks etcd for the index: when etcd refuses a request, the index is not available. */
final class EtcdClient {

  private final EtcdServers servers;
  private final EtcdReads reads;

  EtcdClient(EtcdServers servers) {
    this.servers = servers;
    reads = new EtcdReads(servers);
  }

  /** See {@link EtcdServers#endOfLookup}. */
  long endOfLookup() {
    return servers.endOfLookup();
  }

  <T> T ask(EtcdServers.Request<T> request) throws IndexUnavailableException {
    try {
      return servers.ask(request);
    } catch (StatusException e) {
      throw refused(e);
    }
  }

  /** Asks until this time of {@link System#nanoTime}. */
  <T> T ask(long end, EtcdServers.Request<T> request) throws IndexUnavailableException {
    try {
      return servers.ask(end, request);
    } catch (StatusException e) {
      throw refused(e);
    }
  }

  TxnResponse commit(TxnRequest.Builder transaction) throws IndexUnavailableException {
    TxnRequest built = transaction.build();
    return ask(member -> member.keys().txn(built));
  }

  /** How many keys begin with the prefix. */
  long count(ByteString prefix) throws IndexUnavailableException {
    try {
      return reads.count(prefix);
    } catch (StatusException e) {
      throw refused(e);
    }
  }

  /** The content of the leases; ended ones are left out. */
  Map<LeaseHolder, LeaseRequest> leases(long end, List<LeaseHolder> holders)
      throws IndexUnavailableException {
    try {
      return reads.leases(end, holders);
    } catch (StatusException e) {
      throw refused(e);
    }
  }

  /** Ends a lease with all its keys; none is no error. */
  void revoke(long lease) throws IndexUnavailableException {
    LeaseRevokeRequest revoke = LeaseRevokeRequest.newBuilder().setID(lease).build();
    try {
      servers.ask(member -> member.leases().leaseRevoke(revoke));
    } catch (StatusException e) {
      if (e.getStatus().getCode() != Status.Code.NOT_FOUND) {
        throw refused(e);
      }
    }
  }

  private static IndexUnavailableException refused(StatusException e) {
    return new IndexUnavailableException("etcd refuses: " + EtcdServers.why(e), e);
  }
}
