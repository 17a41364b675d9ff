package dev.peer.vm.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.core.scratch.DurableFile;
import dev.peer.core.sign.Attestation;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Optional;

/**
 * The files beside a kept disk that are about other peers: the voucher of the one that prepared it,
 * and the runtime that is served of it.
 *
 * @param directory the disk's
 */
record RuntimeFiles(Path directory) {

  private static final String VOUCHER = "voucher.json";
  private static final String RUNTIME = "runtime-";
  private static final String ATTESTATION = "runtime.json";
  private static final String CHUNKS = "chunks";
  private static final String NONE = "no-runtime";
  private static final String COPY = "copy-of";
  private static final int LARGEST_NAME = 1 << 12;

  /** Why the disk counts, if another peer prepared it or what it was made from. */
  Optional<Voucher> voucher() throws IOException {
    Path file = directory.resolve(VOUCHER);
    try {
      return Optional.of(
          new Voucher(attestation(file), Files.getLastModifiedTime(file).toInstant()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  void write(Voucher voucher) throws IOException {
    Path file = directory.resolve(VOUCHER);
    DurableFile.write(file, voucher.attestation().bytes());
    Files.setLastModifiedTime(file, FileTime.from(voucher.since()));
  }

  /** Records that the disk is kept for others, and whose it is. */
  void noteCopyOf(PeerId maker) throws IOException {
    DurableFile.write(directory.resolve(COPY), maker.text().getBytes(UTF_8));
  }

  /** Whose disk it is, if it is kept for others and no run here has started from it. */
  Optional<String> copyOf() throws IOException {
    try (InputStream in = Files.newInputStream(directory.resolve(COPY))) {
      return Optional.of(new String(in.readNBytes(LARGEST_NAME), UTF_8));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** A run here starts from it. */
  void noteRun() throws IOException {
    Files.deleteIfExists(directory.resolve(COPY));
  }

  /** The runtime that is served of the disk. */
  Optional<HeldRuntime> runtime() throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, RUNTIME + "*")) {
      for (Path content : files) {
        Digest digest = Digest.ofHex(content.getFileName().toString().substring(RUNTIME.length()));
        return Optional.of(
            new HeldRuntime(content, digest, attestation(directory.resolve(ATTESTATION))));
      }
    } catch (NoSuchFileException e) {
      // It is being added, or it goes.
      return Optional.empty();
    }
    return Optional.empty();
  }

  /** Records that no runtime can be made of the disk. */
  void giveUp() throws IOException {
    Files.write(directory.resolve(NONE), new byte[0]);
  }

  /** Whether a runtime was made of the disk, or cannot be. */
  boolean isDecided() throws IOException {
    return Files.exists(directory.resolve(NONE)) || runtime().isPresent();
  }

  /** Moves a runtime here. It is served as soon as its attestation is here. */
  void move(HeldRuntime runtime) throws IOException {
    try (FileChannel channel = FileChannel.open(runtime.content(), StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    clear();
    Files.move(runtime.content(), content(runtime.digest()), StandardCopyOption.ATOMIC_MOVE);
    DurableFile.write(directory.resolve(ATTESTATION), runtime.attestation().bytes());
  }

  /** Has the runtime of another disk served of this one, too. */
  void share(HeldRuntime runtime) throws IOException {
    try {
      Files.createLink(content(runtime.digest()), runtime.content());
      DurableFile.write(directory.resolve(ATTESTATION), runtime.attestation().bytes());
    } catch (NoSuchFileException e) {
      // The other disk has gone: the next run that prepares makes another.
      return;
    }
  }

  /** Removes what a process left that ended while it added one. */
  private void clear() throws IOException {
    Files.deleteIfExists(chunks());
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, RUNTIME + "*")) {
      for (Path content : files) {
        Files.delete(content);
      }
    }
  }

  private Path content(Digest digest) {
    return directory.resolve(RUNTIME + digest.hex());
  }

  /** Where the list of the runtime's chunks is kept. */
  Path chunks() {
    return directory.resolve(CHUNKS);
  }

  /** What the runtime takes of this disk. */
  long bytes() throws IOException {
    Optional<HeldRuntime> runtime = runtime();
    return runtime.isPresent() ? sizeOf(runtime.get().content()) + sizeOf(chunks()) : 0;
  }

  private static long sizeOf(Path file) throws IOException {
    try {
      return Files.size(file);
    } catch (NoSuchFileException e) {
      return 0;
    }
  }

  private static Attestation attestation(Path file) throws IOException {
    return Attestation.of(Files.readAllBytes(file));
  }
}
