package dev.peer.secret;

import dev.peer.core.id.Digest;
import dev.peer.core.id.LocalRepo;
import dev.peer.core.scratch.PrivatePath;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.core.secret.SecretException;
import dev.peer.core.secret.SecretValue;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Secrets on disk, in clear, for their owner alone.
 *
 * <p>Layout below the root: {@code <digest of the repository id>/<name>} with the value, mode 0600
 * in directories of mode 0700; {@code unfinished/} for values being written. A value appears whole,
 * by one rename. A file that another user owns or others may read is not read.
 */
public final class SecretStore {

  private static final String UNFINISHED = "unfinished";
  private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> DIRECTORY =
      PosixFilePermissions.fromString("rwx------");

  private final Path root;

  /** A store in a directory, which is made when it is needed. */
  public SecretStore(Path root) {
    this.root = root;
  }

  /**
   * A secret that is kept.
   *
   * @param set when its value was set
   */
  public record SecretEntry(String name, Instant set) {}

  /** Keeps a value; one that is there is replaced. */
  public void set(LocalRepo repo, String name, SecretValue value)
      throws IOException, SecretException {
    Path directory = directoryOf(repo);
    ScratchDirectory.createPrivate(directory);
    requireOurs(directory);
    Path unfinished = root.resolve(UNFINISHED);
    ScratchDirectory.reap(unfinished);
    try (ScratchDirectory made = ScratchDirectory.in(unfinished)) {
      Path file = made.path().resolve(name);
      write(file, value.reveal().getBytes(StandardCharsets.UTF_8));
      Files.move(file, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }
  }

  /** The value, if one is kept. */
  public Optional<SecretValue> find(LocalRepo repo, String name)
      throws IOException, SecretException {
    Path file = directoryOf(repo).resolve(name);
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    requireOurs(directoryOf(repo));
    requirePrivate(file, FILE);
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.of(SecretValue.of(in.readNBytes(SecretValue.LONGEST + 1)));
    } catch (IllegalArgumentException e) {
      throw new SecretException(
          "the value of the secret " + name + " that is kept here " + e.getMessage(),
          "set it again with `peer secret set " + name + "`");
    }
  }

  /** The secrets kept for the repository, by name. */
  public List<SecretEntry> list(LocalRepo repo) throws IOException, SecretException {
    List<SecretEntry> kept = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directoryOf(repo))) {
      requireOurs(directoryOf(repo));
      for (Path file : files) {
        FileTime set = Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS);
        kept.add(new SecretEntry(file.getFileName().toString(), set.toInstant()));
      }
    } catch (NoSuchFileException e) {
      return List.of();
    }
    kept.sort(Comparator.comparing(SecretEntry::name));
    return kept;
  }

  /** Removes a value; false if there is none. */
  public boolean remove(LocalRepo repo, String name) throws IOException {
    return Files.deleteIfExists(directoryOf(repo).resolve(name));
  }

  private Path directoryOf(LocalRepo repo) {
    return root.resolve(Digest.of(repo.id().text().getBytes(StandardCharsets.UTF_8)).hex());
  }

  private void requireOurs(Path directory) throws IOException, SecretException {
    requirePrivate(root, DIRECTORY);
    requirePrivate(directory, DIRECTORY);
  }

  private static void requirePrivate(Path path, Set<PosixFilePermission> most)
      throws IOException, SecretException {
    if (!PrivatePath.isOurs(path, most)) {
      throw new SecretException(
          path + " is another user's, a link, or open to others: the secrets in it are not used",
          "make it yours alone (chown, chmod go=), and set the secrets again if others could"
              + " read them");
    }
  }

  private static void write(Path file, byte[] bytes) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(FILE))) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    }
  }
}
