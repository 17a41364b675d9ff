package dev.peer.rendezvous;

import dev.peer.bench.Figures;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.wire.InstanceId;
import dev.peer.wire.LeaseRequest;
import dev.peer.wire.PeerAddress;
import dev.peer.wire.RunState;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * What the embedded index costs, without the network: heap of an entry, lookups in a small and in a
 * large one, lookups while a peer that had announced much expires. Started by
 * examples/bench/rendezvous.
 */
final class IndexBench {

  private static final int REPOSITORIES = 1_000;
  private static final int LOOKUPS = 400_000;
  private static final long SECOND = 1_000_000_000L;

  /** Goes on only where it is told to: nobody expires by mistake. */
  private final AtomicLong clock = new AtomicLong();

  private final EmbeddedIndex index = new EmbeddedIndex(IndexSettings.DEFAULT, clock::get);

  IndexBench() {}

  /** Takes the number of peers and of results of each. */
  public static void main(String[] arguments) throws InterruptedException {
    int peers = Integer.parseInt(arguments[0]);
    int results = Integer.parseInt(arguments[1]);
    IndexBench small = new IndexBench();
    small.fill(100, 10);
    System.gc();
    long before = used();
    IndexBench large = new IndexBench();
    long began = System.nanoTime();
    large.fill(peers, results);
    double seconds = (System.nanoTime() - began) / (double) SECOND;
    System.gc();
    long entries = (long) peers * results;
    Figures.print("entries, of " + peers + " peers", (double) entries, "");
    Figures.print("announcements", entries / seconds, "/s");
    Figures.printAtMost(
        "heap of an entry, leases included", (used() - before) / (double) entries, "bytes", 200);
    for (int round = 0; round < 2; round++) {
      small.lookups(100, 10);
      large.lookups(peers, results);
    }
    long[] few = small.lookups(100, 10);
    long[] many = large.lookups(peers, results);
    Figures.print("lookup among 1,000, p99", Figures.quantile(few, .99) / 1e3, "us");
    Figures.print("lookup among all, p99", Figures.quantile(many, .99) / 1e3, "us");
    large.expire(peers, results);
  }

  EmbeddedIndex index() {
    return index;
  }

  void fill(int peers, int results) {
    for (int peer = 0; peer < peers; peer++) {
      lease(peer);
      for (int result = 0; result < results; result++) {
        announce(peer, peer * results + result);
      }
    }
  }

  private void lease(int peer) {
    String address =
        "https://10.%d.%d.%d:7443".formatted(peer >> 16, (peer >> 8) & 255, peer & 255);
    index.lease(holder(peer), new LeaseRequest(List.of(PeerAddress.parse(address))));
  }

  private void announce(int peer, int number) {
    index.announce(holder(peer), repo(number), key(number), RunState.PASSED);
  }

  private long[] lookups(int peers, int results) {
    SplittableRandom random = new SplittableRandom(7);
    long[] nanos = new long[LOOKUPS];
    for (int i = 0; i < LOOKUPS; i++) {
      int number = random.nextInt(peers * results);
      RepoId repo = repo(number);
      RunKey key = key(number);
      long from = System.nanoTime();
      int found = index.holders(repo, key).size();
      nanos[i] = System.nanoTime() - from;
      if (found != 1) {
        throw new IllegalStateException(found + " holders of " + number);
      }
    }
    return nanos;
  }

  /** One peer has announced ten thousand more, and all that it has expires. */
  private void expire(int peers, int results) throws InterruptedException {
    lease(peers);
    for (int i = 0; i < 10_000; i++) {
      announce(peers, peers * results + i);
    }
    clock.addAndGet(30 * SECOND);
    for (int peer = 0; peer < peers; peer++) {
      lease(peer);
    }
    AtomicInteger rest = new AtomicInteger();
    double before = longest(peers * results, () -> rest.incrementAndGet() < LOOKUPS);
    Figures.print("longest lookup while nothing happens", before, "ms");
    AtomicBoolean swept = new AtomicBoolean();
    Thread changes =
        Thread.ofPlatform()
            .start(
                () -> {
                  for (int i = 0; i < 1_000; i++) {
                    announce(i % peers, i);
                  }
                  index.sweepAll();
                  swept.set(true);
                });
    clock.addAndGet(20 * SECOND);
    double longest = longest(peers * results, () -> !swept.get());
    changes.join();
    Figures.printAtMost("longest lookup while 10,000 entries expire", longest, "ms", 20);
    if (index.status().results() > peers * results + 1_000) {
      throw new IllegalStateException("it did not expire");
    }
  }

  /** In milliseconds, while it holds; and for as many lookups again as there are samples. */
  private double longest(int entries, BooleanSupplier goesOn) {
    SplittableRandom random = new SplittableRandom(8);
    RepoId[] repos = new RepoId[10_000];
    RunKey[] keys = new RunKey[repos.length];
    for (int i = 0; i < repos.length; i++) {
      int number = random.nextInt(entries);
      repos[i] = repo(number);
      keys[i] = key(number);
    }
    long longest = 0;
    for (int i = 0; i < LOOKUPS / 4 || goesOn.getAsBoolean(); i++) {
      int sample = i % repos.length;
      long from = System.nanoTime();
      index.holders(repos[sample], keys[sample]);
      longest = Math.max(longest, System.nanoTime() - from);
    }
    return longest / 1e6;
  }

  private static LeaseHolder holder(int peer) {
    return new LeaseHolder(
        new PeerId("spiffe://bench.example.org/peer/" + peer), new InstanceId("a"));
  }

  static RepoId repo(int number) {
    return new RepoId("git.example.org/team/project-" + number % REPOSITORIES);
  }

  static RunKey key(int number) {
    SplittableRandom random = new SplittableRandom(number);
    return RunKey.ofHex(
        "%016x%016x%016x%016x"
            .formatted(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong()));
  }

  private static long used() {
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
