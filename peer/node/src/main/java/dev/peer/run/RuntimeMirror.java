package dev.peer.run;

import dev.peer.config.CacheSettings;
import dev.peer.core.flow.InterruptedIo;
import dev.peer.core.flow.Threads;
import dev.peer.core.id.CommitId;
import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.progress.Notices;
import dev.peer.core.record.KeptOrigin;
import dev.peer.core.record.PreparedRuntime;
import dev.peer.network.RuntimeSource;
import dev.peer.network.RuntimeSource.Offer;
import dev.peer.report.Facts;
import dev.peer.vm.snapshot.DiskHistory;
import dev.peer.vm.snapshot.DiskName;
import dev.peer.vm.snapshot.RepositoryDisks;
import dev.peer.vm.snapshot.ServedRuntimes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Keeps copies of the prepared runtimes that peers offer of some repositories: for each guest image
 * and size of disks the one that was signed last, and of each maker few. Each is verified as one
 * that a run takes, and runs here start from its disk as from any other. It takes the place of no
 * other disk.
 *
 * <p>One that was taken is not taken again while this lives, so that what is dropped stays dropped.
 */
public final class RuntimeMirror implements AutoCloseable {

  /** How often it looks whether there is something to ask. */
  private static final Duration LOOK = Duration.ofSeconds(2);

  /** How often it asks who offers runtimes. */
  private static final Duration ASK = Duration.ofMinutes(1);

  /** When it tries one again that did not come. */
  private static final Duration AGAIN = Duration.ofMinutes(10);

  private final Sources sources;
  private final RepositoryDisks disks;
  private final Runnable taken;
  private final InstantSource clock;
  private final Notices notices;
  private final Map<ServedRuntimes.Name, Instant> nextAsk = new HashMap<>();
  private final Map<Digest, Instant> nextTry = new HashMap<>();
  private final Thread thread = Thread.ofVirtual().name("runtimes").unstarted(this::run);

  /**
   * What is copied.
   *
   * @param images the guest images of a repository's runs, as far as they are known now
   * @param runtimes where it comes from
   */
  public record Sources(
      List<RepoId> repositories, Function<RepoId, Set<Digest>> images, RuntimeSource runtimes) {

    /** Copies the list. */
    public Sources {
      repositories = List.copyOf(repositories);
    }
  }

  /**
   * Does nothing until it is started.
   *
   * @param home whose kept disks they become
   * @param taken told when there is another one to serve
   */
  public static RuntimeMirror into(
      Path home, CacheSettings caches, Sources sources, Runnable taken, Notices notices) {
    return new RuntimeMirror(
        sources,
        VmExecutors.disks(home, caches, notices, Optional.of(sources.runtimes())),
        taken,
        InstantSource.system(),
        notices);
  }

  RuntimeMirror(
      Sources sources,
      RepositoryDisks disks,
      Runnable taken,
      InstantSource clock,
      Notices notices) {
    this.sources = sources;
    this.disks = disks;
    this.taken = taken;
    this.clock = clock;
    this.notices = notices;
  }

  /** Begins to look and to copy. */
  public void start() {
    thread.start();
  }

  /** Interrupts a copy in progress. When it returns, nothing is copied any more. */
  @Override
  public void close() {
    thread.interrupt();
    Threads.awaitEnd(thread);
  }

  private void run() {
    try {
      while (true) {
        try {
          look();
        } catch (IOException e) {
          InterruptedIo.rethrow(e);
          notices.say("runtimes are not copied: " + e.getMessage());
        } catch (RuntimeException e) {
          notices.say("a runtime could not be copied, a fault of peer: " + e);
        }
        TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  /** Asks what is due, and takes what is new. */
  void look() throws IOException, InterruptedException {
    for (RepoId repo : sources.repositories()) {
      for (Digest image : sources.images().apply(repo)) {
        ServedRuntimes.Name asked = new ServedRuntimes.Name(repo, image);
        if (!clock.instant().isBefore(nextAsk.getOrDefault(asked, Instant.MIN))) {
          nextAsk.put(asked, clock.instant().plus(ASK));
          takeLatest(asked);
        }
      }
    }
  }

  private void takeLatest(ServedRuntimes.Name asked) throws IOException, InterruptedException {
    Comparator<Offer> bySigned = Comparator.comparing(offer -> offer.verified().signed());
    Map<PeerId, List<Offer>> ofMakers =
        sources.runtimes().supply(asked.repo(), asked.image()).offers().stream()
            .collect(Collectors.groupingBy(offer -> offer.verified().maker().id()));
    Map<DiskName, Offer> latest =
        ofMakers.values().stream()
            .flatMap(
                offers ->
                    offers.stream().sorted(bySigned.reversed()).limit(RepositoryDisks.MOST_COPIES))
            .collect(
                Collectors.toMap(
                    offer -> TakenRuntimes.name(offer.verified().runtime()),
                    Function.identity(),
                    BinaryOperator.maxBy(bySigned)));
    for (Map.Entry<DiskName, Offer> offer : latest.entrySet()) {
      if (isWanted(offer.getKey(), offer.getValue().verified().runtime())) {
        take(offer.getValue());
      }
    }
  }

  private boolean isWanted(DiskName name, PreparedRuntime runtime) throws IOException {
    CommitId commit = runtime.made().commits().getLast();
    return !clock.instant().isBefore(nextTry.getOrDefault(runtime.content().digest(), Instant.MIN))
        && disks.runtimes().admits(DiskHistory.of(runtime), runtime.content().size())
        // No setting of this machine says how large the disk may become.
        && disks.runtimes().admitsFull(name)
        && disks.made(name).stream()
            .filter(made -> made.origin() == KeptOrigin.TRUNK)
            .noneMatch(made -> made.commits().contains(commit));
  }

  private void take(Offer offer) throws InterruptedException {
    PreparedRuntime runtime = offer.verified().runtime();
    Digest content = runtime.content().digest();
    notices.say(
        "copying the runtime of "
            + runtime.disk().repo()
            + " that "
            + offer.verified().maker().id()
            + " prepared at "
            + runtime.made().commits().getLast()
            + " ("
            + Facts.mebibytes(runtime.content().size())
            + ")");
    nextTry.put(content, clock.instant().plus(AGAIN));
    if (new TakenRuntimes(sources.runtimes(), disks, notices).copy(offer).isPresent()) {
      nextTry.put(content, Instant.MAX);
      taken.run();
    }
  }
}
