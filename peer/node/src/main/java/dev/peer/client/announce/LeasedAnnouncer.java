package dev.peer.client.announce;

import dev.peer.client.BoundedHttpClient;
import dev.peer.client.Timeouts;
import dev.peer.core.access.AccessRules;
import dev.peer.core.find.Holder;
import dev.peer.core.flow.AnnounceException;
import dev.peer.core.flow.Announcer;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.progress.ExecutionListener;
import dev.peer.core.progress.Notices;
import dev.peer.core.store.StoredRecord;
import dev.peer.http.Operations;
import dev.peer.http.ServerLimits;
import dev.peer.http.ServerSettings;
import dev.peer.pages.Pages;
import dev.peer.server.HeldFiles;
import dev.peer.server.Intake;
import dev.peer.server.LiveRun;
import dev.peer.server.PeerServer;
import dev.peer.tls.TlsClient;
import dev.peer.tls.TlsIdentity;
import dev.peer.wire.InstanceId;
import dev.peer.wire.RunEnd;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Serves records, runs that go on, guest images, files of Git LFS and prepared runtimes, and keeps
 * them announced under one lease at each rendezvous.
 *
 * <p>It begins to listen with the first announcement and stops with the last, unless it is
 * {@linkplain #open opened} before. The records stay their owner's to close, after their
 * announcement.
 */
public final class LeasedAnnouncer implements Announcer, AutoCloseable {

  private final TlsIdentity identity;
  private final Service service;
  private final ServeSettings settings;
  private final Timeouts patience;
  private final Notices notices;
  private Optional<ServingSession> session = Optional.empty();
  private boolean lasting;

  /**
   * What others get here, beside the records that are announced.
   *
   * @param rules supplies the current rules for fetching from us and handing over to us
   * @param intake takes results that others hand over; empty: none are taken
   * @param pages shows the records to people; empty: there are no pages
   * @param operations gives how the server is watched over, each time it begins to listen
   */
  public record Service(
      Supplier<AccessRules> rules,
      HeldFiles files,
      Optional<Intake> intake,
      Optional<Pages> pages,
      Supplier<Operations> operations) {}

  /** Does nothing until the first announcement, takes nothing from others, and keeps no log. */
  public LeasedAnnouncer(
      TlsIdentity identity,
      Supplier<AccessRules> rules,
      HeldFiles files,
      ServeSettings settings,
      Timeouts patience,
      Notices notices) {
    this(
        identity,
        new Service(rules, files, Optional.empty(), Optional.empty(), Operations::quiet),
        settings,
        patience,
        notices);
  }

  /**
   * Does nothing until the first announcement.
   *
   * @param notices told once when a rendezvous goes away, and once when it is back
   */
  public LeasedAnnouncer(
      TlsIdentity identity,
      Service service,
      ServeSettings settings,
      Timeouts patience,
      Notices notices) {
    this.identity = identity;
    this.service = service;
    this.settings = settings;
    this.patience = patience;
    this.notices = notices;
  }

  /** A result being served, which can be taken back before it is served no more. */
  public interface ResultAnnouncement extends Announcement {

    /** Has it announced no more; it is served until it is closed. Waits for no rendezvous. */
    void withdraw();
  }

  /**
   * A runtime that is made here. It ends when it is closed: if the runtime is held then, those that
   * wait for it learn that it is there, else that there will be none.
   */
  public interface MakingAnnouncement extends AutoCloseable {

    /** The peers that announced earlier that they make one, as {@link RunAnnouncement#earlier}. */
    List<Holder> earlier() throws InterruptedException;

    @Override
    void close();
  }

  /**
   * Begins to listen, and to keep its leases, although there is nothing to announce yet; it stops
   * when it is closed.
   */
  public synchronized void open() throws AnnounceException {
    lasting = true;
    added(Function.identity());
  }

  /** Returns when each rendezvous was tried once: it answered, or the notices say why not. */
  @Override
  public Announcement announce(StoredRecord record) throws AnnounceException, InterruptedException {
    Announcement announcement = add(record);
    try {
      announcement.awaitTold();
    } catch (InterruptedException e) {
      announcement.close();
      throw e;
    }
    return announcement;
  }

  /** As {@link #announce}, and returns at once. */
  public ResultAnnouncement add(StoredRecord record) throws AnnounceException {
    try {
      record.sync();
    } catch (IOException e) {
      throw new AnnounceException("it cannot be written to the disk: " + e.getMessage(), e);
    }
    return added(
        current -> {
          current.add(record);
          return new LeasedResult(current, record, Optional.empty());
        });
  }

  /** Returns at once. */
  @Override
  public RunAnnouncement announceRun(RepoId repo, RunKey key, String goal)
      throws AnnounceException {
    return added(current -> new LeasedRun(current, current.addRun(new LiveRun(repo, key, goal))));
  }

  /**
   * Says that this peer makes a runtime of a repository and a guest image, and lets others wait for
   * it. Returns at once.
   */
  public MakingAnnouncement announceMaking(RepoId repo, Digest image) throws AnnounceException {
    return added(
        current -> new LeasedRuntime(new LeasedRun(current, current.addMaking(repo, image))));
  }

  /** Whether others wait for a runtime of this process, or may. */
  public synchronized boolean isMaking() {
    return session.filter(ServingSession::isMaking).isPresent();
  }

  /** Announces the prepared runtimes that are held now, while anything is announced. */
  public synchronized void announceRuntimes() {
    session.ifPresent(ServingSession::announceRuntimes);
  }

  /** Where it listens, while anything is announced. */
  public synchronized Optional<InetSocketAddress> address() {
    return session.map(current -> current.server().address());
  }

  /** Takes everything back, within the time for a farewell, and stops serving. */
  @Override
  public synchronized void close() {
    session.ifPresent(ServingSession::stop);
    session = Optional.empty();
  }

  private synchronized <T> T added(Function<ServingSession, T> addition) throws AnnounceException {
    if (session.isEmpty()) {
      session = Optional.of(start());
    }
    T added = addition.apply(session.get());
    session.get().start();
    return added;
  }

  private synchronized void end(
      ServingSession current, Optional<StoredRecord> record, Optional<LiveRun> run) {
    if (session.filter(s -> s == current).isEmpty()) {
      return;
    }
    if (current.hasOnly(record, run) && !lasting) {
      close();
    } else {
      record.ifPresent(current::remove);
      run.ifPresent(current::removeRun);
    }
  }

  private ServingSession start() throws AnnounceException {
    InetSocketAddress listen = settings.listenAddress();
    PeerServer server;
    try {
      server =
          PeerServer.start(
              identity,
              service.rules(),
              service.files(),
              service.intake(),
              service.pages(),
              new ServerSettings(listen, ServerLimits.PEER, service.operations().get()));
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
              identity.id(),
              new LeaseRequests(rendezvous, instance, new BoundedHttpClient(https, patience)),
              () ->
                  settings.request(
                      rendezvous,
                      server.address(),
                      service.files().images().digests(),
                      registered(relays)),
              patience,
              notices));
    }
    for (URI relay : settings.relays()) {
      relays.add(
          new RelayKeeper(
              identity,
              new RelayKeeper.Registration(relay, instance, server.address()),
              patience,
              RelayPace.DEFAULT,
              notices,
              () -> keepers.forEach(LeaseKeeper::renew)));
    }
    return new ServingSession(server, service.files(), keepers, relays);
  }

  private static List<URI> registered(List<RelayKeeper> relays) {
    return relays.stream().flatMap(relay -> relay.address().stream()).toList();
  }

  /** A result, and the run that it comes from if that went on here. */
  private final class LeasedResult implements ResultAnnouncement {

    private final ServingSession current;
    private final StoredRecord record;
    private final Optional<LiveRun> run;
    private boolean closed;

    LeasedResult(ServingSession current, StoredRecord record, Optional<LiveRun> run) {
      this.current = current;
      this.record = record;
      this.run = run;
    }

    @Override
    public void withdraw() {
      current.withdraw(record);
    }

    @Override
    public void awaitTold() throws InterruptedException {
      current.awaitRound();
    }

    @Override
    public void awaitFollowers(Duration most) throws InterruptedException {
      if (run.isPresent()) {
        run.get().awaitFollowers(most);
      }
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        end(current, Optional.of(record), run);
      }
    }
  }

  /** A run that goes on here, or is about to. */
  private final class LeasedRun implements RunAnnouncement {

    private final ServingSession current;
    private final LiveRun run;
    private boolean over;

    LeasedRun(ServingSession current, LiveRun run) {
      this.current = current;
      this.run = run;
    }

    @Override
    public List<Holder> earlier() throws InterruptedException {
      return current.earlier(run);
    }

    @Override
    public ExecutionListener begin(Path backlog) {
      run.begin(backlog);
      return run;
    }

    /** Peers that learn that it passed find the result here. */
    @Override
    public Announcement passed(StoredRecord record) {
      over = true;
      current.add(record);
      run.end(new RunEnd.Passed());
      return new LeasedResult(current, record, Optional.of(run));
    }

    @Override
    public void failed(String stage, Optional<Integer> exitCode) {
      Optional<Integer> code = exitCode.filter(RunEnd::isExitCode);
      RunEnd.Failed how = new RunEnd.Failed(stage, code, Instant.now());
      run.end(how);
      current.fail(run, how);
    }

    @Override
    public void close() {
      if (!over) {
        over = true;
        run.end(new RunEnd.BrokenOff());
        end(current, Optional.empty(), Optional.of(run));
      }
    }
  }

  /** A runtime that is made here, as a run that others follow. */
  private static final class LeasedRuntime implements MakingAnnouncement {

    private final LeasedRun run;
    private boolean closed;

    LeasedRuntime(LeasedRun run) {
      this.run = run;
    }

    @Override
    public List<Holder> earlier() throws InterruptedException {
      return run.earlier();
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        try {
          run.current.endMaking(run.run);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        } finally {
          run.close();
        }
      }
    }
  }
}
