package dev.peer.vm.image;

import dev.peer.core.id.Digest;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.core.sign.Attestation;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Optional;

/**
 * How each image came here, and the attestation of its signer. Both are files beside the images: an
 * image's own directory holds what its digest covers.
 */
public final class ImageProvenance {

  /** The attestation's name among the files of an image. */
  public static final String ATTESTATION = "attestation.json";

  private static final String ORIGINS = ".origins";
  private static final String ATTESTATIONS = ".attestations";

  private final Path root;

  ImageProvenance(Path root) {
    this.root = root;
  }

  /**
   * An attestation that is kept, whatever it is worth.
   *
   * @param since when it came
   */
  public record KeptStatement(Attestation attestation, Instant since) {}

  /**
   * How the image came here. An image without a mark counts as built here: peer 0.5 and {@code
   * image/build} leave none. A mark that cannot be read admits the least.
   */
  public Origin origin(Digest image) throws IOException {
    try {
      return Origin.named(Files.readString(file(ORIGINS, image), StandardCharsets.ISO_8859_1))
          .orElse(Origin.PINNED);
    } catch (NoSuchFileException e) {
      return Origin.BUILT;
    }
  }

  /**
   * Records another way by which an image came here. Of several ways the first of {@link Origin}
   * counts: an image that was built here or asked for by name stays so.
   */
  public void add(Digest image, Origin origin) throws IOException {
    if (origin.compareTo(origin(image)) < 0) {
      mark(image, origin);
    }
  }

  /**
   * Records, before an image is put into its place, how it comes.
   *
   * @param isHere whether it is in its place already
   */
  void arrive(Digest image, Origin origin, boolean isHere) throws IOException {
    if (isHere) {
      add(image, origin);
    } else {
      mark(image, origin);
    }
  }

  /** The attestation that is kept of an image. */
  public Optional<KeptStatement> attestation(Digest image) throws IOException {
    Path file = file(ATTESTATIONS, image);
    try {
      if (Files.size(file) > Attestation.LARGEST) {
        return Optional.empty();
      }
      return Optional.of(
          new KeptStatement(
              Attestation.of(Files.readAllBytes(file)),
              Files.getLastModifiedTime(file).toInstant()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Keeps an attestation in place of any that is there. */
  public void keep(Digest image, Attestation attestation) throws IOException {
    write(ATTESTATIONS, image, attestation.bytes());
  }

  private void mark(Digest image, Origin origin) throws IOException {
    write(ORIGINS, image, origin.name().getBytes(StandardCharsets.ISO_8859_1));
  }

  /** The file of the attestation that is kept of an image. */
  Optional<Path> attestationFile(Digest image) {
    return Optional.of(file(ATTESTATIONS, image)).filter(Files::isRegularFile);
  }

  private Path file(String directory, Digest image) {
    return root.resolve(directory).resolve(image.hex());
  }

  private void write(String name, Digest image, byte[] bytes) throws IOException {
    Path directory = root.resolve(name);
    ScratchDirectory.createPrivate(directory);
    Path written = Files.createTempFile(directory, "", "");
    Files.write(written, bytes, StandardOpenOption.WRITE, StandardOpenOption.SYNC);
    Files.move(written, directory.resolve(image.hex()), StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel names = FileChannel.open(directory)) {
      names.force(true);
    }
  }
}
