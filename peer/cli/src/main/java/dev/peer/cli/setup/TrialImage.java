package dev.peer.cli.setup;

import dev.peer.cli.console.Output;
import dev.peer.config.ConfigException;
import dev.peer.config.PeerSettings;
import dev.peer.config.RunSettings;
import dev.peer.config.Settings;
import dev.peer.core.flow.InterruptedIo;
import dev.peer.core.id.Digest;
import dev.peer.core.pem.CredentialException;
import dev.peer.core.trust.CertificateRole;
import dev.peer.home.HomeLayout;
import dev.peer.network.ImageTrust;
import dev.peer.network.PeerNetwork;
import dev.peer.vm.image.GuestImage;
import dev.peer.vm.image.ImageBuilder;
import dev.peer.vm.image.ImageException;
import dev.peer.vm.image.ImageStore;
import dev.peer.vm.image.Origin;
import java.io.IOException;
import java.util.Optional;

/** The guest image of a trial: one that counts for the user, who keeps it. */
final class TrialImage {

  private final Settings settings;
  private final PeerSettings peer;
  private final ImageStore images;
  private final Output output;

  TrialImage(Settings settings, Output output) throws ConfigException {
    this.settings = settings;
    this.peer = PeerSettings.of(settings);
    this.images = new ImageStore(new HomeLayout(peer.home()).images());
    this.output = output;
  }

  /**
   * Takes the pinned image, else the newest here, else one that is built now.
   *
   * @return every byte checked, and admitted by the user's own rules
   */
  GuestImage get() throws Exception {
    Digest digest = find();
    ImageTrust.of(peer).require(digest);
    return images.resolve(digest);
  }

  private Digest find() throws Exception {
    Optional<Digest> pinned =
        RunSettings.of(settings, Runtime.getRuntime().availableProcessors()).inputs().image();
    if (pinned.isPresent() && (images.contains(pinned.get()) || isPulled(pinned.get()))) {
      return pinned.get();
    }
    Optional<Digest> newest = images.newest();
    Digest other = newest.isPresent() ? newest.get() : built();
    if (pinned.isPresent()) {
      output.say("the trial uses the guest image " + other + " instead of PEER_IMAGE");
    }
    return other;
  }

  private boolean isPulled(Digest pinned) throws ConfigException, InterruptedException {
    if (peer.reach().rendezvous().isEmpty() || peer.identity().cert().isEmpty()) {
      return false;
    }
    output.step("pull");
    try (PeerNetwork network = PeerNetwork.of(peer, output, CertificateRole.CLIENT)) {
      network.images().pull(pinned, Origin.PINNED);
      return true;
    } catch (ImageException | CredentialException e) {
      output.say("the guest image is not pulled: " + e.getMessage());
    } catch (IOException e) {
      InterruptedIo.rethrow(e);
      output.say("the guest image is not pulled: " + e.getMessage());
    }
    return false;
  }

  private Digest built() throws Exception {
    output.say("there is no guest image on this machine: building one, which takes a minute");
    output.step("build");
    return ImageBuilder.ofInstallation().build(images, Optional.empty(), output::say);
  }
}
