package dev.peer.daemon;

import dev.peer.client.Timeouts;
import dev.peer.client.rendezvous.RendezvousLookup;
import dev.peer.client.rendezvous.RepoEvents;
import dev.peer.core.find.Acceptance;
import dev.peer.core.find.Fetch;
import dev.peer.core.find.FindResult;
import dev.peer.core.find.Finder;
import dev.peer.core.find.Holders;
import dev.peer.core.find.Replayable;
import dev.peer.core.find.ResultRules;
import dev.peer.core.flow.Threads;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.id.ShortId;
import dev.peer.core.progress.Notices;
import dev.peer.core.record.RunRecord;
import dev.peer.core.sign.RecordVerifier;
import dev.peer.core.store.Store;
import dev.peer.core.store.StoredRecord;
import dev.peer.tls.TlsIdentity;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Keeps copies of announced results of some repositories: follows each rendezvous, and fetches
 * missing results from the holders that it names, a few at once. Each copy is found, fetched,
 * verified and kept like any result.
 */
public final class Mirror implements AutoCloseable {

  /** Copies made at once. */
  private static final int AT_ONCE = 4;

  /** Three of the comments that keep a stream alive. */
  private static final Duration SILENCE = Duration.ofSeconds(45);

  private final Store store;
  private final Fetch fetch;
  private final Supplier<RecordVerifier> verifier;
  private final Notices notices;
  private final CopyQueue queue;
  private final CopyRules rules;
  private final Map<URI, RendezvousLookup> lookups = new HashMap<>();
  private final List<RepoEvents> streams = new ArrayList<>();
  private final List<Thread> copying = new ArrayList<>();

  /**
   * What is followed.
   *
   * @param rendezvous where
   * @param repositories whose results are kept
   */
  public record Sources(
      TlsIdentity identity, List<URI> rendezvous, List<RepoId> repositories, Timeouts patience) {

    /** Copies the lists. */
    public Sources {
      rendezvous = List.copyOf(rendezvous);
      repositories = List.copyOf(repositories);
    }
  }

  /**
   * Does nothing until it is started.
   *
   * @param fetch the way to holders
   * @param verifier supplies the current verifier
   * @param kept serves the kept results
   * @param notices told of peers that sent bad results, and of copies
   */
  public Mirror(
      Sources sources,
      Store store,
      Fetch fetch,
      Supplier<RecordVerifier> verifier,
      KeptResults kept,
      Notices notices) {
    TlsIdentity identity = sources.identity();
    this.store = store;
    this.fetch = fetch;
    this.verifier = verifier;
    this.notices = notices;
    queue = new CopyQueue(System::nanoTime);
    rules =
        new CopyRules(
            identity.id(),
            kept,
            new PeerBackoff(System::nanoTime),
            new ByteBudget(store.retention().bytes()));
    for (URI address : sources.rendezvous()) {
      lookups.put(address, new RendezvousLookup(identity, List.of(address), sources.patience()));
      for (RepoId repo : sources.repositories()) {
        streams.add(
            new RepoEvents(
                identity,
                new RepoEvents.Source(address, repo),
                sources.patience(),
                SILENCE,
                (peer, key) -> announced(address, repo, peer, key),
                notices));
      }
    }
    for (int i = 0; i < AT_ONCE; i++) {
      copying.add(Thread.ofVirtual().name("copy").unstarted(this::copy));
    }
  }

  /** Begins to follow and to copy. */
  public void start() {
    streams.forEach(RepoEvents::start);
    copying.forEach(Thread::start);
  }

  /** Interrupts copies in progress. When it returns, nothing is copied any more. */
  @Override
  public void close() {
    copying.forEach(Thread::interrupt);
    streams.stream()
        .map(stream -> Thread.ofVirtual().start(stream::close))
        .toList()
        .forEach(Threads::awaitEnd);
    copying.forEach(Threads::awaitEnd);
    lookups.values().forEach(RendezvousLookup::close);
  }

  private void announced(URI rendezvous, RepoId repo, PeerId peer, RunKey key) {
    ResultName name = new ResultName(repo, key);
    if (rules.allow(peer) && rules.wants(name)) {
      queue.add(name, rendezvous);
    }
  }

  private void copy() {
    try {
      while (true) {
        CopyQueue.Item item = queue.take();
        try {
          copy(item);
        } catch (IOException e) {
          notices.say("a copy could not be kept: " + e.getMessage());
          queue.again(item);
        } catch (RuntimeException e) {
          notices.say("a copy could not be made, a fault of peer: " + e);
          queue.done(item);
        }
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  private void copy(CopyQueue.Item item) throws IOException, InterruptedException {
    ResultName name = item.name();
    if (!rules.wants(name)) {
      queue.done(item);
      return;
    }
    try (CopyAttempt attempt =
        new CopyAttempt(name, lookups.get(item.rendezvous()), fetch, verifier.get(), rules)) {
      copy(item, attempt);
    }
  }

  private void copy(CopyQueue.Item item, CopyAttempt attempt)
      throws IOException, InterruptedException {
    ResultName name = item.name();
    Finder finder =
        new Finder(
            store,
            new Holders(attempt, attempt),
            new ResultRules(verifier.get(), Acceptance.EVERYTHING),
            line -> sayUnlessOld(attempt, line));
    switch (finder.find(name.repo(), name.key())) {
      case FindResult.Hit(Replayable result) -> {
        keep(name, result);
        queue.done(item);
      }
      default -> {
        if (attempt.isHopeless()) {
          queue.absent(item);
        } else {
          queue.again(item);
        }
      }
    }
    for (PeerId liar : attempt.liars()) {
      long minutes = rules.shunned().add(liar).toMinutes();
      notices.say(
          liar
              + " sent a result that does not hold; peer does not ask it for copies for "
              + minutes
              + " min");
    }
  }

  private void sayUnlessOld(CopyAttempt attempt, String line) {
    if (!attempt.isOld()) {
      notices.say(line);
    }
  }

  private void keep(ResultName name, Replayable result) throws IOException {
    RunRecord run = result.verified().record();
    StoredRecord stored = result.release();
    long bytes = stored.bundle().size();
    // A copy is as old as its run: of many that come at once, the latest stay.
    store.date(stored, run.finishedAt());
    rules.kept().add(stored, run);
    notices.say(
        "copied "
            + ShortId.of(name.key().hex())
            + " of "
            + name.repo()
            + result.holder().map(holder -> " from " + holder).orElse("")
            + ", "
            + bytes
            + " bytes");
  }
}
