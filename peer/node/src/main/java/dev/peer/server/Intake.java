package dev.peer.server;

import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.record.Content;
import dev.peer.core.sign.Attestation;
import dev.peer.core.sign.VerificationException;
import dev.peer.http.ProblemException;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Takes results that others hand over, and verifies them like fetched ones. Does not decide who may
 * hand over what.
 */
@FunctionalInterface
public interface Intake {

  /**
   * Checks an offer, and keeps nothing of it yet.
   *
   * @param from the peer that offers it
   * @throws VerificationException if the attestation does not hold, or is of another run
   */
  Offer offered(PeerId from, RunKey key, Attestation attestation) throws VerificationException;

  /** A result whose attestation holds. */
  interface Offer {

    /** Whose result it is. */
    RepoId repo();

    /** The bundle that belongs to it. */
    Content bundle();

    /** Whether it is taken, as things are now. */
    OfferState state();

    /**
     * Takes the bundle, verifies all of it and keeps the result.
     *
     * @throws VerificationException if a byte of it is not as signed
     * @throws ProblemException if the body is not the bundle's
     * @throws IOException if it could not be got or kept
     */
    void take(Body body) throws VerificationException, ProblemException, IOException;
  }

  /** Whether a result is taken. */
  enum OfferState {
    /** It is, once its bundle is here. */
    WANTED,
    /** It is here. */
    HELD,
    /** No copies of its repository are kept here. */
    NOT_MIRRORED,
    /** Its bundle is larger than the space for a whole repository. */
    TOO_LARGE
  }

  /** Gives a bundle's bytes. */
  @FunctionalInterface
  interface Body {

    void writeTo(OutputStream out) throws ProblemException, IOException;
  }
}
