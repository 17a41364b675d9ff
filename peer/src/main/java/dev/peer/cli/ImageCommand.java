package dev.peer.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.config.PeerSettings;
import dev.peer.config.Settings;
import dev.peer.core.id.Digest;
import dev.peer.core.record.StrictJson;
import dev.peer.vm.image.ImageBuilder;
import dev.peer.vm.image.ImageStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code peer image}. */
@Command(
    name = "image",
    description = "Builds and lists guest images.",
    mixinStandardHelpOptions = true)
final class ImageCommand implements Runnable {

  private static final long MEBIBYTE = 1 << 20;

  private final Output output;

  @Spec private CommandSpec spec;

  ImageCommand(Output output) {
    this.output = output;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing: build or ls");
  }

  @Command(
      name = "build",
      description = "Builds the guest image from Debian's packages, and prints its digest.",
      mixinStandardHelpOptions = true)
  int build(
      @Option(
              names = "--mirror",
              paramLabel = "URL",
              description = "take the packages from this mirror")
          String mirror)
      throws Exception {
    Path recipe = Path.of(System.getProperty("peer.dist", "."), "share", "image", "build");
    Digest digest =
        new ImageBuilder(recipe).build(images().root(), Optional.ofNullable(mirror), output::say);
    output.print(digest.toString());
    return ExitCode.PASSED;
  }

  @Command(
      name = "ls",
      description = "Lists the guest images of this machine, the newest first.",
      mixinStandardHelpOptions = true)
  int list(
      @Option(names = "--pin", description = "print the newest as a line for the repository's .env")
          boolean pin,
      @Option(names = "--json", description = "print JSON") boolean json)
      throws Exception {
    List<ImageStore.Listed> listed = images().list();
    if (pin) {
      ImageStore.Listed newest =
          listed.stream()
              .findFirst()
              .orElseThrow(
                  () ->
                      new CommandException(
                          ExitCode.USAGE,
                          "there is no guest image on this machine",
                          "build one with `peer image build`"));
      output.print("PEER_IMAGE=" + newest.digest());
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
