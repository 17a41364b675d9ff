package dev.peer.client.announce;

import dev.peer.core.find.Holder;
import dev.peer.wire.RendezvousPath;
import dev.peer.wire.RunState;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What should be announced at one rendezvous: what its keeper and everybody else share. Each change
 * has a number, and a round of the keeper covers all changes up to one.
 */
final class AnnouncementPlan {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Condition tried = lock.newCondition();
  private final Map<RendezvousPath.Result, RunState> wanted = new LinkedHashMap<>();
  private final Map<RendezvousPath.Result, List<Holder>> earlier = new HashMap<>();
  private long change;
  private long triedChange;

  /**
   * From now on the run should be announced as being in this state.
   *
   * @param state nothing: it should not be announced
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
      count();
    } finally {
      lock.unlock();
    }
  }

  /** Something else that is announced has changed. */
  void touch() {
    lock.lock();
    try {
      count();
    } finally {
      lock.unlock();
    }
  }

  private void count() {
    change++;
    changed.signal();
  }

  /** All that should be announced, in the order in which it was wanted. */
  Map<RendezvousPath.Result, RunState> wanted() {
    lock.lock();
    try {
      return new LinkedHashMap<>(wanted);
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

  /** The first answer counts: peers that learn later that we run it will find us running. */
  void keepEarlier(RendezvousPath.Result run, List<Holder> before) {
    lock.lock();
    try {
      if (wanted.containsKey(run)) {
        earlier.putIfAbsent(run, List.copyOf(before));
      }
    } finally {
      lock.unlock();
    }
  }

  /** The number of the last change. */
  long change() {
    lock.lock();
    try {
      return change;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until all changes of now were tried once. */
  void awaitTried(Duration most) throws InterruptedException {
    lock.lock();
    try {
      long target = change;
      long left = most.toNanos();
      while (triedChange < target && left > 0) {
        left = tried.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Says that a round has tried the changes up to one, and waits for this long, or the next. */
  void endRound(long last, Duration pause) throws InterruptedException {
    lock.lock();
    try {
      triedChange = last;
      tried.signalAll();
      long nanos = pause.toNanos();
      while (change == last && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
    } finally {
      lock.unlock();
    }
  }
}
