package dev.peer.daemon;

import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.IntConsumer;

/**
 * Limits how many runs have a machine at once; the run that was accepted first gets the next one.
 */
final class Machines {

  private final int most;
  private final NavigableSet<Long> waiting = new TreeSet<>();
  private volatile Runnable idle = () -> {};
  private int taken;

  Machines(int most) {
    if (most < 1) {
      throw new IllegalArgumentException("at least one machine is needed");
    }
    this.most = most;
  }

  /**
   * Waits until it is this one's turn; then it has to be {@linkplain #giveBack given back}.
   *
   * @param places told its place in the queue whenever it changes; 1 is the next
   * @return whether it had to wait
   */
  boolean take(long id, IntConsumer places) throws InterruptedException {
    int first = join(id);
    try {
      // A listener may be slow: no other run waits for it.
      for (int place = first; place > 0; place = next(id, place)) {
        places.accept(place);
      }
    } catch (InterruptedException | RuntimeException e) {
      leave(id);
      throw e;
    }
    return first > 0;
  }

  void giveBack() {
    if (giveBackLast()) {
      idle.run();
    }
  }

  /** Returns whether nobody has one now, or waits. */
  private synchronized boolean giveBackLast() {
    taken--;
    notifyAll();
    return taken == 0 && waiting.isEmpty();
  }

  /** Has something done whenever the last machine is given back, and nobody waits for one. */
  void whenIdle(Runnable action) {
    idle = action;
  }

  /** Its place in the queue; 0: it does not wait. */
  synchronized int place(long id) {
    return waiting.contains(id) ? waiting.headSet(id).size() + 1 : 0;
  }

  private synchronized int join(long id) {
    waiting.add(id);
    return takeOrPlace(id);
  }

  private synchronized int next(long id, int before) throws InterruptedException {
    int place = takeOrPlace(id);
    while (place == before) {
      wait();
      place = takeOrPlace(id);
    }
    return place;
  }

  private int takeOrPlace(long id) {
    if (taken < most && waiting.first() == id) {
      taken++;
      waiting.remove(id);
      notifyAll();
      return 0;
    }
    return place(id);
  }

  private synchronized void leave(long id) {
    waiting.remove(id);
    notifyAll();
  }
}
