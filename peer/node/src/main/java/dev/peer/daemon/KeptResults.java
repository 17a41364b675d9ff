package dev.peer.daemon;

import dev.peer.client.announce.LeasedAnnouncer;
import dev.peer.client.announce.LeasedAnnouncer.ResultAnnouncement;
import dev.peer.core.flow.AnnounceException;
import dev.peer.core.flow.Threads;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.progress.Notices;
import dev.peer.core.record.RunRecord;
import dev.peer.core.sign.RecordVerifier;
import dev.peer.core.sign.VerificationException;
import dev.peer.core.sign.VerifiedAttestation;
import dev.peer.core.store.Entries;
import dev.peer.core.store.Location;
import dev.peer.core.store.Removal;
import dev.peer.core.store.Removals;
import dev.peer.core.store.Retention;
import dev.peer.core.store.Store;
import dev.peer.core.store.StoredEntry;
import dev.peer.core.store.StoredRecord;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Serves and announces everything that the store keeps, whichever process kept it; and withdraws a
 * result before it is deleted.
 *
 * <p>At the start it serves nothing: it verifies the results one by one, the newest first, and
 * serves each as soon as it holds. A result that does not hold stays, because it may hold again
 * under a new list or rule; a result that differs from what was signed is removed.
 */
public final class KeptResults implements AutoCloseable {

  private static final Duration LOOK = Duration.ofMillis(200);
  private static final Duration WHOLE_LOOK = Duration.ofMinutes(1);
  private static final Duration REFUSED_FOR = Duration.ofMinutes(10);

  private final Store store;
  private final Supplier<RecordVerifier> verifier;
  private final ServedResults served;
  private final RemovedResults declined;
  private final Duration farewell;
  private final Notices notices;
  private final Thread thread = Thread.ofVirtual().name("kept").unstarted(this::run);

  /** The rest is known to the thread alone. */
  private final Map<Path, Instant> passedOver = new HashMap<>();

  private final Map<Path, Departure> leaving = new HashMap<>();
  private Instant seen = Instant.MIN;
  private Instant nextWholeLook = Instant.MIN;

  /** Withdrawn, and still served for a moment to peers that were just sent here. */
  private record Departure(
      Retention.Excess excess, Instant until, Optional<ResultAnnouncement> serving) {}

  /**
   * Does nothing until it is started.
   *
   * @param store one that was {@linkplain Removals#takeOver taken over}
   * @param verifier supplies the current verifier
   * @param farewell how long a withdrawn result is still served
   */
  public KeptResults(
      Store store, Supplier<RecordVerifier> verifier, Duration farewell, Notices notices)
      throws IOException {
    this.store = store;
    this.verifier = verifier;
    this.served = new ServedResults();
    this.declined = new RemovedResults(store.removals().list());
    this.farewell = farewell;
    this.notices = notices;
  }

  /**
   * Begins to listen and to serve.
   *
   * @param announcer one that was not used yet, and is closed with this
   */
  public void start(LeasedAnnouncer announcer) throws AnnounceException {
    announcer.open();
    served.begin(Optional.of(announcer));
    thread.start();
  }

  /** Starts to maintain the store, and serves nobody. */
  public void start() {
    served.begin(Optional.empty());
    thread.start();
  }

  /** How many results are served. */
  public int size() {
    return served.size();
  }

  /** The guest images of the repository's runs whose results are served. */
  public Set<Digest> images(RepoId repo) {
    return served.images(repo);
  }

  /** Takes everything back and stops serving. */
  @Override
  public void close() {
    thread.interrupt();
    Threads.awaitEnd(thread);
    served.close();
  }

  /** Whether a result of this run is served. */
  boolean holds(ResultName name) {
    return served.contains(name);
  }

  /**
   * Whether it was removed to make room, and there may be none now: the whole repository is
   * counted, since its targets are not known before it is fetched.
   */
  boolean isDeclined(ResultName name) {
    return declined.contains(name, served.count(name.repo()) >= store.retention().most());
  }

  /**
   * Whether the results of the run's targets that are kept all ran later, and are as many as may
   * be: this one would have to go.
   */
  boolean isTooOld(ResultName name, RunRecord run) {
    List<Instant> ends = served.ends(name.repo(), run.inputs().targets());
    boolean tooOld =
        ends.size() >= store.retention().most()
            && ends.stream().allMatch(run.finishedAt()::isBefore);
    if (tooOld) {
      declined.add(name, Removal.Why.NUMBER);
    }
    return tooOld;
  }

  /** Serves a result that was just kept; it is closed when it is served no more. */
  public void add(StoredRecord record, RunRecord run) {
    try {
      record.sync();
      served.add(record, run);
    } catch (IOException | AnnounceException e) {
      record.close();
      notices.say("a result is kept and not served: " + e.getMessage());
    }
  }

  private void run() {
    try {
      while (true) {
        try {
          look(Instant.now());
          bidFarewell(Instant.now());
        } catch (IOException e) {
          if (Thread.currentThread().isInterrupted()) {
            return;
          }
          notices.say("the store cannot be read: " + e.getMessage());
          TimeUnit.NANOSECONDS.sleep(WHOLE_LOOK.toNanos());
        }
        TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  private void look(Instant now) throws IOException, InterruptedException {
    Instant changed = store.changed();
    if (changed.equals(seen) && now.isBefore(nextWholeLook)) {
      return;
    }
    seen = changed;
    nextWholeLook = now.plus(WHOLE_LOOK);
    // In this order, so that a result kept and served in between does not count as gone.
    Set<Path> gone = served.directories();
    List<Location> locations = store.entries().locations();
    Set<Path> there =
        locations.stream().map(Location::directory).collect(Collectors.toUnmodifiableSet());
    gone.removeAll(there);
    gone.forEach(served::remove);
    passedOver.keySet().retainAll(there);
    if (load(locations)) {
      makeRoom(locations, now);
    }
  }

  /** Returns whether it reached the end; a newly kept result comes first. */
  private boolean load(List<Location> locations) throws IOException, InterruptedException {
    int refused = 0;
    String first = "";
    for (Location location : locations) {
      if (isNew(location)) {
        if (!store.changed().equals(seen)) {
          return false;
        }
        if (Thread.currentThread().isInterrupted()) {
          throw new InterruptedException();
        }
        try {
          load(location);
        } catch (VerificationException e) {
          passOver(location);
          first = refused == 0 ? location.key() + ": " + e.getMessage() : first;
          refused++;
        }
      }
    }
    if (refused > 0) {
      notices.say(refused + " results in the store are not served, they are refused; " + first);
    }
    return true;
  }

  private boolean isNew(Location location) {
    Path directory = location.directory();
    Instant until = passedOver.getOrDefault(directory, Instant.MIN);
    return !served.contains(directory)
        && !leaving.containsKey(directory)
        && !Instant.now().isBefore(until);
  }

  private void passOver(Location location) {
    passedOver.put(location.directory(), Instant.now().plus(REFUSED_FOR));
  }

  private void load(Location location) throws VerificationException, IOException {
    try {
      StoredEntry entry = Entries.read(location.directory());
      VerifiedAttestation attestation =
          verifier.get().verify(entry.attestation(), location.key(), entry.lists());
      Optional<StoredRecord> record = store.reopen(location, attestation);
      if (record.isPresent()) {
        add(record.get(), attestation.record());
      } else {
        RepoId repo = attestation.record().inputs().repo();
        store.removals().remove(location, Optional.of(repo), Removal.Why.REFUSED);
        notices.say("the result " + location.key() + " in the store is not as it was signed");
        passOver(location);
      }
    } catch (NoSuchFileException e) {
      // Another process has just removed it, or it was never whole.
      passOver(location);
    }
  }

  private void makeRoom(List<Location> locations, Instant now) {
    locations.stream()
        .collect(Collectors.groupingBy(Location::owner))
        .values()
        .forEach(ofOne -> store.retention().excess(ofOne, now).forEach(one -> leave(one, now)));
  }

  private void leave(Retention.Excess excess, Instant now) {
    Path directory = excess.entry().directory();
    if (!leaving.containsKey(directory)) {
      served.nameOf(directory).ifPresent(name -> declined.add(name, excess.why()));
      Optional<ResultAnnouncement> serving = served.withdraw(directory);
      Instant until = serving.isPresent() ? now.plus(farewell) : now;
      leaving.put(directory, new Departure(excess, until, serving));
    }
  }

  /** Removes results that are withdrawn and that no other process serves. */
  private void bidFarewell(Instant now) throws IOException, InterruptedException {
    for (Departure one : List.copyOf(leaving.values())) {
      if (!now.isBefore(one.until())) {
        if (one.serving().isPresent()) {
          one.serving().get().awaitTold();
        }
        remove(one.excess());
      }
    }
  }

  private void remove(Retention.Excess excess) throws IOException {
    Location location = excess.entry();
    Optional<ResultName> name = served.nameOf(location.directory());
    served.remove(location.directory());
    leaving.remove(location.directory());
    if (store.removals().remove(location, name.map(ResultName::repo), excess.why())) {
      notices.say("removed the result " + location.key() + ": " + excess.why().text());
    } else {
      passOver(location);
    }
  }
}
