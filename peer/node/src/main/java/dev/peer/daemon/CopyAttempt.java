package dev.peer.daemon;

import dev.peer.core.find.Fetch;
import dev.peer.core.find.FetchException;
import dev.peer.core.find.FetchException.Fault;
import dev.peer.core.find.Holder;
import dev.peer.core.find.Lookup;
import dev.peer.core.find.LookupResult;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.record.Content;
import dev.peer.core.record.RunRecord;
import dev.peer.core.sign.Attestation;
import dev.peer.core.sign.RecordVerifier;
import dev.peer.core.sign.VerificationException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One search for a result to copy, and its outcome. It asks neither ourselves nor peers that sent
 * bad results, and takes nothing that is too large, or older than everything kept.
 */
final class CopyAttempt implements Lookup, Fetch, AutoCloseable {

  private final ResultName name;
  private final Lookup lookup;
  private final Fetch fetch;
  private final RecordVerifier verifier;
  private final CopyRules rules;
  private final Set<PeerId> liars = new LinkedHashSet<>();
  private Optional<ByteBudget.Share> share = Optional.empty();
  private boolean unwanted;
  private boolean nobody;
  private volatile boolean old;

  CopyAttempt(
      ResultName name, Lookup lookup, Fetch fetch, RecordVerifier verifier, CopyRules rules) {
    this.name = name;
    this.lookup = lookup;
    this.fetch = fetch;
    this.verifier = verifier;
    this.rules = rules;
  }

  @Override
  public LookupResult find(RepoId repo, RunKey key) throws InterruptedException {
    LookupResult result = lookup.find(repo, key);
    if (result instanceof LookupResult.Found found) {
      List<Holder> others =
          found.holders().stream().filter(holder -> rules.allow(holder.id())).toList();
      result = others.isEmpty() ? new LookupResult.Absent() : new LookupResult.Found(others);
    }
    nobody = result instanceof LookupResult.Absent;
    return result;
  }

  /** A result that we do not want is nobody's fault. */
  @Override
  public synchronized void report(RepoId repo, RunKey key, PeerId holder, Fault fault) {
    if (fault == Fault.WRONG) {
      liars.add(holder);
    }
    if (!unwanted) {
      lookup.report(repo, key, holder, fault);
    }
  }

  @Override
  public Attestation attestation(Holder holder, RunKey key)
      throws FetchException, InterruptedException {
    Attestation attestation = fetch.attestation(holder, key);
    requireRecent(attestation);
    return attestation;
  }

  @Override
  public Set<PeerId> servers(Holder holder) {
    return fetch.servers(holder);
  }

  @Override
  public Download bundle(Holder holder, Content bundle, long from)
      throws FetchException, InterruptedException {
    takeShare(bundle);
    return fetch.bundle(holder, bundle, from);
  }

  @Override
  public Optional<Parts> parts(Holder holder, Content bundle)
      throws FetchException, InterruptedException {
    takeShare(bundle);
    return fetch.parts(holder, bundle);
  }

  /** The peer that sent a bad result. */
  synchronized List<PeerId> liars() {
    return List.copyOf(liars);
  }

  /** Whether to ask the same again would come to the same. */
  synchronized boolean isHopeless() {
    return nobody || unwanted;
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

  /** The caller finds out whether it holds. */
  private void requireRecent(Attestation attestation) throws FetchException {
    RunRecord run;
    try {
      run = verifier.verify(attestation, name.key()).record();
    } catch (VerificationException e) {
      return;
    }
    if (rules.kept().isTooOld(name, run)) {
      old = true;
      throw unwanted("it is older than all that is kept of its target here");
    }
  }

  /** Waits until there is room, once for all holders that are asked for the same bundle. */
  private synchronized void takeShare(Content bundle) throws FetchException, InterruptedException {
    if (bundle.size() > rules.budget().most()) {
      throw unwanted("its bundle of " + bundle.size() + " bytes is more than is kept here");
    }
    if (share.isEmpty()) {
      share = Optional.of(rules.budget().take(bundle.size()));
    }
  }

  private synchronized FetchException unwanted(String why) {
    unwanted = true;
    return new FetchException(Fault.REFUSED, why);
  }
}
