package dev.peer.rendezvous.etcd;

import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.rendezvous.HolderIndex;
import dev.peer.rendezvous.IndexSettings;
import dev.peer.rendezvous.IndexUnavailableException;
import dev.peer.rendezvous.LeaseHolder;
import dev.peer.rendezvous.ResultFeed;
import dev.peer.tls.TlsIdentity;
import dev.peer.wire.EventId;
import dev.peer.wire.HolderList;
import dev.peer.wire.LeaseRequest;
import dev.peer.wire.RendezvousStatus;
import dev.peer.wire.RunState;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/** The index in etcd; see the package. */
public final class EtcdIndex implements HolderIndex, AutoCloseable {

  /** How many results go into one transaction; etcd takes 128 operations, as it comes. */
  private static final int RESULTS_AT_ONCE = 64;

  private final EtcdServers servers;
  private final EtcdClient etcd;
  private final EtcdLeases leases;
  private final EtcdLookup lookup;
  private final EtcdAnnouncements announcements;

  /**
   * Opens no connection yet.
   *
   * @param identity this node's identity towards etcd, and the authority of etcd's certificate
   * @param addresses of the members of one etcd, {@code https://host:port}
   */
  public EtcdIndex(
      TlsIdentity identity, List<URI> addresses, IndexSettings settings, LongSupplier nanoClock) {
    this(settings, new EtcdServers(identity, addresses, EtcdTimeouts.SERVING), nanoClock);
  }

  /** An index over these members, which it closes. */
  EtcdIndex(IndexSettings settings, EtcdServers servers, LongSupplier nanoClock) {
    this.servers = servers;
    etcd = new EtcdClient(servers);
    leases = new EtcdLeases(settings, etcd);
    lookup = new EtcdLookup(etcd);
    announcements = new EtcdAnnouncements(settings, etcd, leases, lookup, nanoClock);
  }

  @Override
  public Grant lease(LeaseHolder holder, LeaseRequest request) throws IndexUnavailableException {
    Grant grant = leases.lease(holder, request);
    if (grant instanceof Grant.New) {
      announcements.doubt(holder.peer());
    }
    return grant;
  }

  @Override
  public void withdraw(LeaseHolder holder) throws IndexUnavailableException {
    leases.withdraw(holder);
    announcements.doubt(holder.peer());
  }

  @Override
  public AnnounceOutcome announce(LeaseHolder holder, RepoId repo, RunKey key, RunState state)
      throws IndexUnavailableException {
    return announcements.announce(holder, repo, key, state);
  }

  /** Each in a transaction of its own if one cannot put all. */
  @Override
  public AnnounceOutcome announcePassed(LeaseHolder holder, RepoId repo, List<RunKey> keys)
      throws IndexUnavailableException {
    AnnounceOutcome outcome = new AnnounceOutcome.Done();
    for (int from = 0; from < keys.size(); from += RESULTS_AT_ONCE) {
      List<RunKey> some = keys.subList(from, Math.min(keys.size(), from + RESULTS_AT_ONCE));
      if (!announcements.putPassed(holder, repo, some)) {
        outcome = HolderIndex.super.announcePassed(holder, repo, some);
      }
      if (!outcome.equals(new AnnounceOutcome.Done())) {
        return outcome;
      }
    }
    return outcome;
  }

  @Override
  public void retract(LeaseHolder holder, RepoId repo, RunKey key)
      throws IndexUnavailableException {
    announcements.retract(holder, repo, key);
  }

  @Override
  public List<HolderList.Entry> holders(RepoId repo, RunKey key) throws IndexUnavailableException {
    return lookup.holders(repo, key);
  }

  @Override
  public List<HolderList.Entry> holders(Digest image) throws IndexUnavailableException {
    return lookup.holders(image);
  }

  @Override
  public Listing announced(RepoId repo, int most) throws IndexUnavailableException {
    return lookup.announced(repo, most);
  }

  @Override
  public ResultFeed follow(RepoId repo, Optional<EventId> after) {
    return new EtcdFeed(servers, repo, after);
  }

  @Override
  public RendezvousStatus status() throws IndexUnavailableException {
    return new RendezvousStatus(etcd.count(EtcdKeys.leases()), etcd.count(EtcdKeys.results()));
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
}
