package dev.peer.client.announce;

import dev.peer.client.BoundedHttpClient;
import dev.peer.client.BusyException;
import dev.peer.client.Timeouts;
import dev.peer.client.rendezvous.RendezvousLookup;
import dev.peer.core.find.Holder;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.progress.Notices;
import dev.peer.core.record.MalformedException;
import dev.peer.wire.AnnouncementQuery;
import dev.peer.wire.HolderList;
import dev.peer.wire.InstanceId;
import dev.peer.wire.LeaseRequest;
import dev.peer.wire.LeaseTerms;
import dev.peer.wire.Limits;
import dev.peer.wire.Problem;
import dev.peer.wire.RendezvousPath;
import dev.peer.wire.ResultState;
import dev.peer.wire.RunEnd;
import dev.peer.wire.RunList;
import dev.peer.wire.RunState;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Keeps one lease at one rendezvous, with the announcements that should be under it.
 *
 * <p>It loops: renew, announce what is missing, withdraw what should go, wait. A new lease has no
 * announcements, so it makes all of them again: a rendezvous that has restarted is whole within one
 * renewal.
 */
final class LeaseKeeper implements AutoCloseable {

  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
  private static final Duration LAST_RETRY = Duration.ofSeconds(15);
  private static final Duration LONGEST = Duration.ofSeconds(Limits.LEASE_SECONDS);

  /** Supplies the current request for the rendezvous. */
  @FunctionalInterface
  interface Request {

    LeaseRequest now() throws IOException;
  }

  /**
   * What was said of a run.
   *
   * @param taken whether the rendezvous has answered that it took it; else it may have, or may yet
   */
  private record Told(RunState state, boolean taken) {}

  private final PeerId self;
  private final URI rendezvous;
  private final BoundedHttpClient asker;
  private final Request request;
  private final Timeouts patience;
  private final Notices notices;
  private final InstanceId instance;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Condition rounded = lock.newCondition();
  private final Map<RendezvousPath.Result, RunState> wanted = new LinkedHashMap<>();
  private final Map<RendezvousPath.Result, List<Holder>> earlier = new HashMap<>();
  private long version;
  private long roundedVersion;

  /** The last announcement of each run; for this keeper's thread alone. */
  private final Map<RendezvousPath.Result, Told> told = new LinkedHashMap<>();

  /** The lease that it is announced under, where the rendezvous tells them apart. */
  private Optional<String> lease = Optional.empty();

  private List<URI> addresses = List.of();
  private long renewAt;

  private volatile boolean asked;

  LeaseKeeper(
      PeerId self,
      URI rendezvous,
      InstanceId instance,
      BoundedHttpClient asker,
      Request request,
      Timeouts patience,
      Notices notices) {
    this.self = self;
    this.rendezvous = rendezvous;
    this.instance = instance;
    this.asker = asker;
    this.request = request;
    this.patience = patience;
    this.notices = notices;
    thread = Thread.ofVirtual().name("lease").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /**
   * From now on the run is announced as being in this state, as soon as the rendezvous can be
   * reached.
   *
   * @param state nothing: it is not announced
   */
  void want(RendezvousPath.Result run, Optional<RunState> state) {
    lock.lock();
    try {
      if (state.isPresent()) {
        wanted.put(run, state.get());
      } else {
        wanted.remove(run);
        earlier.remove(run);
      }
      version++;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** The peers that announced the run before us; empty: the rendezvous has not answered. */
  Optional<List<Holder>> earlier(RendezvousPath.Result run) {
    lock.lock();
    try {
      return Optional.ofNullable(earlier.get(run));
    } finally {
      lock.unlock();
    }
  }

  /** Renews the lease at once, because the request has changed. */
  void renew() {
    lock.lock();
    try {
      version++;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until the current announcements were tried once, for at most the time of an answer. */
  void awaitRound() throws InterruptedException {
    lock.lock();
    try {
      long target = version;
      long left = patience.answer().toNanos();
      while (roundedVersion < target && left > 0) {
        left = rounded.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes everything back, within the time for a farewell. Where a run failed, that is left to be
   * seen until the lease ends.
   */
  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join(patience.farewell());
      if (asked) {
        leave();
      }
    } catch (IOException e) {
      notices.say(
          "could not take leave, others may still ask for a moment: " + BoundedHttpClient.why(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    asker.close();
  }

  private void leave() throws IOException, InterruptedException {
    Map<RendezvousPath.Result, RunState> failed = wanted();
    failed.values().removeIf(state -> state.state() != ResultState.FAILED);
    if (failed.isEmpty()) {
      part("DELETE", uri("/v1/lease"), Optional.empty());
      return;
    }
    // Nothing else of it leads here any more.
    part("PUT", uri("/v1/lease"), Optional.of(new LeaseRequest(addresses).json()));
    for (Map.Entry<RendezvousPath.Result, RunState> run : failed.entrySet()) {
      part("PUT", uri(run.getKey(), run.getValue()), body(run.getValue()));
    }
  }

  private void part(String method, URI uri, Optional<byte[]> body)
      throws IOException, InterruptedException {
    asker.ask(method, uri, body, patience.farewell());
  }

  private void run() {
    Duration renewal = LAST_RETRY;
    Duration retry = FIRST_RETRY;
    boolean away = false;
    try {
      while (true) {
        Duration pause;
        long tried = version();
        try {
          renewal = round();
          pause = renewal;
          retry = FIRST_RETRY;
          if (away) {
            notices.say("rendezvous " + rendezvous.getAuthority() + " is back");
          }
          away = false;
        } catch (IOException e) {
          if (!away) {
            notices.say("not announced; retrying: rendezvous " + BoundedHttpClient.why(e));
          }
          away = true;
          pause = longer(shorter(retry, renewal), asked(e));
          retry = shorter(retry.multipliedBy(2), LAST_RETRY);
        }
        endRound(tried, pause);
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  /** Renews, and brings the announcements up to date; returns the time until the next renewal. */
  private Duration round() throws IOException, InterruptedException {
    LeaseTerms terms = lease();
    if (!announceWanted()) {
      terms = lease();
      if (!announceWanted()) {
        throw new IOException(rendezvous.getAuthority() + ": the rendezvous dropped our lease");
      }
    }
    Map<RendezvousPath.Result, RunState> still = wanted();
    for (RendezvousPath.Result run : List.copyOf(told.keySet())) {
      if (!still.containsKey(run)) {
        retract(run);
      }
    }
    return terms.renewAfter();
  }

  private void retract(RendezvousPath.Result run) throws IOException, InterruptedException {
    require(ask("DELETE", uri(run.text()), Optional.empty()), 204);
    told.remove(run);
  }

  private LeaseTerms lease() throws IOException, InterruptedException {
    LeaseRequest now = request.now();
    addresses = now.addresses();
    asked = true;
    BoundedHttpClient.Answer answer = ask("PUT", uri("/v1/lease"), Optional.of(now.json()));
    if (answer.status() != 200) {
      require(answer, 201);
      told.clear();
    }
    try {
      LeaseTerms terms = LeaseTerms.parse(answer.body());
      if (!terms.lease().equals(lease)) {
        // A new lease: by another node of the same service, or by a lost answer.
        told.clear();
        lease = terms.lease();
      }
      renewAt = System.nanoTime() + terms.renewAfter().toNanos();
      return terms;
    } catch (MalformedException e) {
      throw new IOException(
          rendezvous.getAuthority() + ": nonsense: " + BoundedHttpClient.why(e), e);
    }
  }

  /** Says whether there is a lease to announce under. */
  private boolean announceWanted() throws IOException, InterruptedException {
    Map<RepoId, List<RendezvousPath.Result>> passed = new LinkedHashMap<>();
    for (Map.Entry<RendezvousPath.Result, RunState> entry : wanted().entrySet()) {
      RendezvousPath.Result run = entry.getKey();
      RunState state = entry.getValue();
      if (new Told(state, true).equals(told.get(run))) {
        continue;
      }
      if (state.isPassed()) {
        passed.computeIfAbsent(run.repo(), _ -> new ArrayList<>()).add(run);
      } else if (!announce(run, state)) {
        return false;
      }
    }
    for (List<RendezvousPath.Result> runs : passed.values()) {
      for (int from = 0; from < runs.size(); from += Limits.RUNS) {
        if (!announcePassed(runs.subList(from, Math.min(runs.size(), from + Limits.RUNS)))) {
          return false;
        }
      }
    }
    return true;
  }

  /** Of one repository. A rendezvous of before 0.5 takes them one by one alone. */
  private boolean announcePassed(List<RendezvousPath.Result> runs)
      throws IOException, InterruptedException {
    if (runs.size() > 1) {
      RunList list = new RunList(runs.stream().map(RendezvousPath.Result::key).toList());
      RendezvousPath together = new RendezvousPath.Results(runs.getFirst().repo());
      if (!isStillLeased()) {
        return false;
      }
      runs.forEach(run -> told.put(run, new Told(RunState.PASSED, false)));
      BoundedHttpClient.Answer answer = ask("POST", uri(together.text()), Optional.of(list.json()));
      if (!answer.is(Problem.Kind.NO_SUCH_PATH)) {
        return isAnnounced(runs, RunState.PASSED, answer);
      }
    }
    for (RendezvousPath.Result run : runs) {
      if (!announce(run, RunState.PASSED)) {
        return false;
      }
    }
    return true;
  }

  private boolean announce(RendezvousPath.Result run, RunState state)
      throws IOException, InterruptedException {
    if (!isStillLeased()) {
      return false;
    }
    if (!state.isPassed() && told.containsKey(run) && told.get(run).state().isPassed()) {
      retract(run);
    }
    told.put(run, new Told(state, false));
    BoundedHttpClient.Answer answer = ask("PUT", uri(run, state), body(state));
    return isAnnounced(List.of(run), state, answer);
  }

  /** Renews the lease where there is so much to say that it is time to. */
  private boolean isStillLeased() throws IOException, InterruptedException {
    int before = told.size();
    if (System.nanoTime() - renewAt >= 0) {
      lease();
    }
    return told.size() >= before;
  }

  private boolean isAnnounced(
      List<RendezvousPath.Result> runs, RunState state, BoundedHttpClient.Answer answer)
      throws IOException {
    if (answer.is(Problem.Kind.NO_LEASE)) {
      told.clear();
      return false;
    }
    if (state.state() == ResultState.RUNNING) {
      if (answer.status() == 204) {
        // A request of before, that was held up on its way, said that it passed.
        told.put(runs.getFirst(), new Told(RunState.PASSED, false));
      }
      require(answer, 200);
      keepEarlier(runs.getFirst(), answer);
    } else {
      require(answer, 204);
    }
    runs.forEach(run -> told.put(run, new Told(state, true)));
    return true;
  }

  /** The first answer counts: peers that learn later that we run it will find us running. */
  private void keepEarlier(RendezvousPath.Result run, BoundedHttpClient.Answer answer)
      throws IOException {
    List<Holder> before = new ArrayList<>();
    try {
      for (HolderList.Entry entry : HolderList.parse(answer.body()).in(ResultState.RUNNING)) {
        if (entry.peer().equals(self) && addresses.containsAll(entry.addresses())) {
          break;
        }
        before.add(RendezvousLookup.holder(entry, asker.serverOf(answer)));
      }
    } catch (MalformedException e) {
      throw new IOException(
          rendezvous.getAuthority() + ": nonsense: " + BoundedHttpClient.why(e), e);
    }
    lock.lock();
    try {
      if (wanted.containsKey(run)) {
        earlier.putIfAbsent(run, List.copyOf(before));
      }
    } finally {
      lock.unlock();
    }
  }

  private BoundedHttpClient.Answer ask(String method, URI uri, Optional<byte[]> body)
      throws IOException, InterruptedException {
    return asker.ask(method, uri, body);
  }

  private void require(BoundedHttpClient.Answer answer, int status) throws IOException {
    if (answer.status() != status) {
      String why = rendezvous.getAuthority() + ": " + answer.why();
      throw answer.retryAfter().isPresent()
          ? new BusyException(why, answer.retryAfter().get())
          : new IOException(why);
    }
  }

  private URI uri(String path) {
    return URI.create(rendezvous + path + instance.query());
  }

  private URI uri(RendezvousPath.Result run, RunState state) {
    String query = new AnnouncementQuery(instance, state.state()).text();
    return URI.create(rendezvous + run.text() + query);
  }

  private static Optional<byte[]> body(RunState state) {
    return state.failure().map(RunEnd.Failed::bareJson);
  }

  private long version() {
    lock.lock();
    try {
      return version;
    } finally {
      lock.unlock();
    }
  }

  private Map<RendezvousPath.Result, RunState> wanted() {
    lock.lock();
    try {
      return new LinkedHashMap<>(wanted);
    } finally {
      lock.unlock();
    }
  }

  /** Waits for a random time a little below this, or until the announcements change. */
  private void endRound(long tried, Duration pause) throws InterruptedException {
    long nanos = pause.toNanos() - ThreadLocalRandom.current().nextLong(pause.toNanos() / 5);
    lock.lock();
    try {
      roundedVersion = tried;
      rounded.signalAll();
      while (version == tried && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
    } finally {
      lock.unlock();
    }
  }

  /** How long we were asked to stay away. A lease does not outlast more. */
  private static Duration asked(IOException e) {
    return e instanceof BusyException busy ? shorter(busy.retryAfter(), LONGEST) : Duration.ZERO;
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? other : one;
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
