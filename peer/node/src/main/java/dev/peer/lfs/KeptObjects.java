package dev.peer.lfs;

import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.record.Content;
import dev.peer.core.record.DiskRoom;
import dev.peer.core.scratch.DurableFile;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.core.scratch.UsedFile;
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
    List<UsedFile> all = new ArrayList<>();
    for (Path repository : repositories()) {
      all.addAll(files(repository));
    }
    UsedFile.limit(all, now.minus(maxAge), maxBytes, now.minus(IN_USE));
    for (Path repository : repositories()) {
      if (files(repository).isEmpty() && isUnused(repository, now)) {
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
      List<UsedFile> files = files(repository);
      Optional<RepoId> repo = repo(repository);
      if (!files.isEmpty() && repo.isPresent()) {
        summaries.add(
            new Summary(repo.get(), files.size(), UsedFile.bytes(files), files.getFirst().used()));
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

  /** The last used first. */
  private static List<UsedFile> files(Path repository) throws IOException {
    return UsedFile.below(repository.resolve(OBJECTS));
  }
}
