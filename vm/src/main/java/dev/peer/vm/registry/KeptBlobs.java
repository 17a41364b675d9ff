package dev.peer.vm.registry;

import dev.peer.core.id.Digest;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.core.scratch.UsedFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Layers, configurations and manifests of container images by their SHA-256. A file's time is that
 * of its last use.
 *
 * <p>Layout below the root: {@code sha256/<hex>}, and {@code staging/} for those that are not whole
 * yet.
 *
 * @param root need not be there
 * @param maxAge how long one is kept that is not used
 * @param maxBytes the maximum size of all together
 */
public record KeptBlobs(Path root, Duration maxAge, long maxBytes) {

  private static final String ALGORITHM = "sha256";
  private static final String STAGING = "staging";

  /**
   * All that are kept.
   *
   * @param used when the last of them was used
   */
  public record Summary(int files, long bytes, Instant used) {}

  /** The file of a blob, whose bytes have been checked. One that was damaged goes. */
  Optional<Path> find(Digest digest) throws IOException {
    Path file = file(digest);
    try {
      if (Digest.of(file).equals(digest)) {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
        return Optional.of(file);
      }
      Files.deleteIfExists(file);
    } catch (NoSuchFileException e) {
      // It is not kept, or was removed meanwhile.
      return Optional.empty();
    }
    return Optional.empty();
  }

  /**
   * A blob on its way in, to be written here. One for which there is no room is read to its end and
   * not kept. Closing it before it is kept removes it.
   */
  static final class NewBlob extends OutputStream {

    private final KeptBlobs blobs;
    private final Digest digest;
    private final ScratchDirectory staged;
    private final Path file;
    private final OutputStream out;
    private final MessageDigest written = Digest.sha256();
    private long room;

    private NewBlob(KeptBlobs blobs, Digest digest, ScratchDirectory staged) throws IOException {
      this.blobs = blobs;
      this.digest = digest;
      this.staged = staged;
      room = blobs.maxBytes();
      file = staged.path().resolve("blob");
      out = Files.newOutputStream(file);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      written.update(bytes, offset, length);
      room -= length;
      if (room >= 0) {
        try {
          out.write(bytes, offset, length);
        } catch (IOException e) {
          // The guest gets it all the same.
          room = -1;
        }
      }
    }

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    /**
     * Keeps it, and removes others that are too much then.
     *
     * @throws IOException also if it is not what its digest says
     */
    void keep() throws IOException {
      out.close();
      if (!Digest.ofFinished(written).equals(digest)) {
        throw new IOException("other bytes came for " + digest);
      }
      if (room >= 0) {
        Path target = blobs.file(digest);
        ScratchDirectory.createPrivate(target.getParent());
        Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
        blobs.limit();
      }
    }

    @Override
    public void close() throws IOException {
      out.close();
      staged.close();
    }
  }

  /** Begins to take one. */
  NewBlob take(Digest digest) throws IOException {
    ScratchDirectory staged = ScratchDirectory.in(root.resolve(STAGING));
    try {
      return new NewBlob(this, digest, staged);
    } catch (IOException e) {
      staged.close();
      throw e;
    }
  }

  /**
   * Removes what was not used for too long, and the least recently used where all together are too
   * large.
   */
  void limit() throws IOException {
    ScratchDirectory.reap(root.resolve(STAGING));
    UsedFile.limit(files(), Instant.now().minus(maxAge), maxBytes, Instant.MAX);
  }

  /** All that are kept; empty if there are none. */
  public Optional<Summary> summary() throws IOException {
    List<UsedFile> all = files();
    return all.isEmpty()
        ? Optional.empty()
        : Optional.of(new Summary(all.size(), UsedFile.bytes(all), all.getFirst().used()));
  }

  /** Removes all. */
  public void drop() throws IOException {
    ScratchDirectory.delete(root.resolve(ALGORITHM));
  }

  private Path file(Digest digest) {
    return root.resolve(ALGORITHM).resolve(digest.hex());
  }

  private List<UsedFile> files() throws IOException {
    return UsedFile.below(root.resolve(ALGORITHM));
  }
}
