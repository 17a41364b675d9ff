package dev.peer.lfs;

import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.record.Content;
import dev.peer.core.record.DiskRoom;
import dev.peer.core.scratch.DurableFile;
import dev.peer.core.scratch.ScratchDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The contents that this machine keeps for runs of repositories, and for other peers. Each lies
 * below the repository that a run used it for, so that nobody gets it by the name of another one.
 * Only whole contents, checked by size and SHA-256, get in.
 *
 * <p>Layout below the root: {@code <digest of the repository id>/} with {@code name}, the id, and
 * {@code objects/}, an {@link ObjectDirectory} whose files' times are those of their last use;
 * {@code staging/} for contents that are not whole yet.
 *
 * @param root need not be there
 */
public record KeptObjects(Path root) {

  private static final String STAGING = "staging";
  private static final String NAME = "name";
  private static final String OBJECTS = "objects";

  /** A run that has found its contents here reads them later. */
  private static final Duration IN_USE = Duration.ofHours(1);

  /**
   * What is kept of a repository.
   *
   * @param used when the last of them was used
   */
  public record Summary(RepoId repo, int files, long bytes, Instant used) {}

  private record Entry(Path file, long bytes, Instant used) {}

  /** The repository's contents. */
  public ObjectDirectory of(RepoId repo) {
    return new ObjectDirectory(directory(repo).resolve(OBJECTS));
  }

  /** Whether there are some of the repository. */
  public boolean holdsAny(RepoId repo) {
    try (Stream<Path> files = Files.walk(of(repo).root())) {
      return files.anyMatch(Files::isRegularFile);
    } catch (IOException | UncheckedIOException e) {
      return false;
    }
  }

  /** A content on its way in. Closing it before it is kept removes it. */
  public final class NewObject implements AutoCloseable {

    private final RepoId repo;
    private final Content content;
    private final ScratchDirectory staged;

    private NewObject(RepoId repo, Content content) throws IOException {
      this.repo = repo;
      this.content = content;
      staged = ScratchDirectory.in(root.resolve(STAGING));
      try {
        DiskRoom.require(staged.path(), content.size());
      } catch (IOException e) {
        staged.close();
        throw e;
      }
    }

    /** Where the caller writes it. */
    public Path file() {
      return staged.path().resolve("object");
    }

    /**
     * Checks it and keeps it.
     *
     * @throws ObjectDirectory.DamagedException if it is another content
     */
    public void keep() throws IOException {
      if (Files.size(file()) != content.size() || !Digest.of(file()).equals(content.digest())) {
        throw new ObjectDirectory.DamagedException(file());
      }
      try (FileChannel written = FileChannel.open(file(), StandardOpenOption.READ)) {
        written.force(true);
      }
      Path target = of(repo).file(content.digest());
      ScratchDirectory.createPrivate(target.getParent());
      DurableFile.write(
          directory(repo).resolve(NAME), repo.text().getBytes(StandardCharsets.UTF_8));
      Files.setLastModifiedTime(file(), FileTime.from(Instant.now()));
      Files.move(file(), target, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void close() throws IOException {
      staged.close();
    }
  }

  /**
   * Makes room for a content of the repository.
   *
   * @throws IOException also if the disk has less room
   */
  public NewObject take(RepoId repo, Content content) throws IOException {
    return new NewObject(repo, content);
  }

  /** Notes that a run uses these now, as far as they are here. */
  public void use(RepoId repo, Collection<Content> contents) throws IOException {
    FileTime now = FileTime.from(Instant.now());
    for (Content content : contents) {
      try {
        Files.setLastModifiedTime(of(repo).file(content.digest()), now);
      } catch (NoSuchFileException e) {
        continue;
      }
    }
  }

  /**
   * Removes what was not used for too long, and the least recently used where all together are too
   * large. What was used within the last hour stays, even then.
   */
  public void limit(Duration maxAge, long maxBytes) throws IOException {
    ScratchDirectory.reap(root.resolve(STAGING));
    Instant now = Instant.now();
    List<Entry> all = new ArrayList<>();
    for (Path repository : repositories()) {
      all.addAll(entries(repository));
    }
    all.sort(Comparator.comparing(Entry::used).reversed());
    long bytes = 0;
    for (Entry entry : all) {
      boolean old = entry.used().isBefore(now.minus(maxAge));
      boolean tooMuch = bytes + entry.bytes() > maxBytes;
      if ((old || tooMuch) && entry.used().isBefore(now.minus(IN_USE))) {
        Files.deleteIfExists(entry.file());
      } else {
        bytes += entry.bytes();
      }
    }
    for (Path repository : repositories()) {
      if (entries(repository).isEmpty() && isUnused(repository, now)) {
        ScratchDirectory.delete(repository);
      }
    }
  }

  /** Whether no content was on its way here lately. */
  private static boolean isUnused(Path repository, Instant now) throws IOException {
    try {
      Instant named = Files.getLastModifiedTime(repository.resolve(NAME)).toInstant();
      return named.isBefore(now.minus(IN_USE));
    } catch (NoSuchFileException e) {
      return true;
    }
  }

  /** What is kept, the last used first. */
  public List<Summary> list() throws IOException {
    List<Summary> summaries = new ArrayList<>();
    for (Path repository : repositories()) {
      List<Entry> entries = entries(repository);
      Optional<Instant> used = entries.stream().map(Entry::used).max(Comparator.naturalOrder());
      Optional<RepoId> repo = repo(repository);
      if (used.isPresent() && repo.isPresent()) {
        long bytes = entries.stream().mapToLong(Entry::bytes).sum();
        summaries.add(new Summary(repo.get(), entries.size(), bytes, used.get()));
      }
    }
    summaries.sort(Comparator.comparing(Summary::used).reversed());
    return List.copyOf(summaries);
  }

  /**
   * Removes all of a repository; a run that uses some of them now is refused, or gets them again.
   */
  public void drop(RepoId repo) throws IOException {
    ScratchDirectory.delete(directory(repo));
  }

  private Path directory(RepoId repo) {
    return root.resolve(Digest.of(repo.text().getBytes(StandardCharsets.UTF_8)).hex());
  }

  private List<Path> repositories() throws IOException {
    List<Path> repositories = new ArrayList<>();
    try (DirectoryStream<Path> children = Files.newDirectoryStream(root)) {
      for (Path child : children) {
        if (!child.endsWith(STAGING)) {
          repositories.add(child);
        }
      }
    } catch (NoSuchFileException e) {
      return List.of();
    }
    return repositories;
  }

  private static Optional<RepoId> repo(Path repository) throws IOException {
    try {
      return Optional.of(new RepoId(Files.readString(repository.resolve(NAME))));
    } catch (NoSuchFileException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static List<Entry> entries(Path repository) throws IOException {
    List<Entry> entries = new ArrayList<>();
    try (Stream<Path> files = Files.walk(repository.resolve(OBJECTS))) {
      for (Path file : (Iterable<Path>) files::iterator) {
        entry(file).ifPresent(entries::add);
      }
    } catch (NoSuchFileException e) {
      return entries;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return entries;
  }

  private static Optional<Entry> entry(Path file) throws IOException {
    try {
      BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
      return found.isRegularFile()
          ? Optional.of(new Entry(file, found.size(), found.lastModifiedTime().toInstant()))
          : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }
}
