package dev.peer.cli.check;

import dev.peer.config.ConfigException;
import dev.peer.config.PeerSettings;
import dev.peer.config.RunSettings;
import dev.peer.config.Settings;
import dev.peer.core.id.Architecture;
import dev.peer.core.id.Digest;
import dev.peer.core.network.Reach;
import dev.peer.core.pem.CredentialException;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.home.HomeLayout;
import dev.peer.network.ImageTrust;
import dev.peer.vm.image.ImageException;
import dev.peer.vm.image.ImageStore;
import dev.peer.vm.qemu.AcceleratorProbe;
import dev.peer.vm.qemu.Qemu;
import dev.peer.vm.qemu.QemuException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whether this machine can keep results and run tests. */
final class MachineCheck {

  private static final long GIBIBYTE = 1L << 30;
  private static final long MUCH = 10 * GIBIBYTE;

  private final Settings settings;
  private final Map<String, String> environment;
  private final List<Finding> findings = new ArrayList<>();

  MachineCheck(Settings settings, Map<String, String> environment) {
    this.settings = settings;
    this.environment = environment;
  }

  List<Finding> run() throws InterruptedException {
    Optional<Path> home = home();
    Optional<Qemu> qemu = qemu();
    if (home.isPresent()) {
      if (qemu.isPresent()) {
        accelerator(home.get(), qemu.get());
        network(qemu.get());
      }
      image(home.get(), qemu.isPresent());
    }
    return findings;
  }

  private Optional<Path> home() {
    Path home;
    try {
      home = PeerSettings.home(settings);
    } catch (ConfigException e) {
      findings.add(Finding.misconfigured("home", e.getMessage(), e.hint()));
      return Optional.empty();
    }
    try {
      ScratchDirectory.createPrivate(home);
      Files.delete(Files.createTempFile(home, ".doctor-", ""));
      // Not by a FileStore: in a chroot there may be no mount that the path lies on.
      long free = home.toFile().getUsableSpace();
      String what = home + ", " + free / GIBIBYTE + " GiB free";
      findings.add(
          free < GIBIBYTE
              ? Finding.broken("disk", what, "make room, or set PEER_HOME to a larger disk")
              : free < MUCH
                  ? Finding.warning(
                      "disk", what, "a run's scratch disk may grow to PEER_DISK: make room")
                  : Finding.ok("disk", what));
      return Optional.of(home);
    } catch (IOException e) {
      findings.add(
          Finding.broken(
              "disk",
              home + " cannot be written to: " + e.getMessage(),
              "set PEER_HOME to a directory of yours"));
      return Optional.empty();
    }
  }

  private Optional<Qemu> qemu() {
    try {
      Qemu qemu = Qemu.find(Architecture.AMD64, environment);
      findings.add(Finding.ok("qemu", qemu.build()));
      return Optional.of(qemu);
    } catch (QemuException e) {
      findings.add(
          Finding.warning("qemu", e.getMessage() + ": this machine only replays", e.hint()));
    } catch (IOException e) {
      findings.add(Finding.broken("qemu", e.getMessage(), "install QEMU again"));
    }
    return Optional.empty();
  }

  private void accelerator(Path home, Qemu qemu) throws InterruptedException {
    HomeLayout layout = new HomeLayout(home);
    try {
      findings.add(
          switch (new AcceleratorProbe(layout.machines(), layout.runs()).best(qemu)) {
            case KVM -> Finding.ok("accelerator", "kvm runs guest code here");
            case TCG ->
                Finding.warning(
                    "accelerator",
                    "tcg: kvm does not run guest code here; emulation is slower, and no security"
                        + " boundary",
                    "if the processor has virtualization, give this user access to /dev/kvm");
          });
    } catch (IOException e) {
      findings.add(
          Finding.broken("accelerator", "the probe failed: " + e.getMessage(), "see PEER_HOME"));
    }
  }

  private void network(Qemu qemu) throws InterruptedException {
    try {
      Reach reach = RunSettings.prepareNetwork(settings);
      findings.add(
          qemu.filtersNetwork()
              ? Finding.ok("network", "preparations reach " + shown(reach))
              : reach instanceof Reach.None
                  ? Finding.ok("network", "preparations reach nothing")
                  : Finding.warning(
                      "network",
                      "this QEMU cannot filter what guests send: preparations reach services of"
                          + " this host, its loopback interface included",
                      "install a QEMU that has the object filter-redirector (Debian's has), or set"
                          + " PEER_PREPARE_NETWORK=none"));
    } catch (ConfigException e) {
      findings.add(Finding.misconfigured("network", e.getMessage(), e.hint()));
    } catch (IOException e) {
      findings.add(Finding.broken("network", e.getMessage(), "install QEMU again"));
    }
  }

  private static String shown(Reach reach) {
    return switch (reach) {
      case Reach.Open _ -> "what this host does, but not it";
      case Reach.None _ -> "nothing";
      case Reach.Hosts hosts -> hosts.toString();
    };
  }

  private void image(Path home, boolean runs) {
    try {
      Optional<Digest> pinned =
          RunSettings.of(settings, Runtime.getRuntime().availableProcessors()).inputs().image();
      ImageStore images = new ImageStore(new HomeLayout(home).images());
      Optional<Digest> image = pinned.isPresent() ? pinned : images.newest();
      if (image.isEmpty()) {
        findings.add(
            Finding.warning(
                "image",
                "PEER_IMAGE is not set, and no image here was built here or asked for by name",
                "`peer image build` makes one; `peer image ls --pin` then says what to set"));
      } else if (!images.contains(image.get())) {
        findings.add(
            runs
                ? Finding.warning(
                    "image",
                    image.get() + " is not here: the first run gets it from a peer",
                    "`peer image pull " + image.get() + "` gets it now")
                : Finding.ok("image", image.get() + ", which a replay does not need"));
      } else {
        images.resolve(image.get());
        findings.add(judged(image.get(), pinned.isPresent()));
      }
    } catch (ConfigException e) {
      findings.add(Finding.misconfigured("image", e.getMessage(), e.hint()));
    } catch (CredentialException e) {
      findings.add(Finding.misconfigured("image", e.getMessage(), e.hint()));
    } catch (ImageException e) {
      findings.add(Finding.broken("image", e.getMessage(), e.hint()));
    } catch (IOException e) {
      findings.add(
          Finding.broken("image", e.getMessage(), "check the permissions of PEER_HOME/images"));
    }
  }

  /** An image that is here and whole. */
  private Finding judged(Digest image, boolean pinned)
      throws ConfigException, CredentialException, ImageException, IOException {
    ImageTrust trust = ImageTrust.of(PeerSettings.of(settings));
    trust.require(image);
    String what =
        image
            + ", every byte checked; "
            + trust.images().provenance().origin(image)
            + "; "
            + trust.of(image);
    return pinned
        ? Finding.ok("image", what)
        : Finding.warning(
            "image",
            what + "; the newest of those chosen here, pinned nowhere",
            "`peer image ls --pin >>.env`, so that every peer computes the same run key");
  }
}
