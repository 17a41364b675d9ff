package dev.peer.rendezvous.etcd;

import com.google.protobuf.ByteString;
import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.rendezvous.HolderIndex;
import dev.peer.rendezvous.HolderIndex.Grant;
import dev.peer.rendezvous.IndexSettings;
import dev.peer.rendezvous.IndexUnavailableException;
import dev.peer.rendezvous.LeaseHolder;
import dev.peer.wire.LeaseRequest;
import dev.peer.wire.LeaseTerms;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseTimeToLiveRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The leases in etcd: grants, renews and ends them, and knows the entries of those last seen. */
final class EtcdLeases {

  /** How often an entry is read again that another node has just changed. */
  static final int ATTEMPTS = 8;

  private final IndexSettings settings;
  private final EtcdClient etcd;

  /** The last seen leases; each use has the condition that they are unchanged. */
  private final LruCache<LeaseHolder, Entry> entries = new LruCache<>();

  EtcdLeases(IndexSettings settings, EtcdClient etcd) {
    this.settings = settings;
    this.etcd = etcd;
  }

  /**
   * The entry of a lease.
   *
   * @param created the revision that made it, which is of this entry alone
   * @param lease etcd's number of it
   */
  record Entry(long created, long lease, LeaseRequest request) {}

  /** See {@link HolderIndex#lease}. */
  Grant lease(LeaseHolder holder, LeaseRequest request) throws IndexUnavailableException {
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
    if (etcd.ask(member -> member.renew(entry.lease())) <= 0) {
      etcd.revoke(entry.lease());
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
    return etcd.commit(change).getSucceeded();
  }

  /** Empty: another node was first. */
  private Optional<Grant> grant(LeaseHolder holder, LeaseRequest request)
      throws IndexUnavailableException {
    if (etcd.count(EtcdKeys.leasesOf(holder.peer())) >= settings.leasesPerPeer()) {
      return Optional.of(new Grant.TooMany(settings.leasesPerPeer()));
    }
    LeaseGrantRequest asked =
        LeaseGrantRequest.newBuilder().setTTL(settings.terms().expiresAfter().toSeconds()).build();
    long lease = etcd.ask(member -> member.leases().leaseGrant(asked).getID());
    ByteString key = EtcdKeys.lease(holder);
    TxnRequest.Builder made =
        TxnRequest.newBuilder()
            .addCompare(EtcdRequests.isNew(key))
            .addSuccess(EtcdRequests.put(key, value(request), lease));
    for (Digest image : request.images()) {
      made.addSuccess(EtcdRequests.put(EtcdKeys.image(image, holder), ByteString.EMPTY, lease));
    }
    TxnResponse answer = etcd.commit(made);
    if (!answer.getSucceeded()) {
      etcd.revoke(lease);
      return Optional.empty();
    }
    entries.put(holder, new Entry(answer.getHeader().getRevision(), lease, request));
    return Optional.of(new Grant.New(terms(lease)));
  }

  /** See {@link HolderIndex#withdraw}. */
  void withdraw(LeaseHolder holder) throws IndexUnavailableException {
    Optional<Entry> entry = read(holder);
    if (entry.isPresent()) {
      etcd.revoke(entry.get().lease());
    }
    entries.remove(holder);
  }

  /** The entry that was seen last, or else the one in etcd. */
  Optional<Entry> entry(LeaseHolder holder) throws IndexUnavailableException {
    Optional<Entry> known = entries.get(holder);
    return known.isPresent() ? known : read(holder);
  }

  /** The entry has changed: it is read again. */
  void forget(LeaseHolder holder) {
    entries.remove(holder);
  }

  private Optional<Entry> read(LeaseHolder holder) throws IndexUnavailableException {
    RangeRequest read = EtcdRequests.read(EtcdKeys.lease(holder));
    List<KeyValue> found = etcd.ask(member -> member.keys().range(read)).getKvsList();
    if (found.isEmpty()) {
      return Optional.empty();
    }
    KeyValue entry = found.getFirst();
    return Optional.of(
        new Entry(entry.getCreateRevision(), entry.getLease(), EtcdReads.request(entry)));
  }

  /** How many results all leases of the peer have in etcd. */
  long resultsOf(PeerId peer) throws IndexUnavailableException {
    RangeRequest read = EtcdRequests.below(EtcdKeys.leasesOf(peer));
    long results = 0;
    for (KeyValue entry : etcd.ask(member -> member.keys().range(read)).getKvsList()) {
      LeaseTimeToLiveRequest asked =
          LeaseTimeToLiveRequest.newBuilder().setID(entry.getLease()).setKeys(true).build();
      Stream<ByteString> keys =
          etcd.ask(member -> member.leases().leaseTimeToLive(asked)).getKeysList().stream();
      results += keys.filter(EtcdKeys::isResult).count();
    }
    return results;
  }

  private LeaseTerms terms(long lease) {
    return settings.terms().of(Long.toHexString(lease));
  }

  private static ByteString value(LeaseRequest request) {
    return ByteString.copyFrom(request.json());
  }

  static IndexUnavailableException contended(LeaseHolder holder) {
    return new IndexUnavailableException("the lease of " + holder.peer() + " keeps changing", null);
  }
}
