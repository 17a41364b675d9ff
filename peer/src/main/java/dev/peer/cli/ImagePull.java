package dev.peer.cli;

import dev.peer.client.ImageFetch;
import dev.peer.core.flow.FetchException;
import dev.peer.core.flow.FetchException.Fault;
import dev.peer.core.flow.Holder;
import dev.peer.core.flow.Notices;
import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.vm.image.ImageException;
import dev.peer.vm.image.ImageException.Kind;
import dev.peer.vm.image.ImageIntake;
import dev.peer.vm.image.ImageStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Takes a guest image in from the peers that hold it: what one has begun, the next goes on with. A
 * holder whose bytes are not the image's is named and not asked again.
 */
final class ImagePull {

  /** How often a holder whose transfers break off is asked. */
  private static final int ROUNDS = 3;

  private final ImageStore images;
  private final ImageFetch fetch;
  private final Notices notices;

  ImagePull(ImageStore images, ImageFetch fetch, Notices notices) {
    this.images = images;
    this.fetch = fetch;
    this.notices = notices;
  }

  /**
   * Takes it in, whole and checked or not at all.
   *
   * @param holders who to ask, the best first; at least one
   * @throws ImageException if none of them gives it, or if it can not be used here
   */
  void pull(Digest digest, List<Holder> holders)
      throws ImageException, IOException, InterruptedException {
    try (ImageIntake intake = images.take(digest)) {
      Transfer transfer = new Transfer(intake);
      List<Holder> left = new ArrayList<>(holders);
      for (int round = 0; round < ROUNDS && !left.isEmpty(); round++) {
        for (Holder holder : List.copyOf(left)) {
          try {
            transfer.from(holder);
            intake.finish();
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
    }
    throw missing(
        digest,
        "no holder gives it; asked "
            + names(holders.stream().map(Holder::id).collect(Collectors.toSet())));
  }

  /** The image is not here, and why nobody gave it. */
  static ImageException missing(Digest digest, String why) {
    return new ImageException(
        Kind.MISSING,
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

    /** Whose bytes the file is made of that is not whole yet. */
    private final Set<PeerId> givers = new LinkedHashSet<>();

    Transfer(ImageIntake intake) {
      this.intake = intake;
    }

    /** Whether there is something to go on with. */
    boolean hasBegun() {
      return intake.hasManifest();
    }

    /** Takes all that is missing, and checks it. */
    void from(Holder holder)
        throws FetchException, ImageException, IOException, InterruptedException {
      if (!intake.hasManifest()) {
        manifest(holder);
        progress = new PullProgress(intake.size(), notices);
        notices.say(
            "pulling the guest image "
                + intake.digest()
                + " ("
                + PullProgress.mebibytes(intake.size())
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
      if (e.kind() != Kind.DAMAGED) {
        throw e;
      }
      return new FetchException(Fault.WRONG, holder.id() + ": " + e.getMessage(), e);
    }
  }
}
