package dev.peer.rendezvous.etcd;

import dev.peer.client.announce.LeasedAnnouncer;
import dev.peer.client.rendezvous.RendezvousLookup;
import dev.peer.core.find.LookupResult;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Announces one result after the other, and looks up by several threads those that were found
 * before. A lookup that could not be answered is tried again a few times.
 */
final class Load implements AutoCloseable {

  private static final int LOOKING = 3;
  private static final int RETRIES = 3;

  private final EtcdServiceIT service;
  private final List<Integer> known = new CopyOnWriteArrayList<>();
  private final List<Integer> lost = new CopyOnWriteArrayList<>();
  private final AtomicLong lookups = new AtomicLong();
  private final AtomicLong retried = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong slowest = new AtomicLong();
  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private volatile boolean ended;

  Load(EtcdServiceIT service) {
    this.service = service;
    start(this::announce);
    for (int i = 0; i < LOOKING; i++) {
      start(this::look);
    }
  }

  /** Lookups without an answer after all retries. */
  long failed() {
    return failed.get();
  }

  /** What was found once, and later was said not to be there. */
  List<Integer> lost() {
    return lost;
  }

  void awaitAnnounced(int count) throws InterruptedException {
    while (known.size() < count) {
      Thread.sleep(50);
    }
  }

  /** Waits until more was announced and found, and much looked up. */
  void awaitMore() throws InterruptedException {
    long before = lookups.get();
    awaitAnnounced(known.size() + 3);
    while (lookups.get() < before + 300) {
      Thread.sleep(50);
    }
  }

  /** Ends the load, and looks up once more all that was announced. */
  void end() throws InterruptedException {
    ended = true;
    for (Thread thread : threads) {
      thread.join();
    }
    RendezvousLookup lookup = service.lookup();
    for (int number : known) {
      find(lookup, number);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      ended = true;
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    }
  }

  @Override
  public String toString() {
    return "%d announced, %d lookups, %d tried again, slowest %d ms, %d failed, %d lost"
        .formatted(
            known.size(),
            lookups.get(),
            retried.get(),
            slowest.get() / 1_000_000,
            failed.get(),
            lost.size());
  }

  private void announce() throws Exception {
    LeasedAnnouncer announcer = service.announcer();
    RendezvousLookup lookup = service.lookup();
    for (int number = 0; !ended; number++) {
      announcer.announce(service.record(number));
      while (!(service.find(lookup, number) instanceof LookupResult.Found)) {
        Thread.sleep(50);
      }
      known.add(number);
      Thread.sleep(100);
    }
  }

  private void look() throws Exception {
    awaitAnnounced(1);
    RendezvousLookup lookup = service.lookup();
    while (!ended) {
      find(lookup, known.get(ThreadLocalRandom.current().nextInt(known.size())));
    }
  }

  private void find(RendezvousLookup lookup, int number) throws InterruptedException {
    long begun = System.nanoTime();
    LookupResult result = service.find(lookup, number);
    for (int i = 0; i < RETRIES && result instanceof LookupResult.Unavailable; i++) {
      retried.incrementAndGet();
      result = service.find(lookup, number);
    }
    slowest.accumulateAndGet(System.nanoTime() - begun, Math::max);
    lookups.incrementAndGet();
    switch (result) {
      case LookupResult.Found _ -> {}
      case LookupResult.Absent _ -> lost.add(number);
      case LookupResult.Unavailable _ -> failed.incrementAndGet();
    }
  }

  /** What may be thrown, on a thread. */
  private interface Work {
    void run() throws Exception;
  }

  private void start(Work work) {
    threads.add(
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    work.run();
                  } catch (Exception e) {
                    failed.incrementAndGet();
                    throw new IllegalStateException(e);
                  }
                }));
  }
}
