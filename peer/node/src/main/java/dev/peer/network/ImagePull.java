package dev.peer.network;

import dev.peer.client.fetch.ImageFetch;
import dev.peer.core.find.FetchException;
import dev.peer.core.find.FetchException.Fault;
import dev.peer.core.find.Holder;
import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.core.progress.Notices;
import dev.peer.core.sign.Attestation;
import dev.peer.core.sign.ImageVerifier;
import dev.peer.core.sign.VerificationException;
import dev.peer.core.trust.Identity;
import dev.peer.report.Facts;
import dev.peer.vm.image.ImageException;
import dev.peer.vm.image.ImageException.Defect;
import dev.peer.vm.image.ImageIntake;
import dev.peer.vm.image.ImageProvenance;
import dev.peer.vm.image.ImageStore;
import dev.peer.vm.image.Origin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Pulls a guest image from the peers that hold it: each holder continues where the one before
 * stopped. It names a holder that sends wrong bytes, or no attestation that counts, and does not
 * ask it again. It requests no other byte before a signer vouches for the image.
 */
final class ImagePull {

  /** How often a holder whose transfers break off is asked. */
  private static final int ROUNDS = 3;

  private final ImageStore images;
  private final ImageFetch fetch;
  private final ImageVerifier verifier;
  private final Notices notices;

  ImagePull(ImageStore images, ImageFetch fetch, ImageVerifier verifier, Notices notices) {
    this.images = images;
    this.fetch = fetch;
    this.verifier = verifier;
    this.notices = notices;
  }

  /**
   * Takes it in, whole and checked or not at all.
   *
   * @param origin why it is pulled
   * @param holders the holders to ask, the best first; at least one
   * @throws ImageException if none of them sends it, or if it cannot be used here
   */
  void pull(Digest digest, Origin origin, List<Holder> holders)
      throws ImageException, IOException, InterruptedException {
    boolean unvouched;
    try (ImageIntake intake = images.take(digest)) {
      Transfer transfer = new Transfer(intake);
      List<Holder> left = new ArrayList<>(holders);
      for (int round = 0; round < ROUNDS && !left.isEmpty(); round++) {
        for (Holder holder : List.copyOf(left)) {
          try {
            transfer.from(holder);
            intake.finish(origin);
            notices.say("the guest image " + digest + " is here, every byte checked");
            return;
          } catch (FetchException e) {
            notices.say(describe(holder, e));
            if (e.fault() != Fault.UNREACHABLE || !transfer.hasBegun()) {
              left.remove(holder);
            }
          }
        }
      }
      unvouched = transfer.wasUnvouched();
    }
    String asked = names(holders.stream().map(Holder::id).collect(Collectors.toSet()));
    throw unvouched
        ? unvouched(digest, asked)
        : missing(digest, "no holder gives it; asked " + asked);
  }

  private static ImageException unvouched(Digest digest, String asked) {
    return new ImageException(
        Defect.MISSING,
        "the guest image "
            + digest
            + " is not on this machine, and no holder shows an attestation of it that counts;"
            + " asked "
            + asked,
        "sign it where it was built, with a peer of 0.6 or newer that PEER_ALLOW_IMAGE, else"
            + " PEER_ALLOW_SIGN, admits here (`peer image sign "
            + digest
            + "`); or move it as a file, `peer image export` there and `peer image import` here");
  }

  /** The image is not here, and why no holder sent it. */
  static ImageException missing(Digest digest, String why) {
    return new ImageException(
        Defect.MISSING,
        "the guest image " + digest + " is not on this machine, and " + why,
        "build it with `peer image build`, or get it from a machine that has it: `peer image pull "
            + digest
            + " --from HOST:PORT`, or `peer image export` there and `peer image import` here");
  }

  private static String describe(Holder holder, FetchException e) {
    return switch (e.fault()) {
      case UNREACHABLE -> "no more of the image comes from the holder " + e.getMessage();
      case REFUSED -> "the holder " + holder.id() + " does not give the image: " + e.getMessage();
      case WRONG -> "the image of " + holder.id() + " is refused: " + e.getMessage();
    };
  }

  private static String names(Set<PeerId> peers) {
    return peers.stream().map(PeerId::text).sorted().collect(Collectors.joining(", "));
  }

  /** One image, as far as it has come. */
  private final class Transfer {

    private final ImageIntake intake;
    private PullProgress progress;
    private boolean unvouched;

    /** Whose bytes the file is made of that is not whole yet. */
    private final Set<PeerId> givers = new LinkedHashSet<>();

    Transfer(ImageIntake intake) {
      this.intake = intake;
    }

    /** Whether holders showed no attestation, or none that counts. */
    boolean wasUnvouched() {
      return unvouched && !intake.isAttested();
    }

    /** Whether there is something to go on with. */
    boolean hasBegun() {
      return intake.hasManifest();
    }

    /** Fetches all missing files, and checks them. */
    void from(Holder holder)
        throws FetchException, ImageException, IOException, InterruptedException {
      if (!intake.isAttested()) {
        attestation(holder);
      }
      if (!intake.hasManifest()) {
        manifest(holder);
        progress = new PullProgress(intake.size(), notices);
        notices.say(
            "pulling the guest image "
                + intake.digest()
                + " ("
                + Facts.mebibytes(intake.size())
                + ") from "
                + holder.id());
      } else {
        notices.say("going on with " + holder.id());
      }
      for (String name : intake.names()) {
        if (!intake.isChecked(name)) {
          file(holder, name);
        }
      }
    }

    private void attestation(Holder holder) throws FetchException, InterruptedException {
      byte[] bytes;
      try {
        bytes =
            fetch.small(holder, intake.digest(), ImageProvenance.ATTESTATION, Attestation.LARGEST);
      } catch (FetchException e) {
        unvouched |= e.fault() == Fault.REFUSED;
        throw e;
      }
      try {
        Attestation attestation = Attestation.of(bytes);
        Identity signer = verifier.verify(attestation, intake.digest());
        intake.attest(attestation);
        notices.say(signer.id() + " vouches for the guest image " + intake.digest());
      } catch (VerificationException e) {
        unvouched = true;
        throw new FetchException(Fault.WRONG, holder.id() + ": " + e.getMessage(), e);
      }
    }

    private void manifest(Holder holder)
        throws FetchException, ImageException, IOException, InterruptedException {
      byte[] bytes =
          fetch.small(holder, intake.digest(), ImageIntake.MANIFEST, ImageIntake.LARGEST_MANIFEST);
      try {
        intake.manifest(bytes);
      } catch (ImageException e) {
        throw wrongOrElse(holder, e);
      }
    }

    private void file(Holder holder, String name)
        throws FetchException, ImageException, IOException, InterruptedException {
      Path file = intake.file(name);
      long before = sizeOf(file);
      notices.awaiting("from " + holder.id());
      progress.at(written());
      try {
        fetch.file(holder, intake.digest(), name, intake.size(name), file, progress);
        givers.add(holder.id());
        notices.awaiting("checking " + name);
        intake.check(name);
        givers.clear();
      } catch (FetchException e) {
        if (e.fault() == Fault.WRONG) {
          Files.deleteIfExists(file);
          givers.clear();
        } else if (sizeOf(file) > before) {
          givers.add(holder.id());
        }
        throw e;
      } catch (ImageException e) {
        boolean alone = givers.size() == 1;
        String all = names(givers);
        givers.clear();
        if (alone) {
          throw wrongOrElse(holder, e);
        }
        // It is not known whose bytes are wrong, so this one gives all of them.
        notices.say("what " + all + " gave together is refused: " + e.getMessage());
        file(holder, name);
      }
    }

    private long written() throws IOException {
      long bytes = 0;
      for (String name : intake.names()) {
        bytes += sizeOf(intake.file(name));
      }
      return bytes;
    }

    private static long sizeOf(Path file) throws IOException {
      return Files.exists(file) ? Files.size(file) : 0;
    }

    private static FetchException wrongOrElse(Holder holder, ImageException e)
        throws ImageException {
      if (e.defect() != Defect.DAMAGED) {
        throw e;
      }
      return new FetchException(Fault.WRONG, holder.id() + ": " + e.getMessage(), e);
    }
  }
}
