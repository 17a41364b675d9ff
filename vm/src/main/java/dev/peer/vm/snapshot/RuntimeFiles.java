package dev.peer.vm.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.core.record.DeltaWriter;
import dev.peer.core.record.MalformedException;
import dev.peer.core.scratch.DurableFile;
import dev.peer.core.sign.Attestation;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
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
  private static final String FORMER = "former-";
  private static final String DELTA = HeldRuntime.DELTA;
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
    try {
      for (Path content : files(RUNTIME)) {
        return Optional.of(
            new HeldRuntime(
                content, digest(content, RUNTIME), attestation(directory.resolve(ATTESTATION))));
      }
    } catch (NoSuchFileException e) {
      // It is being added, or it goes.
      return Optional.empty();
    }
    return Optional.empty();
  }

  /** The files whose names are this and a digest. */
  private List<Path> files(String prefix) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, prefix + "*")) {
      List<Path> found = new ArrayList<>();
      files.forEach(found::add);
      return found;
    } catch (NoSuchFileException e) {
      // The disk has just gone.
      return List.of();
    }
  }

  private static Digest digest(Path file, String prefix) {
    return Digest.ofHex(file.getFileName().toString().substring(prefix.length()));
  }

  /** Records that no runtime can be made of the disk. */
  void giveUp() throws IOException {
    Files.write(directory.resolve(NONE), new byte[0]);
    forget();
  }

  /** Whether a runtime was made of the disk, or cannot be. */
  boolean isDecided() throws IOException {
    return Files.exists(directory.resolve(NONE)) || runtime().isPresent();
  }

  /**
   * Keeps the runtime of the disk that this one was made from, or the one that was kept so there,
   * until this one has a runtime.
   */
  void follow(RuntimeFiles before) throws IOException {
    for (String prefix : List.of(RUNTIME, FORMER)) {
      for (Path content : before.files(prefix)) {
        try {
          Files.createLink(directory.resolve(FORMER + digest(content, prefix).hex()), content);
        } catch (IOException e) {
          // The other disk has gone, or there are no hard links: then there is no delta.
        }
        return;
      }
    }
  }

  /** Drops what {@link #follow} keeps. */
  void forget() throws IOException {
    delete(FORMER);
  }

  /**
   * Moves a runtime here, and the delta beside it. It is served as soon as its attestation is here.
   */
  void move(HeldRuntime runtime) throws IOException {
    try (FileChannel channel = FileChannel.open(runtime.content(), StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    clear();
    writeDelta(runtime.content());
    for (Path delta : new RuntimeFiles(runtime.content().getParent()).files(DELTA)) {
      Files.move(delta, directory.resolve(delta.getFileName()), StandardCopyOption.ATOMIC_MOVE);
    }
    Files.move(runtime.content(), content(runtime.digest()), StandardCopyOption.ATOMIC_MOVE);
    DurableFile.write(directory.resolve(ATTESTATION), runtime.attestation().bytes());
  }

  /** Writes beside a runtime what makes it of the former one, which goes then. */
  private void writeDelta(Path content) throws IOException {
    for (Path former : files(FORMER)) {
      try {
        Optional<byte[]> delta = DeltaWriter.write(former, content);
        if (delta.isPresent()) {
          DurableFile.write(HeldRuntime.delta(content, digest(former, FORMER)), delta.get());
        }
      } catch (MalformedException e) {
        // Another peer made the former one of something else than frames.
      } catch (IOException e) {
        // The runtime is served without one.
        new RuntimeFiles(content.getParent()).delete(DELTA);
      }
    }
    forget();
  }

  /** Has the runtime of another disk served of this one, too. */
  void share(HeldRuntime runtime) throws IOException {
    try {
      for (Path delta : new RuntimeFiles(runtime.content().getParent()).files(DELTA)) {
        Files.createLink(directory.resolve(delta.getFileName()), delta);
      }
      Files.createLink(content(runtime.digest()), runtime.content());
      DurableFile.write(directory.resolve(ATTESTATION), runtime.attestation().bytes());
    } catch (FileSystemException e) {
      // The other disk has gone, or there are no hard links: the next run that prepares makes
      // another.
      return;
    }
  }

  /** Removes what a process left that ended while it added one. */
  private void clear() throws IOException {
    Files.deleteIfExists(chunks());
    delete(RUNTIME);
    delete(DELTA);
  }

  private void delete(String prefix) throws IOException {
    for (Path file : files(prefix)) {
      Files.deleteIfExists(file);
    }
  }

  private Path content(Digest digest) {
    return directory.resolve(RUNTIME + digest.hex());
  }

  /** Where the list of the runtime's chunks is kept. */
  Path chunks() {
    return directory.resolve(CHUNKS);
  }

  /** What the runtime takes of this disk, and what is kept for it. */
  long bytes() throws IOException {
    long bytes = runtime().isPresent() ? sizeOf(chunks()) : 0;
    for (String prefix : List.of(RUNTIME, DELTA, FORMER)) {
      for (Path file : files(prefix)) {
        bytes += sizeOf(file);
      }
    }
    return bytes;
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
