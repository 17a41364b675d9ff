package dev.peer.vm.image;

import dev.peer.core.id.Digest;
import dev.peer.core.record.Content;
import dev.peer.core.record.MalformedException;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.core.sign.Attestation;
import dev.peer.vm.image.ImageException.Defect;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An image on its way in, in a directory of its own. First its manifest is taken, then each of its
 * files is written and checked, then all of it is put into its place in one step. Closed before
 * that, it leaves nothing.
 */
public final class ImageIntake implements AutoCloseable {

  /** The bytes that the files of an image may have together: 8 GiB. */
  public static final long LARGEST = 8L << 30;

  /** The bytes that a manifest may have. */
  public static final int LARGEST_MANIFEST = ImageManifest.LARGEST;

  /** The manifest's name. */
  public static final String MANIFEST = ImageManifest.FILE;

  private final ImageStore images;
  private final Digest digest;
  private final ScratchDirectory scratch;
  private final Path directory;
  private final Set<String> checked = new HashSet<>();
  private ImageManifest manifest;
  private Optional<Attestation> attestation = Optional.empty();

  ImageIntake(ImageStore images, Digest digest, ScratchDirectory scratch) throws IOException {
    this.images = images;
    this.digest = digest;
    this.scratch = scratch;
    this.directory = Files.createDirectory(scratch.path().resolve("image"));
  }

  /** The image's name. */
  public Digest digest() {
    return digest;
  }

  /** Whether an attestation was taken. */
  public boolean isAttested() {
    return attestation.isPresent();
  }

  /** Takes an attestation, to be kept with the image. Whether it holds is the caller's to see. */
  public void attest(Attestation taken) {
    attestation = Optional.of(taken);
  }

  /** Whether the manifest was taken. */
  public boolean hasManifest() {
    return manifest != null;
  }

  /**
   * Takes the manifest.
   *
   * @throws ImageException {@link Defect#DAMAGED} if the bytes do not match the image's digest,
   *     {@link Defect#REFUSED} if they do, and the image cannot be used here
   */
  public void manifest(byte[] bytes) throws ImageException, IOException {
    if (!Digest.of(bytes).equals(digest)) {
      throw damaged(MANIFEST);
    }
    ImageManifest parsed;
    try {
      parsed = ImageManifest.parse(bytes);
    } catch (MalformedException e) {
      throw refused(e.getMessage(), e);
    }
    if (parsed.versions().isEmpty()) {
      throw ImageStore.outdated(digest);
    }
    long left = LARGEST;
    for (Content content : parsed.files().values()) {
      left -= Math.min(content.size(), LARGEST + 1);
    }
    if (left < 0) {
      throw refused("its files have more than " + LARGEST + " bytes", null);
    }
    Files.write(directory.resolve(MANIFEST), bytes);
    manifest = parsed;
  }

  /** The names of the files to be written. */
  public List<String> names() {
    return ImageManifest.FILES;
  }

  /** The bytes that a file must have. */
  public long size(String name) {
    return content(name).size();
  }

  /** The bytes of all files together. */
  public long size() {
    return names().stream().mapToLong(this::size).sum();
  }

  /** Where to write a file to. */
  public Path file(String name) {
    content(name);
    return directory.resolve(name);
  }

  /** Whether the file was checked. */
  public boolean isChecked(String name) {
    return checked.contains(name);
  }

  /**
   * Syncs a file that was written, and checks it.
   *
   * @throws ImageException {@link Defect#DAMAGED} if its bytes do not match the manifest; the file
   *     is removed then
   */
  public void check(String name) throws ImageException, IOException {
    Content expected = content(name);
    Path file = file(name);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    if (Files.size(file) != expected.size() || !Digest.of(file).equals(expected.digest())) {
      Files.delete(file);
      throw damaged(name);
    }
    checked.add(name);
  }

  /**
   * Puts the image, all of whose files were checked, into its place. It is never there without its
   * origin and attestation.
   */
  public GuestImage finish(Origin origin) throws ImageException, IOException {
    if (!checked.containsAll(names())) {
      throw new IllegalStateException("a file of the image was not checked");
    }
    images.provenance().arrive(digest, origin, images.contains(digest));
    if (attestation.isPresent()) {
      images.provenance().keep(digest, attestation.get());
    }
    return images.put(directory, digest, scratch.path().resolve("discarded"));
  }

  /** Removes the files that were not put into place. */
  @Override
  public void close() throws IOException {
    scratch.close();
  }

  private Content content(String name) {
    if (manifest == null || !manifest.files().containsKey(name)) {
      throw new IllegalArgumentException("not a file of the image: " + name);
    }
    return manifest.files().get(name);
  }

  private ImageException damaged(String name) {
    return new ImageException(
        Defect.DAMAGED,
        name + " is not the one that the guest image " + digest + " has",
        "get the image once more, from where it is whole");
  }

  private ImageException refused(String why, Exception cause) {
    return new ImageException(
        Defect.REFUSED,
        "the guest image " + digest + " cannot be used here: " + why,
        "another version of peer has made it; build one with `peer image build`",
        cause);
  }
}
