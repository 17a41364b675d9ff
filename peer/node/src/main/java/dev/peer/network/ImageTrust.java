package dev.peer.network;

import dev.peer.config.ConfigException;
import dev.peer.config.PeerSettings;
import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.core.pem.CredentialException;
import dev.peer.core.sign.ImageVerifier;
import dev.peer.core.sign.VerificationException;
import dev.peer.home.HomeLayout;
import dev.peer.identity.Verifiers;
import dev.peer.vm.image.ImageException;
import dev.peer.vm.image.ImageException.Defect;
import dev.peer.vm.image.ImageProvenance;
import dev.peer.vm.image.ImageStore;
import java.io.IOException;
import java.util.Optional;

/**
 * Judges who vouches for the guest images of this machine.
 *
 * @param verifier judges attestations; nothing where no CA is trusted
 */
public record ImageTrust(ImageStore images, Optional<ImageVerifier> verifier) {

  /** By the settings, for a command that needs no certificate of its own. */
  public static ImageTrust of(PeerSettings settings) throws ConfigException, CredentialException {
    return new ImageTrust(
        new ImageStore(new HomeLayout(settings.home()).images()),
        settings.identity().ca().isEmpty()
            ? Optional.empty()
            : Optional.of(Verifiers.imageVerifier(settings)));
  }

  /** The state of an image's attestation. */
  public sealed interface Voucher {

    /** There is none. */
    record Nobody() implements Voucher {
      @Override
      public String toString() {
        return "no signer vouches for it";
      }
    }

    /** It holds, and the rules admit its signer. */
    record Member(PeerId signer) implements Voucher {
      @Override
      public String toString() {
        return signer + " vouches for it";
      }
    }

    /** There is one that does not count. */
    record Refused(String why) implements Voucher {
      @Override
      public String toString() {
        return "its attestation does not count: " + why;
      }
    }
  }

  /** Judges who vouches for a local image. */
  public Voucher of(Digest image) throws IOException {
    Optional<ImageProvenance.KeptStatement> kept = images.provenance().attestation(image);
    if (kept.isEmpty()) {
      return new Voucher.Nobody();
    }
    if (verifier.isEmpty()) {
      return new Voucher.Refused("PEER_CA is not set");
    }
    try {
      return new Voucher.Member(
          verifier.get().verify(kept.get().attestation(), image, kept.get().since()).id());
    } catch (VerificationException e) {
      return new Voucher.Refused(e.getMessage());
    }
  }

  /** Whether the image may be booted: it came from no peer, or a signer vouches for it. */
  boolean counts(Digest image) throws IOException {
    return !images.provenance().origin(image).isFromPeer() || of(image) instanceof Voucher.Member;
  }

  /**
   * Requires that an image that is here may be booted.
   *
   * @throws ImageException if it came from a peer, and no signer vouches for it now
   */
  public void require(Digest image) throws ImageException, IOException {
    if (!counts(image)) {
      throw new ImageException(
          Defect.REFUSED,
          "the guest image " + image + " came from a peer, and does not count now: " + of(image),
          "`peer image pull "
              + image
              + "` looks for an attestation that counts; PEER_ALLOW_IMAGE,"
              + " else PEER_ALLOW_SIGN, says whose do");
    }
  }
}
