package dev.peer.cli.machine;

import dev.peer.cli.console.Output;
import dev.peer.cli.option.DigestConverter;
import dev.peer.cli.option.FileArgument;
import dev.peer.cli.option.HelpText;
import dev.peer.cli.option.HostPortConverter;
import dev.peer.config.CallContext;
import dev.peer.config.ConfigException;
import dev.peer.config.HostPort;
import dev.peer.config.PeerSettings;
import dev.peer.config.Settings;
import dev.peer.core.id.Digest;
import dev.peer.core.sign.Attestation;
import dev.peer.core.sign.ImageSigner;
import dev.peer.core.trust.CertificateRole;
import dev.peer.home.HomeLayout;
import dev.peer.identity.Identities;
import dev.peer.network.ImageTrust;
import dev.peer.network.ImageTrust.Voucher;
import dev.peer.network.PeerNetwork;
import dev.peer.report.CommandException;
import dev.peer.report.ExitCode;
import dev.peer.run.RunTarget;
import dev.peer.vm.image.GuestImage;
import dev.peer.vm.image.ImageArchive;
import dev.peer.vm.image.ImageBuilder;
import dev.peer.vm.image.ImageException;
import dev.peer.vm.image.ImageProvenance;
import dev.peer.vm.image.ImageStore;
import dev.peer.vm.image.Origin;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code peer image}. */
@Command(
    name = "image",
    description = "Build, sign, list and move guest images",
    mixinStandardHelpOptions = true,
    footerHeading = HelpText.EXAMPLES,
    footer = {"  peer image build", "  peer image ls --pin"})
public final class ImageCommand implements Runnable {

  private final CallContext call;
  private final Output output;

  @Spec private CommandSpec spec;

  public ImageCommand(CallContext call, Output output) {
    this.call = call;
    this.output = output;
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "a command is missing: build, export, import, ls, pull or sign");
  }

  @Command(
      name = "build",
      description = {
        "Build the guest image, sign it, and print its digest",
        "Builds from Debian's packages."
      },
      mixinStandardHelpOptions = true,
      footerHeading = HelpText.EXAMPLES,
      footer = {"  peer image build"})
  int build(
      @Option(
              names = "--mirror",
              paramLabel = "URL",
              description = "take the packages from this mirror")
          String mirror)
      throws Exception {
    output.showProgress();
    PeerSettings settings = settings();
    Optional<Identities> signer =
        settings.identity().cert().isEmpty() ? Optional.empty() : Optional.of(signer(settings));
    ImageStore images = new ImageStore(new HomeLayout(settings.home()).images());
    output.step("build");
    Path recipe = Path.of(System.getProperty("peer.dist", "."), "share", "image", "build");
    Digest digest =
        new ImageBuilder(recipe).build(images.root(), Optional.ofNullable(mirror), output::say);
    images.provenance().add(digest, Origin.BUILT);
    // Checked, so that it is served to others.
    output.step("verify");
    images.resolve(digest);
    if (signer.isPresent()) {
      sign(signer.get(), images, digest);
    } else {
      output.error(
          "the image is not signed, and other peers do not pull it: PEER_CERT is not set",
          "set PEER_CERT, PEER_KEY and PEER_CA, then `peer image sign " + digest + "`");
    }
    output.print(digest.toString());
    return ExitCode.PASSED.number();
  }

  @Command(
      name = "sign",
      description = {
        "Vouch for a guest image, so that other peers may pull it",
        "Signs with PEER_CERT, replaces an earlier attestation, and prints the digest."
      },
      mixinStandardHelpOptions = true,
      footerHeading = HelpText.EXAMPLES,
      footer = {"  peer image sign", "  peer image sign sha256:DIGEST"})
  int sign(
      @Parameters(
              index = "0",
              arity = "0..1",
              paramLabel = "sha256:...",
              converter = DigestConverter.class,
              description = "which one (default: the newest)")
          Digest named)
      throws Exception {
    PeerSettings settings = settings();
    Identities signer = signer(settings);
    ImageStore images = new ImageStore(new HomeLayout(settings.home()).images());
    Digest digest = named == null ? newest(images) : named;
    images.resolve(digest);
    sign(signer, images, digest);
    output.print(digest.toString());
    return ExitCode.PASSED.number();
  }

  private Identities signer(PeerSettings settings) throws Exception {
    return Identities.of(settings, output, CertificateRole.SIGNER);
  }

  private void sign(Identities signer, ImageStore images, Digest digest) throws IOException {
    images
        .provenance()
        .keep(digest, new ImageSigner(signer.credentials(), InstantSource.system()).sign(digest));
    Voucher voucher = new ImageTrust(images, Optional.of(signer.imageVerifier())).of(digest);
    output.say(
        (voucher instanceof Voucher.Member ? "signed: " : "warning: signed, but by the rules here ")
            + voucher);
  }

  @Command(
      name = "ls",
      description = {
        "List the guest images of this machine",
        "The newest comes first. Shows how each came here, and who vouches for it."
      },
      mixinStandardHelpOptions = true,
      footerHeading = HelpText.EXAMPLES,
      footer = {"  peer image ls", "  peer image ls --pin >>.env"})
  int list(
      @Option(
              names = "--pin",
              description =
                  "print the newest that was built here or asked for by name, as a line for the"
                      + " repository's .env")
          boolean pin,
      @Option(names = "--json", description = "print JSON") boolean json)
      throws Exception {
    if (pin) {
      output.print("PEER_IMAGE=" + newest(images()));
    } else {
      ImageList list = new ImageList(ImageTrust.of(settings()));
      if (json) {
        output.print(list.json());
      } else {
        list.lines().forEach(output::print);
      }
    }
    return ExitCode.PASSED.number();
  }

  @Command(
      name = "export",
      description = {
        "Write a guest image to a file",
        "`peer image import` reads the file on another machine."
      },
      mixinStandardHelpOptions = true,
      footerHeading = HelpText.EXAMPLES,
      footer = {
        "  peer image export --to image.tar",
        "  peer image export | ssh host peer image import -"
      })
  int export(
      @Parameters(
              index = "0",
              arity = "0..1",
              paramLabel = "sha256:...",
              converter = DigestConverter.class,
              description = "which one (default: the newest)")
          Digest digest,
      @Option(
              names = "--to",
              paramLabel = "FILE",
              description = "where to; - is stdout (default: stdout, unless that is a terminal)")
          String file)
      throws Exception {
    FileArgument target = file == null ? FileArgument.STDIO : new FileArgument(file);
    if (file == null && FileArgument.stdoutIsTerminal()) {
      throw new ParameterException(
          spec.commandLine(), "stdout is a terminal, which an image is not for: --to FILE");
    }
    ImageStore images = images();
    GuestImage image = images.resolve(digest == null ? newest(images) : digest);
    Optional<Attestation> attestation =
        images
            .provenance()
            .attestation(image.digest())
            .map(ImageProvenance.KeptStatement::attestation);
    target.write(out -> ImageArchive.write(image, attestation, out));
    output.say("exported the guest image " + image.digest());
    return ExitCode.PASSED.number();
  }

  @Command(
      name = "import",
      description = {"Take a guest image from a file of `peer image export`", "Prints its digest."},
      mixinStandardHelpOptions = true,
      footerHeading = HelpText.EXAMPLES,
      footer = {"  peer image import image.tar", "  peer image import -"})
  int take(
      @Parameters(index = "0", paramLabel = "FILE", description = "where it is; - is stdin")
          String file)
      throws Exception {
    ImageStore images = images();
    GuestImage image;
    try (InputStream in = new FileArgument(file).read("peer image export")) {
      image = ImageArchive.read(in, images);
    }
    output.print(image.digest().toString());
    return ExitCode.PASSED.number();
  }

  @Command(
      name = "pull",
      description = "Get a guest image from a peer, and print its digest",
      mixinStandardHelpOptions = true,
      footerHeading = HelpText.EXAMPLES,
      footer = {
        "  peer image pull sha256:DIGEST",
        "  peer image pull sha256:DIGEST --from 10.1.2.3:7443"
      })
  int pull(
      @Parameters(
              index = "0",
              paramLabel = "sha256:...",
              converter = DigestConverter.class,
              description = "the image's digest")
          Digest digest,
      @Option(
              names = "--from",
              paramLabel = "HOST:PORT",
              converter = HostPortConverter.class,
              description = "where a peer serves that holds it (default: ask the rendezvous)")
          HostPort from)
      throws Exception {
    output.showProgress();
    output.step("settings");
    Settings here = RunTarget.settingsHere(call);
    output.warn(here);
    PeerSettings settings = PeerSettings.of(here);
    ImageTrust trust = ImageTrust.of(settings);
    if (isHere(trust, digest)) {
      trust.images().provenance().add(digest, Origin.PULLED);
      output.say("the guest image " + digest + " is on this machine already");
    } else if (from == null && settings.reach().rendezvous().isEmpty()) {
      throw new CommandException(
          ExitCode.USAGE,
          "no peer can be asked for the guest image: PEER_RENDEZVOUS is not set",
          "set it, or name a peer that serves with --from HOST:PORT");
    } else {
      try (PeerNetwork network = PeerNetwork.of(settings, output, CertificateRole.CLIENT)) {
        if (from == null) {
          network.images().pull(digest, Origin.PULLED);
        } else {
          network.images().pull(digest, address(from));
        }
      }
    }
    output.print(digest.toString());
    return ExitCode.PASSED.number();
  }

  private boolean isHere(ImageTrust trust, Digest digest) throws IOException {
    if (!trust.images().contains(digest)) {
      return false;
    }
    try {
      trust.images().resolve(digest);
      trust.require(digest);
      return true;
    } catch (ImageException e) {
      output.say(e.getMessage() + "; it will be replaced");
      return false;
    }
  }

  private URI address(HostPort from) {
    try {
      URI address = URI.create("https://" + from);
      if (address.getHost() != null && from.port() > 0) {
        return address;
      }
    } catch (IllegalArgumentException e) {
      throw noAddress(from, e);
    }
    throw noAddress(from, null);
  }

  private ParameterException noAddress(HostPort from, Exception cause) {
    return new ParameterException(
        spec.commandLine(), "--from: a host and a port above 0 were expected: " + from, cause);
  }

  private static Digest newest(ImageStore images) throws IOException, ImageException {
    return images
        .newest()
        .orElseThrow(
            () ->
                new ImageException(
                    ImageException.Defect.NONE,
                    "there is no guest image on this machine that was built here or asked for by"
                        + " name",
                    "build one with `peer image build`, or get the team's with `peer image pull"
                        + " sha256:...`"));
  }

  private ImageStore images() throws Exception {
    return new ImageStore(new HomeLayout(PeerSettings.home(call.settings())).images());
  }

  private PeerSettings settings() throws ConfigException {
    return PeerSettings.of(call.settings());
  }
}
