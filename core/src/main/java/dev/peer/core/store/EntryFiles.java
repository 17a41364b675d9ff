package dev.peer.core.store;

import dev.peer.core.id.Digest;
import dev.peer.core.key.RunInputs;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.core.sign.Attestation;
import dev.peer.core.sign.KeptLists;
import dev.peer.core.sign.VerifiedRecord;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The files of one entry of the store. A directory without an attestation is no entry: the
 * attestation is repaired last and removed first.
 */
final class EntryFiles {

  static final String BUNDLE = "bundle.tar.zst";
  static final String LOCK = "lock";
  static final String CHUNKS = "chunks";
  static final String HITS = "hits";
  static final String SENT = "sent";

  private static final String ATTESTATION = "attestation.json";
  private static final String LISTS = "crl.pem";
  private static final String OWNER = "owner";
  private static final String TARGETS = "targets";

  /** What the kernel has long since written by itself is not written again. */
  private static final Duration WRITTEN = Duration.ofHours(1);

  private EntryFiles() {}

  /** Whether there is a result that can be held. */
  static boolean areIn(Path entry) {
    return Files.isRegularFile(entry.resolve(ATTESTATION), LinkOption.NOFOLLOW_LINKS)
        && Files.isRegularFile(entry.resolve(LOCK), LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * The stored result, unverified.
   *
   * @throws NoSuchFileException if there is no attestation
   */
  static StoredEntry read(Path entry) throws IOException {
    return new StoredEntry(readAttestation(entry), entry.resolve(BUNDLE), readLists(entry));
  }

  /** Whether an entry that is held is the same as this result, byte for byte. */
  static boolean hold(Path entry, VerifiedRecord record) throws IOException {
    try {
      return Digest.of(entry.resolve(ATTESTATION))
              .equals(Digest.of(record.attestation().envelope().bytes()))
          && (record.bundleFile().startsWith(entry)
              || Digest.of(entry.resolve(BUNDLE)).equals(record.attestation().bundle().digest()));
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /**
   * Writes them into a new directory.
   *
   * @param staging where the bundle is moved away from, and not copied
   */
  static void write(Path made, VerifiedRecord record, Path staging) throws IOException {
    Path bundle = made.resolve(BUNDLE);
    if (record.bundleFile().startsWith(staging)) {
      Files.move(record.bundleFile(), bundle, StandardCopyOption.ATOMIC_MOVE);
    } else {
      Files.copy(record.bundleFile(), bundle);
    }
    write(made.resolve(ATTESTATION), record.attestation().envelope().bytes());
    KeptLists lists = record.attestation().lists();
    if (!lists.equals(KeptLists.NONE)) {
      write(made.resolve(LISTS), lists.pem().getBytes(StandardCharsets.UTF_8));
    }
    write(made.resolve(LOCK), new byte[0]);
  }

  /**
   * Whose an entry is, as the digest of an id: of the repository of that name, unless a clone kept
   * it that only calls itself so.
   */
  static String owner(Path entry) throws IOException {
    String owner = text(entry.resolve(OWNER));
    return owner.isEmpty() ? entry.getParent().getParent().getFileName().toString() : owner;
  }

  /** What the run made; empty where no file says so. */
  static String targets(Path entry) throws IOException {
    return text(entry.resolve(TARGETS));
  }

  /** Empty where there is none, and after a power cut before it was written. */
  private static String text(Path file) throws IOException {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      return "";
    }
  }

  /** Says in a new directory what the run made. */
  static void nameTargets(Path made, RunInputs inputs) throws IOException {
    write(
        made.resolve(TARGETS), String.join(" ", inputs.targets()).getBytes(StandardCharsets.UTF_8));
  }

  /** Whether it says what the run made; one of peer 0.5 does not. */
  static boolean namesTargets(Path entry) throws IOException {
    return !targets(entry).isEmpty();
  }

  /** Says in a new directory that another repository keeps it than the one of that name. */
  static void own(Path made, String owner) throws IOException {
    write(made.resolve(OWNER), owner.getBytes(StandardCharsets.UTF_8));
    // If a power cut emptied it, the entry would be the other repository's.
    force(made.resolve(OWNER));
  }

  /** From now on it is of the repository of that name. */
  static void disown(Path entry) throws IOException {
    Files.deleteIfExists(entry.resolve(OWNER));
  }

  /** Replaces the files of a held entry by the written ones, one by one. */
  static void mend(Path entry, Path made) throws IOException {
    for (String name : List.of(BUNDLE, LISTS, TARGETS, ATTESTATION)) {
      if (Files.exists(made.resolve(name))) {
        Files.move(made.resolve(name), entry.resolve(name), StandardCopyOption.ATOMIC_MOVE);
      }
    }
  }

  /**
   * Returns when a held entry outlives a power cut. Leaves alone the lock, which closing its file
   * would give back.
   */
  static void sync(Path entry) throws IOException {
    Instant young = Instant.now().minus(WRITTEN);
    boolean synced = false;
    for (String name : List.of(BUNDLE, LISTS, TARGETS, OWNER, ATTESTATION)) {
      Path file = entry.resolve(name);
      if (Files.exists(file) && Files.getLastModifiedTime(file).toInstant().isAfter(young)) {
        force(file);
        synced = true;
      }
    }
    if (synced) {
      force(entry);
      force(entry.getParent());
      force(entry.getParent().getParent());
    }
  }

  private static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path)) {
      channel.force(true);
    }
  }

  /** Removes an entry. One that was half removed is none. */
  static void delete(Path entry) throws IOException {
    Files.deleteIfExists(entry.resolve(ATTESTATION));
    ScratchDirectory.delete(entry);
  }

  private static KeptLists readLists(Path entry) throws IOException {
    try (InputStream in = Files.newInputStream(entry.resolve(LISTS))) {
      return new KeptLists(
          new String(in.readNBytes(KeptLists.LARGEST + 1), StandardCharsets.UTF_8));
    } catch (NoSuchFileException e) {
      return KeptLists.NONE;
    }
  }

  private static Attestation readAttestation(Path entry) throws IOException {
    try (InputStream in = Files.newInputStream(entry.resolve(ATTESTATION))) {
      byte[] bytes = in.readNBytes(Attestation.LARGEST + 1);
      try {
        return Attestation.of(bytes);
      } catch (IllegalArgumentException e) {
        throw new IOException(e.getMessage(), e);
      }
    }
  }

  private static void write(Path file, byte[] bytes) throws IOException {
    Files.write(file, bytes, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }
}
