package dev.peer.daemon;

import dev.peer.core.flow.Fetch;
import dev.peer.core.flow.FetchException;
import dev.peer.core.flow.FetchException.Fault;
import dev.peer.core.flow.Holder;
import dev.peer.core.flow.Lookup;
import dev.peer.core.flow.LookupResult;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.record.Content;
import dev.peer.core.sign.Attestation;
import dev.peer.core.sign.RecordVerifier;
import dev.peer.core.sign.VerificationException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one search for a result to copy asks, and what came of it: not ourselves nor who gave what
 * did not hold, and nothing that is too large, or older than all that is kept.
 */
final class CopyAttempt implements Lookup, Fetch, AutoCloseable {

  private final ResultName name;
  private final Lookup lookup;
  private final Fetch fetch;
  private final RecordVerifier verifier;
  private final KeptResults kept;
  private final PeerId self;
  private final Shunned shunned;
  private final ByteBudget budget;

  /** How far each holder has come. */
  private final Map<PeerId, Stage> stages = new LinkedHashMap<>();

  private Optional<ByteBudget.Share> share = Optional.empty();
  private boolean unwanted;
  private volatile boolean old;
  private boolean nobody;

  private enum Stage {
    /** Its attestation holds. */
    ATTESTED,
    /** All of its bundle is here, and not judged yet. */
    BUNDLE,
    /** What it gave was not what was asked for. */
    WRONG
  }

  CopyAttempt(
      ResultName name,
      Lookup lookup,
      Fetch fetch,
      RecordVerifier verifier,
      KeptResults kept,
      PeerId self,
      Shunned shunned,
      ByteBudget budget) {
    this.name = name;
    this.lookup = lookup;
    this.fetch = fetch;
    this.verifier = verifier;
    this.kept = kept;
    this.self = self;
    this.shunned = shunned;
    this.budget = budget;
  }

  @Override
  public LookupResult find(RepoId repo, RunKey key) throws InterruptedException {
    LookupResult result = lookup.find(repo, key);
    if (result instanceof LookupResult.Found found) {
      List<Holder> others =
          found.holders().stream()
              .filter(holder -> !holder.id().equals(self) && !shunned.contains(holder.id()))
              .toList();
      result = others.isEmpty() ? new LookupResult.Absent() : new LookupResult.Found(others);
    }
    nobody = result instanceof LookupResult.Absent;
    return result;
  }

  @Override
  public Attestation attestation(Holder holder, RunKey key)
      throws FetchException, InterruptedException {
    try {
      Attestation attestation = fetch.attestation(holder, key);
      judge(holder, attestation);
      return attestation;
    } catch (FetchException e) {
      failed(holder, e);
      throw e;
    }
  }

  @Override
  public Incoming bundle(Holder holder, Content bundle, long from)
      throws FetchException, InterruptedException {
    takeShare(bundle);
    try {
      return new Watched(holder, fetch.bundle(holder, bundle, from));
    } catch (FetchException e) {
      failed(holder, e);
      throw e;
    }
  }

  /** The bytes of one holder. */
  private final class Watched implements Incoming {

    private final Holder holder;
    private final Incoming incoming;

    Watched(Holder holder, Incoming incoming) {
      this.holder = holder;
      this.incoming = incoming;
    }

    @Override
    public long from() {
      return incoming.from();
    }

    @Override
    public void into(Path file, Duration pause)
        throws FetchException, IOException, InterruptedException {
      try {
        incoming.into(file, pause);
        at(holder, Stage.BUNDLE);
      } catch (FetchException e) {
        failed(holder, e);
        throw e;
      }
    }

    @Override
    public void close() {
      incoming.close();
    }
  }

  /** The search is over: who gave something that came to nothing, gave what does not hold. */
  synchronized void givenBy(Optional<PeerId> holder) {
    holder.ifPresent(stages::remove);
  }

  /** Who gave what does not hold. */
  synchronized List<PeerId> liars() {
    List<PeerId> liars = new ArrayList<>();
    stages.forEach(
        (peer, stage) -> {
          if (stage != Stage.ATTESTED) {
            liars.add(peer);
          }
        });
    return liars;
  }

  /** Whether to ask the same again would come to the same. */
  synchronized boolean isHopeless() {
    return nobody || unwanted;
  }

  /** What does not hold is for who asked to find out too. */
  private void judge(Holder holder, Attestation attestation) throws FetchException {
    Instant ran;
    try {
      ran = verifier.verify(attestation, name.key()).record().finishedAt();
      at(holder, Stage.ATTESTED);
    } catch (VerificationException e) {
      at(holder, Stage.WRONG);
      return;
    }
    if (kept.isTooOld(name, ran)) {
      old = true;
      throw unwanted("it is older than all that is kept here");
    }
  }

  /** Waits until there is room, once for all holders that are asked for the same bundle. */
  private synchronized void takeShare(Content bundle) throws FetchException, InterruptedException {
    if (bundle.size() > budget.most()) {
      throw unwanted("its bundle of " + bundle.size() + " bytes is more than is kept here");
    }
    if (share.isEmpty()) {
      share = Optional.of(budget.take(bundle.size()));
    }
  }

  /** Whether there is nothing to say of it: there may be thousands of older ones. */
  boolean isOld() {
    return old;
  }

  @Override
  public synchronized void close() {
    share.ifPresent(ByteBudget.Share::close);
    share = Optional.empty();
  }

  private synchronized FetchException unwanted(String why) {
    unwanted = true;
    return new FetchException(Fault.REFUSED, why);
  }

  private synchronized void at(Holder holder, Stage stage) {
    stages.put(holder.id(), stage);
  }

  private synchronized void failed(Holder holder, FetchException e) {
    if (e.fault() == Fault.WRONG) {
      stages.put(holder.id(), Stage.WRONG);
    } else {
      stages.remove(holder.id());
    }
  }
}
