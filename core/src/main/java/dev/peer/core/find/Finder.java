package dev.peer.core.find;

import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.progress.Notices;
import dev.peer.core.scratch.FileHold;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.core.sign.VerificationException;
import dev.peer.core.sign.VerifiedAttestation;
import dev.peer.core.sign.VerifiedRecord;
import dev.peer.core.store.Store;
import dev.peer.core.store.StoredEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Looks for a result: first in the store, then at the holders that a rendezvous names. If a result
 * does not hold, or does not count here, it says so with the holder's name, and tries the next.
 */
public final class Finder {

  private final Store store;
  private final Holders holders;
  private final ResultRules rules;
  private final Notices notices;

  /**
   * Creates a finder.
   *
   * @param holders the way to results that are not in the store
   * @param rules decide which result is used
   */
  public Finder(Store store, Holders holders, ResultRules rules, Notices notices) {
    this.store = store;
    this.holders = holders;
    this.rules = rules;
    this.notices = notices;
  }

  /**
   * Finds a result of which every byte is verified, and which counts here.
   *
   * @throws IOException if the store could not be read or written
   */
  public FindResult find(RepoId repo, RunKey key) throws IOException, InterruptedException {
    notices.step("search");
    boolean refused = false;
    Optional<StoredEntry> entry = store.entries().find(repo, key);
    Optional<FileHold> hold =
        entry.isPresent() ? store.entries().hold(entry.get()) : Optional.empty();
    if (hold.isPresent()) {
      StoreAnswer answer;
      try (FileHold _ = hold.get()) {
        answer = fromStore(entry.get(), key);
      }
      switch (answer) {
        case StoreAnswer.Good(Replayable result) -> {
          return new FindResult.Hit(result);
        }
        case StoreAnswer.Uncounted() -> refused = true;
        case StoreAnswer.Bad() -> {
          store.removals().drop(repo, key);
          refused = true;
        }
      }
    }
    notices.step("search");
    notices.awaiting("the rendezvous");
    return switch (holders.lookup().find(repo, key)) {
      case LookupResult.Found found -> fromHolders(found, repo, key, refused);
      case LookupResult.Absent absent ->
          missed(refused, new RemoteRuns(true, List.of(), List.of()));
      case LookupResult.Unavailable unavailable -> {
        notices.say(unavailable.why());
        yield missed(refused, RemoteRuns.UNKNOWN);
      }
    };
  }

  /** Finds the result at this holder, without a lookup. */
  FindResult findFrom(Holder holder, RepoId repo, RunKey key)
      throws IOException, InterruptedException {
    return fromHolders(new LookupResult.Found(List.of(holder)), repo, key, false);
  }

  private static FindResult missed(boolean refused, RemoteRuns elsewhere) {
    return refused ? new FindResult.NoneVerified(elsewhere) : new FindResult.Miss(elsewhere);
  }

  /** The store's result of a run, judged. */
  private sealed interface StoreAnswer {

    record Good(Replayable result) implements StoreAnswer {}

    /** It holds, and does not count here. It stays: it may count elsewhere, or later. */
    record Uncounted() implements StoreAnswer {}

    record Bad() implements StoreAnswer {}
  }

  private StoreAnswer fromStore(StoredEntry entry, RunKey key) throws IOException {
    notices.step("verify");
    ScratchDirectory unpacked = store.stage();
    try {
      VerifiedAttestation attestation =
          rules.verifier().verify(entry.attestation(), key, entry.lists());
      Optional<String> refusal = rules.acceptance().refusal(attestation.record());
      if (refusal.isPresent()) {
        notices.say("the result in the local store does not count here: " + refusal.get());
        unpacked.close();
        return new StoreAnswer.Uncounted();
      }
      VerifiedRecord verified =
          rules.verifier().verify(attestation, entry.bundleFile(), unpackInto(unpacked));
      return new StoreAnswer.Good(
          new Replayable(verified, store.keep(verified), Optional.empty(), unpacked));
    } catch (VerificationException e) {
      notices.say("the result in the local store is refused: " + e.getMessage());
      unpacked.close();
      return new StoreAnswer.Bad();
    } catch (IOException | RuntimeException e) {
      unpacked.close();
      throw e;
    }
  }

  private FindResult fromHolders(
      LookupResult.Found found, RepoId repo, RunKey key, boolean refusedBefore)
      throws IOException, InterruptedException {
    ResultPull pull = new ResultPull(repo, key, store, holders, rules, notices);
    Optional<Replayable> result = pull.take(found.holders());
    return result.isPresent()
        ? new FindResult.Hit(result.get())
        : missed(
            refusedBefore || pull.refused(), new RemoteRuns(true, found.running(), found.failed()));
  }

  private static Path unpackInto(ScratchDirectory directory) throws IOException {
    return Files.createDirectory(directory.path().resolve("unpacked"));
  }
}
