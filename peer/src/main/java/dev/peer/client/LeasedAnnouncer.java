package dev.peer.client;

import dev.peer.core.flow.AnnounceException;
import dev.peer.core.flow.Announcer;
import dev.peer.core.flow.Notices;
import dev.peer.core.store.StoredRecord;
import dev.peer.core.trust.AccessRules;
import dev.peer.http.ServerLimits;
import dev.peer.server.HeldImages;
import dev.peer.server.Intake;
import dev.peer.server.PeerServer;
import dev.peer.tls.TlsClient;
import dev.peer.tls.TlsIdentity;
import dev.peer.wire.InstanceId;
import dev.peer.wire.RendezvousPath;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Serves records and guest images, and keeps them announced under one lease at each rendezvous.
 *
 * <p>It begins to listen with the first announcement and stops with the last, unless it is
 * {@linkplain #open opened} before. The records stay their owner's to close, after their
 * announcement.
 */
public final class LeasedAnnouncer implements Announcer, AutoCloseable {

  private final TlsIdentity identity;
  private final Supplier<AccessRules> rules;
  private final HeldImages images;
  private final Optional<Intake> intake;
  private final ServeSettings settings;
  private final Patience patience;
  private final Notices notices;
  private Optional<Session> session = Optional.empty();
  private boolean lasting;

  /** Does nothing until the first announcement, and takes nothing from others. */
  public LeasedAnnouncer(
      TlsIdentity identity,
      Supplier<AccessRules> rules,
      HeldImages images,
      ServeSettings settings,
      Patience patience,
      Notices notices) {
    this(identity, rules, images, Optional.empty(), settings, patience, notices);
  }

  /**
   * Does nothing until the first announcement.
   *
   * @param rules gives who may fetch from us at the moment, and hand over to us
   * @param intake takes what others hand over; nothing: it is not taken
   * @param notices told once when a rendezvous goes away, and once when it is back
   */
  public LeasedAnnouncer(
      TlsIdentity identity,
      Supplier<AccessRules> rules,
      HeldImages images,
      Optional<Intake> intake,
      ServeSettings settings,
      Patience patience,
      Notices notices) {
    this.identity = identity;
    this.rules = rules;
    this.images = images;
    this.intake = intake;
    this.settings = settings;
    this.patience = patience;
    this.notices = notices;
  }

  /**
   * Begins to listen, and to keep its leases, although there is nothing to announce yet; it stops
   * when it is closed.
   */
  public synchronized void open() throws AnnounceException {
    lasting = true;
    begin();
  }

  /** Returns when each rendezvous was tried once: it answered, or the notices say why not. */
  @Override
  public Announcement announce(StoredRecord record) throws AnnounceException, InterruptedException {
    Kept kept = begin(record);
    try {
      kept.awaitTold();
    } catch (InterruptedException e) {
      kept.close();
      throw e;
    }
    return kept;
  }

  /** A result being served, which can be taken back before it is served no more. */
  public interface Serving extends Announcement {

    /** Has it announced no more; it is served until it is closed. Waits for no rendezvous. */
    void withdraw();

    /** Waits until each rendezvous was tried once since what was last changed. */
    void awaitTold() throws InterruptedException;
  }

  /** As {@link #announce}, and waits for no rendezvous. */
  public Serving add(StoredRecord record) throws AnnounceException {
    return begin(record);
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

  private synchronized Kept begin(StoredRecord record) throws AnnounceException {
    Session current = begin();
    current.add(record);
    return new Kept(current, record);
  }

  private Session begin() throws AnnounceException {
    if (session.isEmpty()) {
      session = Optional.of(start());
      session.get().keepers().forEach(LeaseKeeper::start);
    }
    return session.get();
  }

  private synchronized void end(Session current, StoredRecord record) {
    if (session.filter(s -> s == current).isEmpty() || !current.records().containsKey(record)) {
      return;
    }
    if (current.records().size() == 1 && !lasting) {
      close();
    } else {
      current.remove(record);
    }
  }

  private synchronized void withdraw(Session current, StoredRecord record) {
    current.retract(record);
  }

  /** One announcement. */
  private final class Kept implements Serving {

    private final Session session;
    private final StoredRecord record;

    private Kept(Session session, StoredRecord record) {
      this.session = session;
      this.record = record;
    }

    @Override
    public void withdraw() {
      LeasedAnnouncer.this.withdraw(session, record);
    }

    @Override
    public void awaitTold() throws InterruptedException {
      session.awaitRound();
    }

    @Override
    public void close() {
      end(session, record);
    }
  }

  private Session start() throws AnnounceException {
    InetSocketAddress listen = settings.listenAddress();
    PeerServer server;
    try {
      server = PeerServer.start(identity, rules, images, intake, listen, ServerLimits.PEER);
    } catch (IOException e) {
      throw new AnnounceException(e.getMessage(), e);
    }
    InstanceId instance = InstanceId.random();
    List<LeaseKeeper> keepers = new ArrayList<>();
    for (URI rendezvous : settings.rendezvous()) {
      TlsClient https = TlsClient.ofService(identity, patience.connect());
      keepers.add(
          new LeaseKeeper(
              rendezvous,
              instance,
              new Asker(https, patience),
              () -> settings.request(rendezvous, server.address(), images.digests()),
              patience,
              notices));
    }
    return new Session(server, keepers, new IdentityHashMap<>());
  }

  /**
   * From the beginning to the end of serving.
   *
   * @param records what is served, and whether it is announced too
   */
  private record Session(
      PeerServer server, List<LeaseKeeper> keepers, Map<StoredRecord, Boolean> records) {

    void add(StoredRecord record) {
      records.put(record, true);
      server.add(record);
      keepers.forEach(keeper -> keeper.add(name(record)));
    }

    void remove(StoredRecord record) {
      retract(record);
      server.remove(record);
      records.remove(record);
    }

    /** Two records of one run have one name, which is taken back with the last of them. */
    void retract(StoredRecord record) {
      if (records.replace(record, true, false)
          && records.entrySet().stream()
              .noneMatch(other -> other.getValue() && name(other.getKey()).equals(name(record)))) {
        keepers.forEach(keeper -> keeper.remove(name(record)));
      }
    }

    void awaitRound() throws InterruptedException {
      for (LeaseKeeper keeper : keepers) {
        keeper.awaitRound();
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
    }

    private static RendezvousPath.Result name(StoredRecord record) {
      return new RendezvousPath.Result(record.repo(), record.key());
    }
  }
}
