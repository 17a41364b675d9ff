package dev.peer.cli.machine;

import dev.peer.cli.console.Output;
import dev.peer.cli.option.DigestConverter;
import dev.peer.cli.option.FileArgument;
import dev.peer.cli.option.HostPortConverter;
import dev.peer.cli.syntax.Option;
import dev.peer.cli.syntax.Positional;
import dev.peer.cli.syntax.Syntax;
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
import java.time.InstantSource;
import java.util.Optional;

/** {@code peer image}. */
public final class ImageCommand {

  private final CallContext call;
  private final Output output;

  public ImageCommand(CallContext call, Output output) {
    this.call = call;
    this.output = output;
  }

  /** How it is called. */
  public Syntax syntax() {
    return Syntax.family(
            "image",
            "build, export, import, ls, pull or sign",
            "Build, sign, list and move guest images")
        .examples("  peer image build", "  peer image ls --pin")
        .below(
            buildSyntax(), exportSyntax(), listSyntax(), pullSyntax(), signSyntax(), takeSyntax());
  }

  private Syntax buildSyntax() {
    Option<String> mirror =
        Option.of("--mirror", "URL", String.class, "take the packages from this mirror");
    return Syntax.of(
            "build",
            () -> build(mirror.given()),
            "Build the guest image, sign it, and print its digest",
            "Builds from Debian's packages. Needs root, or uidmap and ids in /etc/subuid and"
                + " /etc/subgid. Signs the image if PEER_CERT is set.")
        .examples("  peer image build")
        .takes(mirror);
  }

  private int build(Optional<String> mirror) throws Exception {
    output.showProgress();
    PeerSettings settings = settings();
    Optional<Identities> signer =
        settings.identity().cert().isEmpty() ? Optional.empty() : Optional.of(signer(settings));
    ImageStore images = new ImageStore(new HomeLayout(settings.home()).images());
    output.step("build");
    Digest digest = ImageBuilder.ofInstallation().build(images, mirror, output::say);
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

  private Syntax signSyntax() {
    Positional<Digest> named =
        Positional.at(0, "sha256:...", Digest.class, "which one (default: the newest)")
            .optional()
            .readBy(new DigestConverter());
    return Syntax.of(
            "sign",
            () -> sign(named.given()),
            "Vouch for a guest image, so that other peers may pull it",
            "Signs with PEER_CERT, replaces an earlier attestation, and prints the digest.")
        .examples("  peer image sign", "  peer image sign sha256:DIGEST")
        .takes(named);
  }

  private int sign(Optional<Digest> named) throws Exception {
    PeerSettings settings = settings();
    Identities signer = signer(settings);
    ImageStore images = new ImageStore(new HomeLayout(settings.home()).images());
    Digest digest = named.isPresent() ? named.get() : newest(images);
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

  private Syntax listSyntax() {
    Option<Boolean> pin =
        Option.flag(
            "--pin",
            "print the newest that was built here or asked for by name, as a line for the"
                + " repository's .env");
    Option<Boolean> json = Option.flag("--json", "print JSON");
    return Syntax.of(
            "ls",
            () -> list(pin.value(), json.value()),
            "List the guest images of this machine",
            "The newest comes first. Shows how each came here, and who vouches for it.")
        .examples("  peer image ls", "  peer image ls --pin >>.env")
        .takes(pin, json);
  }

  private int list(boolean pin, boolean json) throws Exception {
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

  private Syntax exportSyntax() {
    Positional<Digest> digest =
        Positional.at(0, "sha256:...", Digest.class, "which one (default: the newest)")
            .optional()
            .readBy(new DigestConverter());
    Option<String> file =
        Option.of(
            "--to",
            "FILE",
            String.class,
            "where to; - is stdout (default: stdout, unless that is a terminal)");
    return Syntax.of(
            "export",
            () -> export(digest.given(), file.given()),
            "Write a guest image to a file",
            "`peer image import` reads the file on another machine.")
        .examples(
            "  peer image export --to image.tar",
            "  peer image export | ssh host peer image import -")
        .takes(digest, file);
  }

  private int export(Optional<Digest> digest, Optional<String> file) throws Exception {
    FileArgument target = file.map(FileArgument::new).orElse(FileArgument.STDIO);
    if (file.isEmpty() && FileArgument.stdoutIsTerminal()) {
      throw new CommandException(
          ExitCode.USAGE,
          "stdout is a terminal, which an image is not for: --to FILE",
          "`peer image export --help` shows what it takes");
    }
    ImageStore images = images();
    GuestImage image = images.resolve(digest.isPresent() ? digest.get() : newest(images));
    Optional<Attestation> attestation =
        images
            .provenance()
            .attestation(image.digest())
            .map(ImageProvenance.KeptStatement::attestation);
    target.write(out -> ImageArchive.write(image, attestation, out));
    output.say("exported the guest image " + image.digest());
    return ExitCode.PASSED.number();
  }

  private Syntax takeSyntax() {
    Positional<String> file = Positional.at(0, "FILE", String.class, "where it is; - is stdin");
    return Syntax.of(
            "import",
            () -> take(file.value()),
            "Take a guest image from a file of `peer image export`",
            "Prints its digest.")
        .examples("  peer image import image.tar", "  peer image import -")
        .takes(file);
  }

  private int take(String file) throws Exception {
    ImageStore images = images();
    GuestImage image;
    try (InputStream in = new FileArgument(file).read("peer image export")) {
      image = ImageArchive.read(in, images);
    }
    output.print(image.digest().toString());
    return ExitCode.PASSED.number();
  }

  private Syntax pullSyntax() {
    Positional<Digest> digest =
        Positional.at(0, "sha256:...", Digest.class, "the image's digest")
            .readBy(new DigestConverter());
    Option<HostPort> from =
        Option.of(
                "--from",
                "HOST:PORT",
                HostPort.class,
                "where a peer serves that holds it (default: ask the rendezvous)")
            .readBy(new HostPortConverter());
    return Syntax.of(
            "pull",
            () -> pull(digest.value(), from.given()),
            "Get a guest image from a peer, and print its digest")
        .examples(
            "  peer image pull sha256:DIGEST",
            "  peer image pull sha256:DIGEST --from 10.1.2.3:7443")
        .takes(digest, from);
  }

  private int pull(Digest digest, Optional<HostPort> from) throws Exception {
    output.showProgress();
    output.step("settings");
    Settings here = RunTarget.settingsHere(call);
    output.warn(here);
    PeerSettings settings = PeerSettings.of(here);
    ImageTrust trust = ImageTrust.of(settings);
    if (isHere(trust, digest)) {
      trust.images().provenance().add(digest, Origin.PULLED);
      output.say("the guest image " + digest + " is on this machine already");
    } else if (from.isEmpty() && settings.reach().rendezvous().isEmpty()) {
      throw new CommandException(
          ExitCode.USAGE,
          "no peer can be asked for the guest image: PEER_RENDEZVOUS is not set",
          "set it, or name a peer that serves with --from HOST:PORT");
    } else {
      try (PeerNetwork network = PeerNetwork.of(settings, output, CertificateRole.CLIENT)) {
        if (from.isEmpty()) {
          network.images().pull(digest, Origin.PULLED);
        } else {
          network.images().pull(digest, address(from.get()));
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

  private static URI address(HostPort from) throws CommandException {
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

  private static CommandException noAddress(HostPort from, Exception cause) {
    return new CommandException(
        ExitCode.USAGE,
        "--from: a host and a port above 0 were expected: " + from,
        "`peer image pull --help` shows what it takes",
        cause);
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
