package dev.peer.client.announce;

import dev.peer.client.BoundedHttpClient;
import dev.peer.client.Timeouts;
import dev.peer.core.find.Holder;
import dev.peer.core.id.PeerId;
import dev.peer.core.progress.Notices;
import dev.peer.core.record.MalformedException;
import dev.peer.wire.HolderList;
import dev.peer.wire.LeaseRequest;
import dev.peer.wire.LeaseTerms;
import dev.peer.wire.Problem;
import dev.peer.wire.RendezvousPath;
import dev.peer.wire.ResultState;
import dev.peer.wire.RunState;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Keeps one lease at one rendezvous, with the announcements that should be under it.
 *
 * <p>It loops: renew, announce what is missing, withdraw what should go, wait. A new lease has no
 * announcements, so it makes all of them again: a rendezvous that has restarted is whole within one
 * renewal.
 */
final class LeaseKeeper implements AutoCloseable {

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
  private record LastState(RunState state, boolean taken) {}

  private final PeerId self;
  private final LeaseRequests rendezvous;
  private final Request request;
  private final Timeouts patience;
  private final Notices notices;
  private final AnnouncementPlan plan = new AnnouncementPlan();
  private final Thread thread;

  /** The last announcement of each run; for this keeper's thread alone. */
  private final Map<RendezvousPath.Result, LastState> told = new LinkedHashMap<>();

  /** The lease that it is announced under, where the rendezvous tells them apart. */
  private Optional<String> lease = Optional.empty();

  private List<URI> addresses = List.of();
  private long renewAt;

  /** What the rendezvous does not take from us, and why, if there was such in this round. */
  private Optional<String> refused = Optional.empty();

  private volatile boolean asked;

  LeaseKeeper(
      PeerId self, LeaseRequests rendezvous, Request request, Timeouts patience, Notices notices) {
    this.self = self;
    this.rendezvous = rendezvous;
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
    plan.want(run, state);
  }

  /** The peers that announced the run before us; empty: the rendezvous has not answered. */
  Optional<List<Holder>> earlier(RendezvousPath.Result run) {
    return plan.earlier(run);
  }

  /** Renews the lease at once, because the request has changed. */
  void renew() {
    plan.touch();
  }

  /** Waits until the current announcements were tried once, for at most the time of an answer. */
  void awaitRound() throws InterruptedException {
    plan.awaitTried(patience.answer());
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
    rendezvous.client().close();
  }

  private void leave() throws IOException, InterruptedException {
    Map<RendezvousPath.Result, RunState> failed = plan.wanted();
    failed.values().removeIf(state -> state.state() != ResultState.FAILED);
    if (failed.isEmpty()) {
      rendezvous.end(patience.farewell());
      return;
    }
    // Nothing else of it leads here any more.
    rendezvous.renew(new LeaseRequest(addresses), patience.farewell());
    for (Map.Entry<RendezvousPath.Result, RunState> run : failed.entrySet()) {
      rendezvous.announce(run.getKey(), run.getValue(), patience.farewell());
    }
  }

  private void run() {
    Duration renewal = LeasePace.LAST_RETRY;
    Duration retry = LeasePace.FIRST_RETRY;
    boolean away = false;
    try {
      while (true) {
        Duration pause;
        long change = plan.change();
        try {
          renewal = round();
          pause = renewal;
          retry = LeasePace.FIRST_RETRY;
          if (away) {
            notices.say("rendezvous " + rendezvous.name() + " is back");
          }
          away = false;
        } catch (IOException e) {
          if (!away) {
            notices.say("not announced; retrying: rendezvous " + BoundedHttpClient.why(e));
          }
          away = true;
          pause = LeasePace.pause(retry, renewal, e);
          retry = LeasePace.next(retry);
        }
        double random = ThreadLocalRandom.current().nextDouble();
        plan.endRound(change, LeasePace.spread(pause, random));
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  /** Renews, and brings the announcements up to date; returns the time until the next renewal. */
  private Duration round() throws IOException, InterruptedException {
    refused = Optional.empty();
    LeaseTerms terms = lease();
    if (!announceWanted()) {
      terms = lease();
      if (!announceWanted()) {
        throw new IOException(rendezvous.name() + ": the rendezvous dropped our lease");
      }
    }
    Map<RendezvousPath.Result, RunState> still = plan.wanted();
    for (RendezvousPath.Result run : List.copyOf(told.keySet())) {
      if (!still.containsKey(run)) {
        retract(run);
      }
    }
    if (refused.isPresent()) {
      throw new IOException(refused.get());
    }
    return terms.renewAfter();
  }

  private void retract(RendezvousPath.Result run) throws IOException, InterruptedException {
    rendezvous.withdraw(run);
    told.remove(run);
  }

  private LeaseTerms lease() throws IOException, InterruptedException {
    LeaseRequest now = request.now();
    addresses = now.addresses();
    asked = true;
    BoundedHttpClient.Answer answer = rendezvous.renew(now);
    if (answer.status() != 200) {
      rendezvous.require(answer, 201);
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
      throw rendezvous.nonsense(e);
    }
  }

  /** Says whether there is a lease to announce under. */
  private boolean announceWanted() throws IOException, InterruptedException {
    List<RendezvousPath.Result> passed = new ArrayList<>();
    for (Map.Entry<RendezvousPath.Result, RunState> entry : plan.wanted().entrySet()) {
      RendezvousPath.Result run = entry.getKey();
      RunState state = entry.getValue();
      if (new LastState(state, true).equals(told.get(run))) {
        continue;
      }
      if (state.isPassed()) {
        passed.add(run);
      } else if (!announce(run, state)) {
        return false;
      }
    }
    for (List<RendezvousPath.Result> runs : LeasePace.together(passed)) {
      if (!announcePassed(runs)) {
        return false;
      }
    }
    return true;
  }

  /** Of one repository. A rendezvous of before 0.5 takes them one by one alone. */
  private boolean announcePassed(List<RendezvousPath.Result> runs)
      throws IOException, InterruptedException {
    if (runs.size() > 1) {
      if (!isStillLeased()) {
        return false;
      }
      runs.forEach(run -> told.put(run, new LastState(RunState.PASSED, false)));
      BoundedHttpClient.Answer answer = rendezvous.announcePassed(runs);
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
    told.put(run, new LastState(state, false));
    BoundedHttpClient.Answer answer = rendezvous.announce(run, state);
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
    if (answer.is(Problem.Kind.NOT_ALLOWED)) {
      // Its rules are for each repository: what else there is to say does not wait for this.
      refused = Optional.of(rendezvous.name() + ": " + answer.why());
      runs.forEach(told::remove);
      return true;
    }
    if (state.state() == ResultState.RUNNING) {
      if (answer.status() == 204) {
        // A request of before, that was held up on its way, said that it passed.
        told.put(runs.getFirst(), new LastState(RunState.PASSED, false));
      }
      rendezvous.require(answer, 200);
      keepEarlier(runs.getFirst(), answer);
    } else {
      rendezvous.require(answer, 204);
    }
    runs.forEach(run -> told.put(run, new LastState(state, true)));
    return true;
  }

  private void keepEarlier(RendezvousPath.Result run, BoundedHttpClient.Answer answer)
      throws IOException {
    List<Holder> before = new ArrayList<>();
    for (HolderList.Entry entry : rendezvous.runners(answer)) {
      if (entry.peer().equals(self) && addresses.containsAll(entry.addresses())) {
        break;
      }
      before.add(rendezvous.holder(entry, answer));
    }
    plan.keepEarlier(run, before);
  }
}
