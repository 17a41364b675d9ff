package dev.peer.core.flow;

import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.core.sign.Attestation;
import dev.peer.core.sign.RecordVerifier;
import dev.peer.core.sign.VerificationException;
import dev.peer.core.sign.VerifiedAttestation;
import dev.peer.core.sign.VerifiedRecord;
import dev.peer.core.store.Store;
import dev.peer.core.store.StoredEntry;
import dev.peer.core.store.StoredRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Looks for a result: first in the store, then with whoever a rendezvous names. What does not hold
 * is said, with the name of who gave it, and the next is tried.
 */
public final class Finder {

  private final Store store;
  private final Lookup lookup;
  private final Fetch fetch;
  private final RecordVerifier verifier;
  private final Notices notices;

  public Finder(Store store, Lookup lookup, Fetch fetch, RecordVerifier verifier, Notices notices) {
    this.store = store;
    this.lookup = lookup;
    this.fetch = fetch;
    this.verifier = verifier;
    this.notices = notices;
  }

  /**
   * Finds a result of which every byte holds.
   *
   * @throws IOException if the store could not be read or written
   */
  public FindResult find(RepoId repo, RunKey key) throws IOException, InterruptedException {
    notices.step("search");
    Optional<StoredEntry> entry = store.find(repo, key);
    boolean refused = false;
    if (entry.isPresent()) {
      Optional<Replayable> found = fromStore(entry.get(), repo, key);
      if (found.isPresent()) {
        return new FindResult.Hit(found.get());
      }
      refused = true;
    }
    notices.step("search");
    return switch (lookup.find(repo, key)) {
      case LookupResult.Found found -> fromHolders(found, key, refused);
      case LookupResult.Absent absent -> missed(refused, new Elsewhere(true, List.of(), List.of()));
      case LookupResult.Unavailable unavailable -> {
        notices.say(unavailable.why());
        yield missed(refused, Elsewhere.UNKNOWN);
      }
    };
  }

  /** The result of this holder, of whom nobody need be asked. */
  FindResult findFrom(Holder holder, RunKey key) throws IOException, InterruptedException {
    return fromHolders(new LookupResult.Found(List.of(holder)), key, false);
  }

  private static FindResult missed(boolean refused, Elsewhere elsewhere) {
    return refused ? new FindResult.NoneVerified(elsewhere) : new FindResult.Miss(elsewhere);
  }

  private Optional<Replayable> fromStore(StoredEntry entry, RepoId repo, RunKey key)
      throws IOException {
    notices.step("verify");
    ScratchDirectory unpacked = store.stage();
    try {
      VerifiedAttestation attestation = verifier.verify(entry.attestation(), key, entry.lists());
      VerifiedRecord verified =
          verifier.verify(attestation, entry.bundleFile(), unpackInto(unpacked));
      return Optional.of(
          new Replayable(verified, store.keep(verified), Optional.empty(), unpacked));
    } catch (VerificationException e) {
      notices.say("the result in the local store is refused: " + e.getMessage());
      unpacked.close();
      store.drop(repo, key);
      return Optional.empty();
    } catch (IOException | RuntimeException e) {
      unpacked.close();
      throw e;
    }
  }

  private FindResult fromHolders(LookupResult.Found found, RunKey key, boolean refusedBefore)
      throws IOException, InterruptedException {
    boolean refused = refusedBefore;
    for (Holder holder : found.holders()) {
      try {
        return new FindResult.Hit(fromHolder(holder, key));
      } catch (VerificationException e) {
        notices.say("the result of " + holder.id() + " is refused: " + e.getMessage());
        refused = true;
      } catch (FetchException e) {
        notices.say(describe(holder.id(), e));
        refused |= e.fault() == FetchException.Fault.WRONG;
      }
    }
    return missed(refused, new Elsewhere(true, found.running(), found.failed()));
  }

  private static String describe(PeerId holder, FetchException e) {
    return switch (e.fault()) {
      case UNREACHABLE -> "the holder " + holder + " can not be reached: " + e.getMessage();
      case REFUSED -> "the holder " + holder + " does not give the result: " + e.getMessage();
      case WRONG -> "the result of " + holder + " is refused: " + e.getMessage();
    };
  }

  private Replayable fromHolder(Holder holder, RunKey key)
      throws FetchException, VerificationException, IOException, InterruptedException {
    notices.step("fetch");
    ScratchDirectory unpacked = store.stage();
    try {
      Attestation untrusted = fetch.attestation(holder, key);
      VerifiedAttestation attestation = verifier.verify(untrusted, key);
      Path bundle = unpacked.path().resolve("bundle");
      fetch.bundle(holder, attestation.bundle(), bundle);
      notices.step("verify");
      VerifiedRecord verified = verifier.verify(attestation, bundle, unpackInto(unpacked));
      notices.step("store");
      StoredRecord stored = store.keep(verified);
      return new Replayable(verified, stored, Optional.of(holder.id()), unpacked);
    } catch (FetchException
        | VerificationException
        | IOException
        | InterruptedException
        | RuntimeException e) {
      unpacked.close();
      throw e;
    }
  }

  private static Path unpackInto(ScratchDirectory directory) throws IOException {
    return Files.createDirectory(directory.path().resolve("unpacked"));
  }
}
