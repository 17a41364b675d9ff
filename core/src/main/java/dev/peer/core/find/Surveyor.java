package dev.peer.core.find;

import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.key.KeyInput;
import dev.peer.core.key.RunInputs;
import dev.peer.core.progress.Notices;
import dev.peer.core.record.Content;
import dev.peer.core.sign.VerificationException;
import dev.peer.core.sign.VerifiedAttestation;
import dev.peer.core.store.ListedEntry;
import dev.peer.core.store.Store;
import dev.peer.core.store.StoredEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Looks where {@link Finder} does and in the same order, and takes nothing: no bundle is fetched,
 * and the store stays as it is.
 */
public final class Surveyor {

  private static final String IN_STORE = "the result in the local store";

  private final Store store;
  private final Optional<Holders> holders;
  private final ResultRules rules;
  private final Notices notices;

  /**
   * Creates a surveyor that finds results that count here.
   *
   * @param holders the way to results that are not in the store; empty: there is none
   * @param rules decide which results count
   */
  public Surveyor(Store store, Optional<Holders> holders, ResultRules rules, Notices notices) {
    this.store = store;
    this.holders = holders;
    this.rules = rules;
    this.notices = notices;
  }

  /**
   * A result of the store for another run.
   *
   * @param differences the inputs in which it differs from the requested run, at least one
   */
  public record Near(VerifiedAttestation attestation, List<KeyInput.Difference> differences) {}

  /** Finds where a result of the run is, in the store or at a holder that a rendezvous names. */
  public Survey survey(RepoId repo, RunKey key) throws IOException, InterruptedException {
    List<Survey.Failure> failures = new ArrayList<>();
    Optional<StoredEntry> entry = store.entries().find(repo, key);
    if (entry.isPresent()) {
      try {
        VerifiedAttestation attestation =
            rules.verifier().verify(entry.get().attestation(), key, entry.get().lists());
        if (counts(attestation, IN_STORE, failures)) {
          return held(Optional.empty(), attestation, failures, new LookupResult.Found(List.of()));
        }
      } catch (VerificationException e) {
        failures.add(new Survey.Failure(true, IN_STORE + " is refused: " + e.getMessage()));
      }
    }
    if (holders.isEmpty()) {
      return nowhere(failures, Optional.empty());
    }
    return switch (holders.get().lookup().find(repo, key)) {
      case LookupResult.Found found ->
          new HolderSurvey(holders.get().fetch(), repo, key, failures).of(found);
      case LookupResult.Absent absent -> nowhere(failures, Optional.empty());
      case LookupResult.Unavailable unavailable ->
          nowhere(failures, Optional.of(unavailable.why()));
    };
  }

  /**
   * The store's result of the same repository, whether or not it counts here, that differs in the
   * fewest inputs, of several the one that ran last.
   */
  public Optional<Near> nearest(RunInputs wanted) throws IOException {
    List<Near> near = new ArrayList<>();
    for (ListedEntry listed : store.entries().list(wanted.repo())) {
      try {
        VerifiedAttestation attestation =
            rules
                .verifier()
                .verify(listed.entry().attestation(), listed.key(), listed.entry().lists());
        near.add(
            new Near(attestation, KeyInput.differences(wanted, attestation.record().inputs())));
      } catch (VerificationException e) {
        // A result that would not be replayed explains nothing.
        continue;
      }
    }
    return near.stream()
        .filter(other -> !other.differences().isEmpty())
        .min(
            Comparator.comparingInt((Near other) -> other.differences().size())
                .thenComparing(
                    other -> other.attestation().record().finishedAt(), Comparator.reverseOrder()));
  }

  /** Asks holders, one after another, and takes note of what does not hold. */
  private final class HolderSurvey {

    private final Fetch fetch;
    private final RepoId repo;
    private final RunKey key;
    private final List<Survey.Failure> failures;

    HolderSurvey(Fetch fetch, RepoId repo, RunKey key, List<Survey.Failure> failures) {
      this.fetch = fetch;
      this.repo = repo;
      this.key = key;
      this.failures = failures;
    }

    Survey of(LookupResult.Found found) throws IOException, InterruptedException {
      for (Holder holder : found.holders()) {
        try {
          VerifiedAttestation attestation =
              rules.verifier().verify(fetch.attestation(holder, key), key, fetch.servers(holder));
          if (counts(attestation, "the result of " + holder.id(), failures)) {
            return held(
                Optional.of(delivery(holder, attestation.bundle())), attestation, failures, found);
          }
        } catch (VerificationException e) {
          failures.add(
              new Survey.Failure(
                  true, "the result of " + holder.id() + " is refused: " + e.getMessage()));
        } catch (FetchException e) {
          failures.add(
              new Survey.Failure(
                  e.fault() == FetchException.Fault.WRONG,
                  "the holder " + holder.id() + " does not give the result: " + e.getMessage()));
        }
      }
      return new Survey(
          Optional.empty(), failures, ids(found.running()), found.failed(), Optional.empty());
    }

    private Delivery delivery(Holder holder, Content bundle)
        throws IOException, InterruptedException {
      try (SharedChunks chunks = SharedChunks.of(fetch, bundle, store, repo, notices)) {
        return chunks.expected(holder, bundle);
      }
    }
  }

  private boolean counts(
      VerifiedAttestation attestation, String whose, List<Survey.Failure> failures) {
    Optional<String> refusal = rules.acceptance().refusal(attestation.record());
    refusal.ifPresent(
        why -> failures.add(new Survey.Failure(true, whose + " does not count here: " + why)));
    return refusal.isEmpty();
  }

  private static Survey held(
      Optional<Delivery> delivery,
      VerifiedAttestation attestation,
      List<Survey.Failure> failures,
      LookupResult.Found found) {
    return new Survey(
        Optional.of(new Survey.Place(delivery, attestation)),
        failures,
        ids(found.running()),
        found.failed(),
        Optional.empty());
  }

  private static Survey nowhere(List<Survey.Failure> failures, Optional<String> unavailable) {
    return new Survey(Optional.empty(), failures, List.of(), List.of(), unavailable);
  }

  private static List<PeerId> ids(List<Holder> holders) {
    return holders.stream().map(Holder::id).toList();
  }
}
