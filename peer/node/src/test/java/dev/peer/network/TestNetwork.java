package dev.peer.network;

import dev.peer.client.Timeouts;
import dev.peer.client.announce.LeasedAnnouncer;
import dev.peer.client.announce.ServeSettings;
import dev.peer.client.fetch.HolderFetch;
import dev.peer.client.fetch.LiveFollower;
import dev.peer.client.rendezvous.RendezvousLookup;
import dev.peer.core.access.AccessRules;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.http.Https;
import dev.peer.http.HttpsServer;
import dev.peer.http.ServerLimits;
import dev.peer.http.Service;
import dev.peer.rendezvous.EmbeddedIndex;
import dev.peer.rendezvous.IndexSettings;
import dev.peer.rendezvous.LeaseHolder;
import dev.peer.rendezvous.RendezvousServer;
import dev.peer.server.HeldFiles;
import dev.peer.server.PeerServer;
import dev.peer.tls.TestAuthority;
import dev.peer.tls.TlsIdentity;
import dev.peer.tls.TlsListener;
import dev.peer.wire.InstanceId;
import dev.peer.wire.LeaseRequest;
import dev.peer.wire.PeerAddress;
import dev.peer.wire.RunState;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A rendezvous, members of the team that serve something, and clients of them: all are closed with
 * it.
 */
public final class TestNetwork implements AutoCloseable {

  private final TestAuthority team;
  private final EmbeddedIndex index = new EmbeddedIndex(IndexSettings.DEFAULT, System::nanoTime);
  private final List<Runnable> open = new ArrayList<>();
  private final RendezvousServer rendezvous;

  public TestNetwork(TestAuthority team) throws Exception {
    this.team = team;
    this.rendezvous =
        RendezvousServer.start(
            team.peer("spiffe://team/rendezvous"),
            AccessRules::open,
            index,
            Https.LOOPBACK,
            ServerLimits.RENDEZVOUS);
    open.add(rendezvous::close);
  }

  public RendezvousLookup lookup(TlsIdentity client) {
    RendezvousLookup lookup =
        new RendezvousLookup(
            client, List.of(PeerAddress.of(rendezvous.address())), Timeouts.DEFAULT);
    open.add(lookup::close);
    return lookup;
  }

  public HolderFetch fetch(TlsIdentity client) {
    HolderFetch fetch = new HolderFetch(client, Timeouts.DEFAULT);
    open.add(fetch::close);
    return fetch;
  }

  /** What a member announces, and serves meanwhile. */
  public LeasedAnnouncer announcer(TlsIdentity member, HeldFiles files) {
    LeasedAnnouncer announcer =
        new LeasedAnnouncer(
            member,
            AccessRules::open,
            files,
            new ServeSettings(
                List.of(PeerAddress.of(rendezvous.address())), Optional.empty(), List.of()),
            Timeouts.DEFAULT,
            _ -> {});
    open.add(announcer::close);
    return announcer;
  }

  public LiveFollower follower(TlsIdentity client, Supplier<AccessRules> rules) {
    LiveFollower follower = new LiveFollower(client, rules, Timeouts.DEFAULT);
    open.add(follower::close);
    return follower;
  }

  /** A member that answers as it likes. */
  public InetSocketAddress answer(String name, Service service) throws Exception {
    HttpsServer server =
        HttpsServer.start(
            new TlsListener(team.peer("spiffe://team/" + name)),
            Https.LOOPBACK,
            ServerLimits.PEER,
            service);
    open.add(server::close);
    return server.address();
  }

  /** A member that serves files as a peer does. */
  public InetSocketAddress serve(String name, Supplier<AccessRules> rules, HeldFiles files)
      throws Exception {
    PeerServer server =
        PeerServer.start(
            team.peer("spiffe://team/" + name), rules, files, Https.LOOPBACK, ServerLimits.PEER);
    open.add(server::close);
    return server.address();
  }

  /** Has a member announced as a holder; the last one is asked first. */
  public void announce(String name, InetSocketAddress address, Map<RepoId, RunKey> held)
      throws Exception {
    announce(name, address, held, RunState.PASSED);
  }

  /** Has a member announced as being at runs in a state. */
  public void announce(
      String name, InetSocketAddress address, Map<RepoId, RunKey> runs, RunState state)
      throws Exception {
    LeaseHolder holder =
        new LeaseHolder(team.peer("spiffe://team/" + name).id(), InstanceId.random());
    index.lease(holder, new LeaseRequest(List.of(PeerAddress.of(address))));
    runs.forEach((repo, key) -> index.announce(holder, repo, key, state));
  }

  /** The last that was opened first. */
  @Override
  public void close() {
    open.reversed().forEach(Runnable::run);
  }
}
