package dev.peer.daemon;

import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.id.ShortId;
import dev.peer.core.progress.Notices;
import dev.peer.core.record.Content;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.core.sign.Attestation;
import dev.peer.core.sign.IncomingRecord;
import dev.peer.core.sign.RecordVerifier;
import dev.peer.core.sign.VerificationException;
import dev.peer.core.sign.VerifiedAttestation;
import dev.peer.core.sign.VerifiedRecord;
import dev.peer.core.store.Store;
import dev.peer.http.ProblemException;
import dev.peer.server.Intake;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Set;
import java.util.function.Supplier;

/** Takes results of some repositories, and keeps those that hold. */
public final class PushIntake implements Intake {

  private final Set<RepoId> repositories;
  private final Store store;
  private final Supplier<RecordVerifier> verifier;
  private final KeptResults kept;
  private final Notices notices;

  /**
   * Creates an intake.
   *
   * @param repositories whose results are taken
   * @param verifier supplies the current verifier
   * @param kept serves the kept results
   * @param notices told of taken results
   */
  public PushIntake(
      Collection<RepoId> repositories,
      Store store,
      Supplier<RecordVerifier> verifier,
      KeptResults kept,
      Notices notices) {
    this.repositories = Set.copyOf(repositories);
    this.store = store;
    this.verifier = verifier;
    this.kept = kept;
    this.notices = notices;
  }

  @Override
  public Offer offered(PeerId from, RunKey key, Attestation attestation)
      throws VerificationException {
    return new PushOffer(from, verifier.get().verify(attestation, key));
  }

  private final class PushOffer implements Offer {

    private final PeerId from;
    private final VerifiedAttestation attestation;

    PushOffer(PeerId from, VerifiedAttestation attestation) {
      this.from = from;
      this.attestation = attestation;
    }

    @Override
    public RepoId repo() {
      return attestation.record().inputs().repo();
    }

    @Override
    public Content bundle() {
      return attestation.bundle();
    }

    @Override
    public OfferState state() {
      if (!repositories.contains(repo())) {
        return OfferState.NOT_MIRRORED;
      }
      if (kept.holds(new ResultName(repo(), attestation.key()))) {
        return OfferState.HELD;
      }
      return bundle().size() > store.retention().bytes() ? OfferState.TOO_LARGE : OfferState.WANTED;
    }

    @Override
    public void take(Body body) throws VerificationException, ProblemException, IOException {
      try (ScratchDirectory staged = store.stage()) {
        VerifiedRecord verified = receive(body, staged.path());
        // The rules for signing can have changed since the offer.
        verifier.get().verify(attestation.envelope(), attestation.key());
        kept.add(store.keepSynced(verified), verified.record());
      }
      String key = ShortId.of(attestation.key().hex());
      notices.say(
          "took " + key + " of " + repo() + " from " + from + ", " + bundle().size() + " bytes");
    }

    private VerifiedRecord receive(Body body, Path directory)
        throws VerificationException, ProblemException, IOException {
      Path unpacked = Files.createDirectory(directory.resolve("unpacked"));
      try (IncomingRecord incoming =
          verifier.get().receive(attestation, directory.resolve("bundle"), unpacked)) {
        body.writeTo(incoming);
        return incoming.finish();
      }
    }
  }
}
