package dev.peer.client.announce;

import dev.peer.core.find.Holder;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.store.StoredRecord;
import dev.peer.server.HeldFiles;
import dev.peer.server.HeldRuntimes;
import dev.peer.server.LiveRun;
import dev.peer.server.PeerServer;
import dev.peer.wire.LargeFilesKey;
import dev.peer.wire.Limits;
import dev.peer.wire.RendezvousPath;
import dev.peer.wire.RunEnd;
import dev.peer.wire.RunState;
import dev.peer.wire.RuntimesKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The serving of a process from the first announcement to the end of the last, with one server, one
 * lease at each rendezvous and one registration at each relay.
 */
final class ServingSession {

  private final PeerServer server;
  private final HeldFiles files;
  private final List<LeaseKeeper> keepers;
  private final List<RelayKeeper> relays;
  private final List<StoredRecord> records = new ArrayList<>();
  private final List<StoredRecord> withdrawn = new ArrayList<>();
  private final List<LiveRun> runs = new ArrayList<>();
  private final List<LiveRun> makings = new ArrayList<>();

  /** As long as a lease lasts: other peers' failures are not named longer either. */
  private static final Duration FAILED_FOR = Duration.ofSeconds(Limits.LEASE_SECONDS);

  private final Map<RendezvousPath.Result, RunEnd.Failed> failed = new HashMap<>();
  private final Set<RendezvousPath.Result> runtimes = new LinkedHashSet<>();
  private boolean started;

  ServingSession(
      PeerServer server, HeldFiles files, List<LeaseKeeper> keepers, List<RelayKeeper> relays) {
    this.server = server;
    this.files = files;
    this.keepers = List.copyOf(keepers);
    this.relays = List.copyOf(relays);
  }

  PeerServer server() {
    return server;
  }

  /** Begins to announce, if it has not. */
  synchronized void start() {
    if (!started) {
      started = true;
      announceRuntimes();
      keepers.forEach(LeaseKeeper::start);
      relays.forEach(RelayKeeper::start);
    }
  }

  /** Whether nothing else is announced than these, of which one or both are. */
  synchronized boolean hasOnly(Optional<StoredRecord> record, Optional<LiveRun> run) {
    return Stream.concat(records.stream(), withdrawn.stream())
            .allMatch(one -> one == record.orElse(null))
        && runs.stream().allMatch(one -> one == run.orElse(null));
  }

  synchronized void add(StoredRecord record) {
    records.add(record);
    server.add(record);
    announce(name(record));
  }

  /** From now on it is served, and not announced. */
  synchronized void withdraw(StoredRecord record) {
    if (records.remove(record)) {
      withdrawn.add(record);
      announce(name(record));
    }
  }

  synchronized void remove(StoredRecord record) {
    if (records.remove(record)) {
      server.remove(record);
      announce(name(record));
    } else if (withdrawn.remove(record)) {
      server.remove(record);
    }
  }

  synchronized LiveRun addRun(LiveRun run) {
    server.addRun(run);
    runs.add(run);
    failed.remove(name(run));
    announce(name(run));
    return run;
  }

  synchronized void removeRun(LiveRun run) {
    if (runs.remove(run)) {
      server.removeRun(run);
      announce(name(run));
    }
  }

  /** From now on, and for as long as the lease lasts, the run is announced as one that failed. */
  synchronized void fail(LiveRun run, RunEnd.Failed how) {
    failed.put(name(run), how);
    announce(name(run));
    Thread.ofVirtual().start(() -> forget(name(run), how));
  }

  private void forget(RendezvousPath.Result name, RunEnd.Failed how) {
    try {
      Thread.sleep(FAILED_FOR);
    } catch (InterruptedException e) {
      return;
    }
    synchronized (this) {
      if (failed.remove(name, how)) {
        announce(name);
      }
    }
  }

  /** Waits until each rendezvous was tried once. */
  void awaitRound() throws InterruptedException {
    for (LeaseKeeper keeper : keepers) {
      keeper.awaitRound();
    }
  }

  /** The peers before us, according to the first rendezvous that answers. */
  List<Holder> earlier(LiveRun run) throws InterruptedException {
    for (LeaseKeeper keeper : keepers) {
      keeper.awaitRound();
      Optional<List<Holder>> earlier = keeper.earlier(name(run));
      if (earlier.isPresent()) {
        return earlier.get();
      }
    }
    return List.of();
  }

  /** First withdraws the announcements, then gives current callers a moment to finish. */
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

  /** The best of a run's states is announced. */
  private void announce(RendezvousPath.Result name) {
    want(name, state(name));
    announceLargeFiles(name.repo());
  }

  private Optional<RunState> state(RendezvousPath.Result name) {
    if (runtimes.contains(name) || records.stream().anyMatch(one -> name.equals(name(one)))) {
      return Optional.of(RunState.PASSED);
    }
    if (failed.containsKey(name)) {
      return Optional.of(RunState.of(failed.get(name)));
    }
    return runs.stream().anyMatch(one -> name.equals(name(one)))
        ? Optional.of(RunState.RUNNING)
        : Optional.empty();
  }

  /** They are announced beside results of their repository. */
  private void announceLargeFiles(RepoId repo) {
    boolean held =
        records.stream().anyMatch(one -> one.repo().equals(repo))
            && files.largeFiles().holdsAny(repo);
    want(
        new RendezvousPath.Result(repo, LargeFilesKey.of(repo)),
        held ? Optional.of(RunState.PASSED) : Optional.empty());
  }

  /** Announces the runtimes that are held now, and takes back those that are not. */
  synchronized void announceRuntimes() {
    Set<RendezvousPath.Result> held = new LinkedHashSet<>();
    for (HeldRuntimes.Name name : files.runtimes().names()) {
      held.add(new RendezvousPath.Result(name.repo(), RuntimesKey.of(name.repo(), name.image())));
    }
    Set<RendezvousPath.Result> changed = new LinkedHashSet<>(runtimes);
    changed.addAll(held);
    runtimes.clear();
    runtimes.addAll(held);
    changed.forEach(name -> want(name, state(name)));
  }

  /** A runtime that others may wait for, as for a run that goes on. */
  synchronized LiveRun addMaking(RepoId repo, Digest image) {
    LiveRun making = addRun(LiveRun.ofRuntime(repo, image));
    makings.add(making);
    return making;
  }

  synchronized boolean isMaking() {
    return !makings.isEmpty();
  }

  /** Tells those that wait for it whether it is held now, and then also each rendezvous. */
  void endMaking(LiveRun making) throws InterruptedException {
    if (isHeldAtTheEnd(making)) {
      making.end(new RunEnd.Passed());
      // A peer that is still told to wait for it learns here how it ended.
      awaitRound();
    } else {
      making.end(new RunEnd.BrokenOff());
    }
  }

  private synchronized boolean isHeldAtTheEnd(LiveRun making) {
    makings.remove(making);
    announceRuntimes();
    return runtimes.contains(name(making));
  }

  private void want(RendezvousPath.Result name, Optional<RunState> state) {
    for (LeaseKeeper keeper : keepers) {
      keeper.want(name, state);
    }
  }

  private static RendezvousPath.Result name(StoredRecord record) {
    return new RendezvousPath.Result(record.repo(), record.key());
  }

  private static RendezvousPath.Result name(LiveRun run) {
    return new RendezvousPath.Result(run.repo(), run.key());
  }
}
