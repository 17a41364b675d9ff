package dev.peer.daemon;

import dev.peer.client.rendezvous.RendezvousLookup;
import dev.peer.core.access.AccessRules;
import dev.peer.core.find.Holder;
import dev.peer.core.find.LookupResult;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.key.RunInputs;
import dev.peer.http.Https;
import dev.peer.http.ServerLimits;
import dev.peer.rendezvous.EmbeddedIndex;
import dev.peer.rendezvous.IndexSettings;
import dev.peer.rendezvous.LeaseHolder;
import dev.peer.rendezvous.RendezvousServer;
import dev.peer.tls.TestAuthority;
import dev.peer.wire.InstanceId;
import dev.peer.wire.LeaseRequest;
import dev.peer.wire.LeaseTerms;
import dev.peer.wire.PeerAddress;
import dev.peer.wire.RunState;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/** A rendezvous, and somebody who asks there. */
final class Meeting implements AutoCloseable {

  private final EmbeddedIndex index;
  private final RendezvousServer server;
  private final RendezvousLookup lookup;

  Meeting(TestAuthority team) throws Exception {
    this(team, Https.LOOPBACK);
  }

  Meeting(TestAuthority team, InetSocketAddress where) throws Exception {
    LeaseTerms terms = new LeaseTerms(Duration.ofSeconds(1), Duration.ofSeconds(20));
    index = new EmbeddedIndex(new IndexSettings(terms, 9, 99), System::nanoTime);
    server =
        RendezvousServer.start(
            team.peer("spiffe://team/rendezvous"),
            AccessRules::open,
            index,
            where,
            ServerLimits.RENDEZVOUS);
    lookup =
        new RendezvousLookup(team.peer("spiffe://team/asker"), List.of(address()), Home.PATIENCE);
  }

  URI address() {
    return PeerAddress.of(server.address());
  }

  InetSocketAddress where() {
    return server.address();
  }

  /** Who is said to hold the result. */
  List<PeerId> holders(RunInputs inputs) throws InterruptedException {
    return found(inputs).stream().map(Holder::id).toList();
  }

  List<Holder> found(RunInputs inputs) throws InterruptedException {
    return lookup.find(inputs.repo(), inputs.key()) instanceof LookupResult.Found found
        ? found.holders()
        : List.of();
  }

  /** Has it name a peer that answers nobody as the holder of something. */
  void announce(PeerId id, RepoId repo, RunKey key) {
    LeaseHolder holder = new LeaseHolder(id, InstanceId.random());
    index.lease(holder, new LeaseRequest(List.of(URI.create("https://127.0.0.1:1"))));
    index.announce(holder, repo, key, RunState.PASSED);
  }

  /** Waits until exactly so many are said to hold it. */
  List<PeerId> awaitHolders(RunInputs inputs, int number) throws InterruptedException {
    while (holders(inputs).size() != number) {
      Thread.sleep(20);
    }
    return holders(inputs);
  }

  @Override
  public void close() {
    lookup.close();
    server.close();
  }
}
