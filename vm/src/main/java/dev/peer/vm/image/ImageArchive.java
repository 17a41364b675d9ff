package dev.peer.vm.image;

import dev.peer.core.id.Digest;
import dev.peer.core.id.Printable;
import dev.peer.core.sign.Attestation;
import dev.peer.vm.image.ImageException.Defect;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * An image as one file: a plain tar of {@code HEX/manifest.json}, {@code HEX/kernel}, {@code
 * HEX/initramfs} and {@code HEX/root.erofs} in this order, where HEX is the image's digest, and
 * last {@code HEX/attestation.json} if a signer vouches for it. The same image and attestation
 * always give the same bytes.
 *
 * <p>Nothing of a tar is interpreted when it is read, the sizes of manifest and attestation apart:
 * all else but the attestation must be the very bytes that writing would give. So there is no link,
 * no path, no entry twice and no extension to beware of. The attestation is kept as it is, unless
 * there is one of the image already.
 */
public final class ImageArchive {

  private static final int BLOCK = TarConstants.DEFAULT_RCDSIZE;
  private static final int SIZE_AT = 124;
  private static final Pattern OCTAL = Pattern.compile("[0-7]{1,12}");
  private static final int END = 2 * BLOCK;
  private static final int CHUNK = 1 << 16;

  private ImageArchive() {}

  /**
   * Writes an image.
   *
   * @param attestation the attestation of its signer
   * @throws ImageException if a file of it is shorter than when it was resolved
   */
  public static void write(GuestImage image, Optional<Attestation> attestation, OutputStream out)
      throws IOException, ImageException {
    Path manifestFile = image.directory().resolve(ImageManifest.FILE);
    ImageManifest manifest = ImageStore.readManifest(image.directory(), image.digest());
    write(image, ImageManifest.FILE, Files.readAllBytes(manifestFile), out);
    for (String name : ImageManifest.FILES) {
      long size = manifest.files().get(name).size();
      out.write(header(image.digest(), name, size));
      long written;
      try (InputStream in = Files.newInputStream(image.directory().resolve(name))) {
        written = copy(in, size, out);
      }
      if (written < size) {
        throw new ImageException(
            Defect.DAMAGED,
            "the guest image " + image.digest() + " is damaged: its file " + name + " is cut off",
            "find out what writes to " + image.directory());
      }
      out.write(new byte[padding(size)]);
    }
    if (attestation.isPresent()) {
      write(image, ImageProvenance.ATTESTATION, attestation.get().bytes(), out);
    }
    out.write(new byte[END]);
    out.flush();
  }

  private static void write(GuestImage image, String name, byte[] bytes, OutputStream out)
      throws IOException {
    out.write(header(image.digest(), name, bytes.length));
    out.write(bytes);
    out.write(new byte[padding(bytes.length)]);
  }

  /**
   * Takes an image in, whole and checked or not at all.
   *
   * @throws ImageException if it does not have the form that writing an image gives
   */
  public static GuestImage read(InputStream in, ImageStore images)
      throws IOException, ImageException {
    byte[] header = in.readNBytes(BLOCK);
    requireWhole(header.length, BLOCK);
    Digest digest = digest(text(header, 0, TarConstants.NAMELEN));
    long size = size(text(header, SIZE_AT, TarConstants.SIZELEN));
    if (size > ImageManifest.LARGEST) {
      throw foreign("its manifest has more than " + ImageManifest.LARGEST + " bytes");
    }
    if (!Arrays.equals(header, header(digest, ImageManifest.FILE, size))) {
      throw foreign("it does not begin with the manifest of an image");
    }
    try (ImageIntake intake = images.take(digest)) {
      intake.manifest(content(in, size));
      for (String name : intake.names()) {
        read(in, intake, name);
      }
      byte[] last = in.readNBytes(BLOCK);
      requireWhole(last.length, BLOCK);
      if (!isZeros(last)) {
        Attestation attestation = attestation(in, last, digest);
        if (images.provenance().attestation(digest).isEmpty()) {
          intake.attest(attestation);
        }
        requireZeros(in, BLOCK);
      }
      requireZeros(in, BLOCK);
      if (in.read() >= 0) {
        throw foreign("it has more bytes after the image's end");
      }
      return intake.finish(Origin.IMPORTED);
    }
  }

  private static Attestation attestation(InputStream in, byte[] header, Digest digest)
      throws IOException, ImageException {
    long size = size(text(header, SIZE_AT, TarConstants.SIZELEN));
    if (size > Attestation.LARGEST
        || !Arrays.equals(header, header(digest, ImageProvenance.ATTESTATION, size))) {
      throw foreign("there is something between its files or after them");
    }
    return Attestation.of(content(in, size));
  }

  /** A small file's bytes, with padding for its last block. */
  private static byte[] content(InputStream in, long size) throws IOException, ImageException {
    byte[] bytes = in.readNBytes((int) size);
    requireWhole(bytes.length, size);
    requireZeros(in, padding(size));
    return bytes;
  }

  private static void read(InputStream in, ImageIntake intake, String name)
      throws IOException, ImageException {
    long size = intake.size(name);
    byte[] header = in.readNBytes(BLOCK);
    requireWhole(header.length, BLOCK);
    if (!Arrays.equals(header, header(intake.digest(), name, size))) {
      throw foreign(
          "where " + name + " of " + size + " bytes should begin there is something else");
    }
    try (OutputStream out = Files.newOutputStream(intake.file(name))) {
      requireWhole(copy(in, size, out), size);
    }
    requireZeros(in, padding(size));
    intake.check(name);
  }

  private static byte[] header(Digest image, String name, long size) {
    TarArchiveEntry entry = new TarArchiveEntry(image.hex() + "/" + name, TarConstants.LF_NORMAL);
    entry.setSize(size);
    entry.setModTime(0L);
    entry.setMode(0644);
    entry.setIds(0, 0);
    entry.setNames("", "");
    byte[] header = new byte[BLOCK];
    entry.writeEntryHeader(header);
    return header;
  }

  /** The content of a header's field, up to its end or the first zero byte. */
  private static String text(byte[] header, int first, int length) {
    String field = new String(header, first, length, StandardCharsets.ISO_8859_1);
    int end = field.indexOf(0);
    return end < 0 ? field : field.substring(0, end);
  }

  private static long size(String octal) throws ImageException {
    if (!OCTAL.matcher(octal.strip()).matches()) {
      throw foreign("it is not a tar archive");
    }
    return Long.parseLong(octal.strip(), 8);
  }

  private static Digest digest(String name) throws ImageException {
    String end = "/" + ImageManifest.FILE;
    try {
      return Digest.ofHex(
          name.endsWith(end) ? name.substring(0, name.length() - end.length()) : "");
    } catch (IllegalArgumentException e) {
      throw foreign(
          name.isEmpty()
              ? "it is not a tar archive"
              : "it begins with " + Printable.of(name) + ", not with the manifest of an image");
    }
  }

  /** Copies as many bytes, or fewer if there are no more. */
  private static long copy(InputStream in, long size, OutputStream out) throws IOException {
    byte[] chunk = new byte[CHUNK];
    long left = size;
    int n = 0;
    while (left > 0 && n >= 0) {
      n = in.read(chunk, 0, (int) Math.min(chunk.length, left));
      if (n > 0) {
        out.write(chunk, 0, n);
        left -= n;
      }
    }
    return size - left;
  }

  private static int padding(long size) {
    return (int) ((BLOCK - size % BLOCK) % BLOCK);
  }

  private static void requireWhole(long read, long expected) throws ImageException {
    if (read < expected) {
      throw foreign("it is cut off");
    }
  }

  private static void requireZeros(InputStream in, int count) throws IOException, ImageException {
    byte[] bytes = in.readNBytes(count);
    requireWhole(bytes.length, count);
    if (!isZeros(bytes)) {
      throw foreign("there is something between its files or after them");
    }
  }

  private static boolean isZeros(byte[] bytes) {
    return Arrays.equals(bytes, new byte[bytes.length]);
  }

  private static ImageException foreign(String why) {
    return new ImageException(
        Defect.REFUSED,
        "that is no image that can be taken in: " + why,
        "it must be what `peer image export` wrote, whole and unchanged");
  }
}
