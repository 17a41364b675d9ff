package dev.peer.vm.image;

import dev.peer.core.id.Digest;
import dev.peer.core.platform.Platform;
import dev.peer.vm.image.ImageException.Defect;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/** Builds a guest image by its recipe, a script that is a process of its own. */
public final class ImageBuilder {

  private static final String PREFIX = "peer: ";

  private final Path recipe;

  /** Takes the recipe's script. */
  public ImageBuilder(Path recipe) {
    this.recipe = recipe;
  }

  /** With the recipe of this process's installation. */
  public static ImageBuilder ofInstallation() {
    return new ImageBuilder(
        Path.of(System.getProperty("peer.dist", "."), "share", "image", "build"));
  }

  /**
   * Builds an image into a store, as one that was built here, and checks its bytes, so that it is
   * served to others.
   *
   * @param mirror where the packages are taken from; Debian's own mirror otherwise
   * @param progress receives the recipe's messages, a line at a time
   */
  public Digest build(ImageStore images, Optional<String> mirror, Consumer<String> progress)
      throws ImageException, IOException, InterruptedException {
    Optional<String> lack = Platform.current().lackForMachines();
    if (lack.isPresent()) {
      throw new ImageException(
          Defect.BUILD,
          "a guest image is built where tests run: " + lack.get(),
          "`peer image build` on a Linux machine makes one; only machines that run tests need it");
    }
    Digest digest = build(images.root(), mirror, progress);
    images.provenance().add(digest, Origin.BUILT);
    images.resolve(digest);
    return digest;
  }

  private Digest build(Path images, Optional<String> mirror, Consumer<String> progress)
      throws ImageException, IOException, InterruptedException {
    if (!Files.isRegularFile(recipe)) {
      throw new ImageException(
          Defect.BUILD,
          "the recipe " + recipe + " is not there",
          "install peer with its share/image");
    }
    List<String> command = new ArrayList<>(List.of("sh", recipe.toString()));
    command.addAll(List.of("--output", images.toString()));
    mirror.ifPresent(url -> command.addAll(List.of("--mirror", url)));
    Process process = new ProcessBuilder(command).start();
    try {
      process.getOutputStream().close();
      CompletableFuture<String> printed = new CompletableFuture<>();
      Thread said = Thread.ofVirtual().start(() -> follow(process, progress));
      Thread.ofVirtual().start(() -> printed.complete(lastLine(process)));
      int exitCode = process.waitFor();
      said.join();
      if (exitCode != 0) {
        throw new ImageException(
            Defect.BUILD,
            "the guest image could not be built (exit code " + exitCode + ")",
            "see above");
      }
      return Digest.parse(printed.get());
    } catch (IllegalArgumentException | ExecutionException e) {
      throw new ImageException(Defect.BUILD, "the recipe printed no digest", "see above", e);
    } catch (InterruptedException e) {
      // The recipe cleans up after itself, so it is asked to end and waited for, not killed.
      process.destroy();
      process.onExit().join();
      throw e;
    } finally {
      process.destroy();
    }
  }

  private static void follow(Process process, Consumer<String> progress) {
    try (BufferedReader lines = process.errorReader(StandardCharsets.UTF_8)) {
      lines
          .lines()
          .forEach(
              line ->
                  progress.accept(
                      line.startsWith(PREFIX) ? line.substring(PREFIX.length()) : line));
    } catch (IOException | UncheckedIOException e) {
      progress.accept("the recipe's output broke off: " + e.getMessage());
    }
  }

  /** Empty if the recipe prints nothing, or its output breaks off. */
  private static String lastLine(Process process) {
    String last = "";
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        last = line;
      }
      return last;
    } catch (IOException e) {
      return "";
    }
  }
}
