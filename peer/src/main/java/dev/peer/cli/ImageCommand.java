package dev.peer.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.config.HostPort;
import dev.peer.config.PeerSettings;
import dev.peer.config.Settings;
import dev.peer.core.id.Digest;
import dev.peer.core.record.StrictJson;
import dev.peer.core.trust.CertificateRole;
import dev.peer.vm.image.GuestImage;
import dev.peer.vm.image.ImageArchive;
import dev.peer.vm.image.ImageBuilder;
import dev.peer.vm.image.ImageException;
import dev.peer.vm.image.ImageStore;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
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
    description = "Builds and lists guest images, and moves them between machines.",
    mixinStandardHelpOptions = true,
    footerHeading = Main.EXAMPLES,
    footer = {"  peer image build", "  peer image ls --pin"})
final class ImageCommand implements Runnable {

  private static final long MEBIBYTE = 1 << 20;

  private final Output output;

  @Spec private CommandSpec spec;

  ImageCommand(Output output) {
    this.output = output;
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "a command is missing: build, export, import, ls or pull");
  }

  @Command(
      name = "build",
      description = "Builds the guest image from Debian's packages, and prints its digest.",
      mixinStandardHelpOptions = true,
      footerHeading = Main.EXAMPLES,
      footer = {"  peer image build"})
  int build(
      @Option(
              names = "--mirror",
              paramLabel = "URL",
              description = "take the packages from this mirror")
          String mirror)
      throws Exception {
    output.showProgress();
    output.step("build");
    Path recipe = Path.of(System.getProperty("peer.dist", "."), "share", "image", "build");
    Digest digest =
        new ImageBuilder(recipe).build(images().root(), Optional.ofNullable(mirror), output::say);
    // Checked, so that it is served to others.
    output.step("verify");
    images().resolve(digest);
    output.print(digest.toString());
    return ExitCode.PASSED;
  }

  @Command(
      name = "ls",
      description = "Lists the guest images of this machine, the newest first.",
      mixinStandardHelpOptions = true,
      footerHeading = Main.EXAMPLES,
      footer = {"  peer image ls", "  peer image ls --pin >>.env"})
  int list(
      @Option(names = "--pin", description = "print the newest as a line for the repository's .env")
          boolean pin,
      @Option(names = "--json", description = "print JSON") boolean json)
      throws Exception {
    ImageStore images = images();
    List<ImageStore.Listed> listed = images.list();
    if (pin) {
      output.print("PEER_IMAGE=" + newest(images));
    } else if (json) {
      output.print(json(listed));
    } else {
      listed.forEach(
          image ->
              output.print(
                  image.digest()
                      + "  "
                      + image.created().toInstant()
                      + "  "
                      + image.bytes() / MEBIBYTE
                      + " MiB"));
    }
    return ExitCode.PASSED;
  }

  @Command(
      name = "export",
      description = "Writes a guest image to a file, for `peer image import` elsewhere.",
      mixinStandardHelpOptions = true,
      footerHeading = Main.EXAMPLES,
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
    target.write(out -> ImageArchive.write(image, out));
    output.say("exported the guest image " + image.digest());
    return ExitCode.PASSED;
  }

  @Command(
      name = "import",
      description = "Takes in a guest image that `peer image export` wrote, and prints its digest.",
      mixinStandardHelpOptions = true,
      footerHeading = Main.EXAMPLES,
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
    return ExitCode.PASSED;
  }

  @Command(
      name = "pull",
      description = "Gets a guest image from a peer that holds it, and prints its digest.",
      mixinStandardHelpOptions = true,
      footerHeading = Main.EXAMPLES,
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
              converter = RendezvousCommand.HostPortConverter.class,
              description = "where a peer serves that holds it (default: ask the rendezvous)")
          HostPort from)
      throws Exception {
    output.showProgress();
    output.step("settings");
    Settings here = Subject.settingsHere();
    here.warnings().forEach(warning -> output.say("warning: " + warning));
    PeerSettings settings = PeerSettings.of(here);
    if (isHere(Subject.images(settings.home()), digest)) {
      output.say("the guest image " + digest + " is on this machine already");
    } else if (from == null && settings.rendezvous().isEmpty()) {
      throw new CommandException(
          ExitCode.USAGE,
          "there is nobody to ask for the guest image: PEER_RENDEZVOUS is not set",
          "set it, or name a peer that serves with --from HOST:PORT");
    } else {
      try (Network network = Network.of(settings, output, CertificateRole.CLIENT)) {
        if (from == null) {
          network.images().pull(digest);
        } else {
          network.images().pull(digest, address(from));
        }
      }
    }
    output.print(digest.toString());
    return ExitCode.PASSED;
  }

  private boolean isHere(ImageStore images, Digest digest) {
    if (!images.contains(digest)) {
      return false;
    }
    try {
      images.resolve(digest);
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
                    ImageException.Kind.NONE,
                    "there is no guest image on this machine",
                    "build one with `peer image build`, or get the team's with `peer image pull`"));
  }

  private static String json(List<ImageStore.Listed> listed) {
    ObjectNode answer = StrictJson.object();
    ArrayNode images = answer.putArray("images");
    for (ImageStore.Listed image : listed) {
      ObjectNode entry = images.addObject();
      entry.put("digest", image.digest().toString());
      entry.put("created", image.created().toInstant().toString());
      entry.put("bytes", image.bytes());
    }
    return new String(StrictJson.bytes(answer), StandardCharsets.UTF_8);
  }

  private static ImageStore images() throws Exception {
    return Subject.images(PeerSettings.home(Settings.of(System.getenv())));
  }
}
