package dev.peer.vm.image;

import dev.peer.core.id.Digest;
import dev.peer.core.record.Content;
import dev.peer.core.record.MalformedException;
import dev.peer.core.scratch.FileFingerprint;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.vm.image.ImageException.Defect;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The images of this machine, each in a directory named by its digest.
 *
 * <p>An image is used only after its bytes were found to match its digest. That is remembered
 * beside the images by each file's size, inode and times, so that the bytes are read again only
 * after a file has changed.
 */
public final class ImageStore {

  private static final Pattern NAME = Pattern.compile("[0-9a-f]{64}");
  private static final String CHECKED = ".checked";
  private static final String INCOMING = ".incoming";

  private final Path root;
  private final ImageProvenance provenance;

  /** The images in this directory, which need not be there. */
  public ImageStore(Path root) {
    this.root = root;
    this.provenance = new ImageProvenance(root);
  }

  /**
   * An image that is here, unchecked.
   *
   * @param digest its name
   * @param created when its directory was made
   * @param bytes the size of its files together
   * @param origin how it came here
   */
  public record Entry(Digest digest, FileTime created, long bytes, Origin origin) {}

  /** The directory that holds the images. */
  public Path root() {
    return root;
  }

  /** How the images came here, and the attestations of their signers. */
  public ImageProvenance provenance() {
    return provenance;
  }

  /** All images, the newest first. */
  public List<Entry> list() throws IOException {
    List<Entry> images = new ArrayList<>();
    if (!Files.isDirectory(root)) {
      return images;
    }
    try (DirectoryStream<Path> directories = Files.newDirectoryStream(root)) {
      for (Path directory : directories) {
        String name = directory.getFileName().toString();
        if (NAME.matcher(name).matches() && Files.isDirectory(directory)) {
          Digest digest = Digest.ofHex(name);
          images.add(
              new Entry(
                  digest,
                  Files.getLastModifiedTime(directory),
                  sizeOf(directory),
                  provenance.origin(digest)));
        }
      }
    }
    images.sort(Comparator.comparing(Entry::created).reversed().thenComparing(Entry::digest));
    return images;
  }

  /**
   * The newest image's digest, among those that were built here or asked for by name. An image that
   * is here only because a revision named it must not reach other runs.
   */
  public Optional<Digest> newest() throws IOException {
    return list().stream()
        .filter(image -> image.origin().isChosen())
        .findFirst()
        .map(Entry::digest);
  }

  /** Whether there is an image of this digest, in whatever state. */
  public boolean contains(Digest digest) {
    return Files.isDirectory(root.resolve(digest.hex()));
  }

  /** The images whose bytes were checked and have not changed since, the newest first. */
  public List<Digest> checked() throws IOException {
    List<Digest> checked = new ArrayList<>();
    for (Entry image : list()) {
      if (isChecked(image.digest())) {
        checked.add(image.digest());
      }
    }
    return checked;
  }

  /**
   * A file of an image whose bytes were checked and have not changed since.
   *
   * @param name {@code manifest.json}, one of the files that every image has, or {@value
   *     ImageProvenance#ATTESTATION}; others are not there
   */
  public Optional<Path> checkedFile(Digest digest, String name) throws IOException {
    if (name.equals(ImageProvenance.ATTESTATION)) {
      return contains(digest) && isChecked(digest)
          ? provenance.attestationFile(digest)
          : Optional.empty();
    }
    boolean known = name.equals(ImageManifest.FILE) || ImageManifest.FILES.contains(name);
    return known && contains(digest) && isChecked(digest)
        ? Optional.of(root.resolve(digest.hex()).resolve(name))
        : Optional.empty();
  }

  /** Begins to take in the image of this digest. */
  public ImageIntake take(Digest digest) throws IOException {
    Path incoming = root.resolve(INCOMING);
    ScratchDirectory.reap(incoming);
    return new ImageIntake(this, digest, ScratchDirectory.in(incoming));
  }

  /**
   * The image of this digest, its bytes checked.
   *
   * @throws ImageException also if it is an image of peer 0.5 or older
   */
  public GuestImage resolve(Digest digest) throws ImageException {
    Path directory = root.resolve(digest.hex());
    try {
      if (!Files.isDirectory(directory)) {
        throw new ImageException(
            Defect.MISSING,
            "the guest image " + digest + " is not on this machine",
            "build it with `peer image build`, get it with `peer image pull`, or name one of"
                + " `peer image ls` in PEER_IMAGE");
      }
      ImageManifest manifest = readManifest(directory, digest);
      GuestVersions versions = manifest.versions().orElseThrow(() -> outdated(digest));
      String seen = describe(directory);
      if (!seen.equals(remembered(digest))) {
        check(directory, manifest, digest);
        remember(digest, seen);
      }
      return new GuestImage(
          digest,
          directory,
          manifest.architecture(),
          manifest.kernelArguments(),
          versions,
          manifest.options());
    } catch (IOException e) {
      throw damaged(digest, "it cannot be read: " + e.getMessage(), e);
    }
  }

  /** Whether the files are still the checked ones. */
  private boolean isChecked(Digest digest) throws IOException {
    Path directory = root.resolve(digest.hex());
    try {
      readManifest(directory, digest);
      return describe(directory).equals(remembered(digest));
    } catch (ImageException | NoSuchFileException e) {
      return false;
    }
  }

  /** Puts a checked image into its place, in one step; a damaged one there is moved away first. */
  GuestImage put(Path checked, Digest digest, Path discarded) throws IOException, ImageException {
    Path place = root.resolve(digest.hex());
    if (contains(digest)) {
      try {
        return resolve(digest);
      } catch (ImageException e) {
        Files.move(place, discarded, StandardCopyOption.ATOMIC_MOVE);
      }
    }
    try {
      Files.move(checked, place, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) {
      if (!contains(digest)) {
        throw e;
      }
      // Another process has just put it there.
      return resolve(digest);
    }
    remember(digest, describe(place));
    return resolve(digest);
  }

  static ImageManifest readManifest(Path directory, Digest digest)
      throws IOException, ImageException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(directory.resolve(ImageManifest.FILE))) {
      bytes = in.readNBytes(ImageManifest.LARGEST);
    } catch (NoSuchFileException e) {
      throw damaged(digest, "it has no manifest", e);
    }
    if (!Digest.of(bytes).equals(digest)) {
      throw damaged(digest, "its manifest has the digest " + Digest.of(bytes), null);
    }
    try {
      return ImageManifest.parse(bytes);
    } catch (MalformedException e) {
      throw damaged(digest, e.getMessage(), e);
    }
  }

  private static void check(Path directory, ImageManifest manifest, Digest digest)
      throws IOException, ImageException {
    for (Map.Entry<String, Content> file : manifest.files().entrySet()) {
      Path path = directory.resolve(file.getKey());
      Content expected = file.getValue();
      if (Files.size(path) != expected.size() || !Digest.of(path).equals(expected.digest())) {
        throw damaged(digest, "its file " + file.getKey() + " is not the one it names", null);
      }
    }
  }

  static ImageException outdated(Digest digest) {
    return new ImageException(
        Defect.REFUSED,
        "the guest image "
            + digest
            + " is one of peer 0.5 or older, whose mk passes some tests that failed: it is not run",
        "build one with `peer image build` or get the team's with `peer image pull`, then pin it in"
            + " .env: `peer image ls --pin`");
  }

  private static ImageException damaged(Digest digest, String why, Throwable cause) {
    return new ImageException(
        Defect.DAMAGED,
        "the guest image " + digest + " is damaged: " + why,
        "remove its directory and build it again with `peer image build`, or get it with"
            + " `peer image pull`",
        cause);
  }

  /** A value that changes whenever a file of the image is written or replaced. */
  private static String describe(Path directory) throws IOException {
    return FileFingerprint.of(ImageManifest.FILES.stream().map(directory::resolve).toList());
  }

  private String remembered(Digest digest) throws IOException {
    Path file = root.resolve(CHECKED).resolve(digest.hex());
    return Files.isRegularFile(file) ? Files.readString(file) : "";
  }

  private void remember(Digest digest, String seen) throws IOException {
    Path directory = root.resolve(CHECKED);
    ScratchDirectory.createPrivate(directory);
    Path written = Files.createTempFile(directory, "", "");
    Files.write(written, seen.getBytes(StandardCharsets.UTF_8));
    Files.move(written, directory.resolve(digest.hex()), StandardCopyOption.ATOMIC_MOVE);
  }

  private static long sizeOf(Path directory) throws IOException {
    long bytes = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        bytes += Files.readAttributes(file, BasicFileAttributes.class).size();
      }
    }
    return bytes;
  }
}
