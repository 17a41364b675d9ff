package dev.peer.rendezvous;

import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.wire.EventId;
import dev.peer.wire.HolderList;
import dev.peer.wire.LeaseRequest;
import dev.peer.wire.Limits;
import dev.peer.wire.RendezvousStatus;
import dev.peer.wire.ResultState;
import dev.peer.wire.RunState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * The index in this process's memory; a restart loses it, and the peers announce again.
 *
 * <p>A lookup takes no lock and judges each lease by the clock, so that it is right at once when a
 * lease ends. Every change sweeps a little of what ended leases leave behind: no call ever pays for
 * a peer that announced much.
 */
public final class EmbeddedIndex implements HolderIndex {

  private static final int SWEPT_WITH_A_CHANGE = 64;

  private final IndexSettings settings;
  private final LongSupplier nanoClock;

  /** Written under the lock only. */
  private final ConcurrentMap<Fingerprint, Repository> repositories = new ConcurrentHashMap<>();

  /** Written under the lock only. */
  private final ImageHolders imageHolders = new ImageHolders();

  /** Live leases, the next to expire first: all last equally long. */
  private final LinkedHashMap<LeaseHolder, Lease> leases = new LinkedHashMap<>();

  private final History history;

  private final Map<PeerId, Lease.Usage> usage = new HashMap<>();

  /** Leases that are over, and of whose results some are still in the index. */
  private final Deque<Lease> ended = new ArrayDeque<>();

  /** Results of live leases. */
  private long announced;

  /**
   * Makes an empty index.
   *
   * @param nanoClock a clock that only goes forward, as {@link System#nanoTime}
   */
  public EmbeddedIndex(IndexSettings settings, LongSupplier nanoClock) {
    this.settings = settings;
    this.nanoClock = nanoClock;
    this.history = new History(settings.events());
  }

  @Override
  public synchronized Grant lease(LeaseHolder holder, LeaseRequest request) {
    sweep();
    Lease lease = leases.remove(holder);
    boolean renewed = lease != null;
    if (!renewed) {
      Lease.Usage used = usage.computeIfAbsent(holder.peer(), _ -> new Lease.Usage());
      if (used.leases >= settings.leasesPerPeer()) {
        return new Grant.TooMany(settings.leasesPerPeer());
      }
      used.leases++;
      lease = new Lease(holder.peer(), used);
    }
    lease.renew(
        new HolderList.Entry(holder.peer(), request),
        nanoClock.getAsLong() + settings.terms().expiresAfter().toNanos());
    leases.put(holder, lease);
    imageHolders.hold(lease, Set.copyOf(request.images()));
    return renewed ? new Grant.Renewed(settings.terms()) : new Grant.New(settings.terms());
  }

  @Override
  public synchronized void withdraw(LeaseHolder holder) {
    sweep();
    Lease lease = leases.remove(holder);
    if (lease != null) {
      end(lease);
    }
  }

  @Override
  public AnnounceOutcome announce(LeaseHolder holder, RepoId repo, RunKey key, RunState state) {
    Fingerprint name = Fingerprint.of(repo);
    Fingerprint run = Fingerprint.of(key);
    synchronized (this) {
      sweep();
      Lease lease = leases.get(holder);
      if (lease == null) {
        return new AnnounceOutcome.NoLease();
      }
      Repository repository = repositories.computeIfAbsent(name, Repository::new);
      Optional<Announcement> before = Announcement.of(lease, repository.of(run));
      if (before.isEmpty() && lease.usage.results >= settings.resultsPerPeer()) {
        dropIfEmpty(repository);
        return new AnnounceOutcome.TooMany(settings.resultsPerPeer());
      }
      Announcement now =
          before
              .filter(same -> same.state.equals(state) || same.state.isPassed())
              .orElseGet(() -> put(lease, repository, run, state, before));
      return now.isIn(ResultState.RUNNING)
          ? new AnnounceOutcome.Running(
              now.running(repository.of(run), nanoClock.getAsLong(), Limits.HOLDERS))
          : new AnnounceOutcome.Done();
    }
  }

  /** In one step for lookups, which find either the earlier announcement, or this one. */
  private Announcement put(
      Lease lease,
      Repository repository,
      Fingerprint run,
      RunState state,
      Optional<Announcement> before) {
    Announcement now = new Announcement(lease, repository, run, state);
    Announcement[] rest = repository.of(run);
    if (before.isPresent()) {
      before.get().leave();
      rest = Announcement.without(rest, before.get());
    } else {
      lease.usage.results++;
      announced++;
    }
    repository.set(run, Announcement.with(rest, now));
    before.ifPresent(this::tellGone);
    if (state.isPassed()) {
      history.passed(now);
    }
    return now;
  }

  @Override
  public void retract(LeaseHolder holder, RepoId repo, RunKey key) {
    Fingerprint name = Fingerprint.of(repo);
    Fingerprint run = Fingerprint.of(key);
    synchronized (this) {
      sweep();
      Lease lease = leases.get(holder);
      Repository repository = repositories.get(name);
      if (lease != null && repository != null) {
        Announcement.of(lease, repository.of(run))
            .ifPresent(
                one -> {
                  announced--;
                  forget(one);
                });
      }
    }
  }

  @Override
  public List<HolderList.Entry> holders(RepoId repo, RunKey key) {
    Repository repository = repositories.get(Fingerprint.of(repo));
    if (repository == null) {
      return List.of();
    }
    Announcement[] all = repository.of(Fingerprint.of(key));
    long now = nanoClock.getAsLong();
    List<HolderList.Entry> entries = new ArrayList<>();
    Announcement.latestFirst(all, ResultState.PASSED, now, Limits.HOLDERS, entries);
    Announcement.earliestFirst(all, ResultState.RUNNING, now, Limits.HOLDERS, entries);
    Announcement.latestFirst(all, ResultState.FAILED, now, Limits.HOLDERS, entries);
    return entries;
  }

  @Override
  public List<HolderList.Entry> holders(Digest image) {
    return imageHolders.of(image, nanoClock.getAsLong());
  }

  @Override
  public Listing announced(RepoId repo, int most) {
    Repository repository = repositories.get(Fingerprint.of(repo));
    if (repository == null) {
      return new Listing(Map.of(), Set.of());
    }
    List<Announcement> live = repository.live(nanoClock.getAsLong(), most);
    return new Listing(
        live.stream()
            .collect(
                Collectors.groupingBy(
                    one -> one.run.runKey(),
                    Collectors.mapping(Announcement::entry, Collectors.toList()))),
        live.stream()
            .map(one -> one.lease)
            .distinct()
            .flatMap(lease -> lease.images.stream())
            .collect(Collectors.toSet()));
  }

  @Override
  public ResultFeed follow(RepoId repo, Optional<EventId> after) {
    return new EmbeddedFeed(this, Fingerprint.of(repo), after);
  }

  synchronized History.Listener listen(Fingerprint repository) {
    return history.listen(repository);
  }

  synchronized Optional<History.Listener> listen(Fingerprint repository, EventId after) {
    return history.listen(repository, after);
  }

  synchronized void forget(History.Listener listener) {
    history.forget(listener);
  }

  EventId eventId(long number) {
    return history.id(number);
  }

  /** The results of a repository, read while they may change. */
  Iterator<EmbeddedFeed.RunHolder> held(Fingerprint name) {
    Repository repository = repositories.get(name);
    if (repository == null) {
      return Collections.emptyIterator();
    }
    return repository.runs.entrySet().stream()
        .flatMap(entry -> Arrays.stream(entry.getValue()))
        .filter(one -> one.state.isPassed())
        .filter(one -> one.lease.isLive(nanoClock.getAsLong()))
        .map(one -> new EmbeddedFeed.RunHolder(one.run, one.entry()))
        .iterator();
  }

  /** Clears everything that ended leases had announced, and lets other calls in between. */
  void sweepAll() {
    boolean more = true;
    while (more) {
      synchronized (this) {
        sweep();
        more = !ended.isEmpty();
      }
    }
  }

  @Override
  public synchronized RendezvousStatus status() {
    sweep();
    return new RendezvousStatus(leases.size(), announced);
  }

  @Override
  public boolean isAtHand() {
    return true;
  }

  /** Ends expired leases, and clears a little of what ended ones had announced. */
  private void sweep() {
    long now = nanoClock.getAsLong();
    Iterator<Lease> oldest = leases.values().iterator();
    while (oldest.hasNext()) {
      Lease lease = oldest.next();
      if (lease.isLive(now)) {
        break;
      }
      oldest.remove();
      end(lease);
    }
    int left = SWEPT_WITH_A_CHANGE;
    while (left > 0 && !ended.isEmpty()) {
      Lease lease = ended.peek();
      for (; left > 0 && lease.first != null; left--) {
        forget(lease.first);
      }
      if (lease.first == null) {
        ended.remove();
        release(lease);
      }
    }
  }

  private void end(Lease lease) {
    lease.end();
    imageHolders.hold(lease, Set.of());
    lease.usage.leases--;
    announced -= lease.results;
    ended.add(lease);
  }

  private void release(Lease lease) {
    if (lease.usage.leases == 0 && lease.usage.results == 0) {
      usage.remove(lease.peer, lease.usage);
    }
  }

  private void forget(Announcement one) {
    one.lease.usage.results--;
    one.leave();
    one.repository.set(one.run, Announcement.without(one.repository.of(one.run), one));
    tellGone(one);
    dropIfEmpty(one.repository);
  }

  /** If it passed, and no other process of the peer holds it. */
  private void tellGone(Announcement one) {
    long now = nanoClock.getAsLong();
    boolean held =
        Arrays.stream(one.repository.of(one.run))
            .anyMatch(
                other ->
                    other.state.isPassed()
                        && other.lease.peer.equals(one.lease.peer)
                        && other.lease.isLive(now));
    if (one.state.isPassed() && !held) {
      history.gone(one);
    }
  }

  private void dropIfEmpty(Repository repository) {
    if (repository.runs.isEmpty()) {
      repositories.remove(repository.name);
    }
  }
}
