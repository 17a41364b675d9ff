package dev.peer.client;

import dev.peer.core.flow.AnnounceException;
import dev.peer.core.flow.Announcer;
import dev.peer.core.flow.Notices;
import dev.peer.core.store.StoredRecord;
import dev.peer.core.trust.AccessRules;
import dev.peer.http.ServerLimits;
import dev.peer.server.HeldImages;
import dev.peer.server.PeerServer;
import dev.peer.tls.TlsClient;
import dev.peer.tls.TlsIdentity;
import dev.peer.wire.InstanceId;
import dev.peer.wire.RendezvousPath;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Serves records and guest images, and keeps them announced under one lease at each rendezvous.
 *
 * <p>It begins to listen with the first announcement and stops with the last. The records stay
 * their owner's to close, after their announcement.
 */
public final class LeasedAnnouncer implements Announcer, AutoCloseable {

  private final TlsIdentity identity;
  private final Supplier<AccessRules> rules;
  private final HeldImages images;
  private final ServeSettings settings;
  private final Patience patience;
  private final Notices notices;
  private Optional<Session> session = Optional.empty();

  /**
   * Does nothing until the first announcement.
   *
   * @param rules gives who may fetch from us at the moment
   * @param notices told once when a rendezvous goes away, and once when it is back
   */
  public LeasedAnnouncer(
      TlsIdentity identity,
      Supplier<AccessRules> rules,
      HeldImages images,
      ServeSettings settings,
      Patience patience,
      Notices notices) {
    this.identity = identity;
    this.rules = rules;
    this.images = images;
    this.settings = settings;
    this.patience = patience;
    this.notices = notices;
  }

  /** Returns when each rendezvous was tried once: it answered, or the notices say why not. */
  @Override
  public Announcement announce(StoredRecord record) throws AnnounceException, InterruptedException {
    Session current = begin(record);
    try {
      for (LeaseKeeper keeper : current.keepers()) {
        keeper.awaitRound();
      }
    } catch (InterruptedException e) {
      end(current, record);
      throw e;
    }
    return () -> end(current, record);
  }

  /** Where it listens, while anything is announced. */
  public synchronized Optional<InetSocketAddress> address() {
    return session.map(current -> current.server().address());
  }

  /** Takes everything back, within the time for a farewell, and stops serving. */
  @Override
  public synchronized void close() {
    session.ifPresent(Session::stop);
    session = Optional.empty();
  }

  private synchronized Session begin(StoredRecord record) throws AnnounceException {
    if (session.isPresent()) {
      session.get().add(record);
      return session.get();
    }
    Session started = start();
    session = Optional.of(started);
    started.add(record);
    started.keepers().forEach(LeaseKeeper::start);
    started.relays().forEach(RelayKeeper::start);
    return started;
  }

  private synchronized void end(Session current, StoredRecord record) {
    if (session.filter(s -> s == current).isEmpty() || !current.records().contains(record)) {
      return;
    }
    if (current.records().size() == 1) {
      close();
    } else {
      current.remove(record);
    }
  }

  private Session start() throws AnnounceException {
    InetSocketAddress listen = settings.listenAddress();
    PeerServer server;
    try {
      server = PeerServer.start(identity, rules, images, listen, ServerLimits.PEER);
    } catch (IOException e) {
      throw new AnnounceException(e.getMessage(), e);
    }
    InstanceId instance = InstanceId.random();
    List<LeaseKeeper> keepers = new ArrayList<>();
    List<RelayKeeper> relays = new ArrayList<>();
    for (URI rendezvous : settings.rendezvous()) {
      TlsClient https = TlsClient.ofService(identity, patience.connect());
      keepers.add(
          new LeaseKeeper(
              rendezvous,
              instance,
              new Asker(https, patience),
              () ->
                  settings.request(
                      rendezvous, server.address(), images.digests(), registered(relays)),
              patience,
              notices));
    }
    for (URI relay : settings.relays()) {
      relays.add(
          new RelayKeeper(
              identity,
              relay,
              instance,
              server.address(),
              patience,
              RelayPace.DEFAULT,
              notices,
              () -> keepers.forEach(LeaseKeeper::renew)));
    }
    return new Session(server, keepers, relays, new ArrayList<>());
  }

  private static List<URI> registered(List<RelayKeeper> relays) {
    return relays.stream().flatMap(relay -> relay.address().stream()).toList();
  }

  /** From the first announcement to the end of the last. */
  private record Session(
      PeerServer server,
      List<LeaseKeeper> keepers,
      List<RelayKeeper> relays,
      List<StoredRecord> records) {

    void add(StoredRecord record) {
      records.add(record);
      server.add(record);
      keepers.forEach(keeper -> keeper.add(name(record)));
    }

    void remove(StoredRecord record) {
      records.remove(record);
      server.remove(record);
      if (records.stream().noneMatch(other -> name(other).equals(name(record)))) {
        keepers.forEach(keeper -> keeper.remove(name(record)));
      }
    }

    /** First nobody is sent here any more, then those who are here get a moment to finish. */
    void stop() {
      List<Thread> leaving =
          keepers.stream().map(keeper -> Thread.ofVirtual().start(keeper::close)).toList();
      try {
        for (Thread thread : leaving) {
          thread.join();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      server.close();
      relays.forEach(RelayKeeper::close);
    }

    private static RendezvousPath.Result name(StoredRecord record) {
      return new RendezvousPath.Result(record.repo(), record.key());
    }
  }
}
