package dev.peer.vm.snapshot;

import dev.peer.core.id.CommitId;
import dev.peer.core.id.Digest;
import dev.peer.core.scratch.ScratchDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * The commits that were prepared in vain, so that not each run of a branch tries it again: a file
 * for each, whose time is when that was.
 */
public final class UnpreparedCommits {

  /** How long one is not tried again. */
  public static final Duration PAUSE = Duration.ofHours(1);

  private final Path root;
  private final InstantSource clock;

  /** Those below this directory, which is made when it is needed. */
  public UnpreparedCommits(Path root, InstantSource clock) {
    this.root = root;
    this.clock = clock;
  }

  /** Whether preparing this commit for a disk of this name came to nothing lately. */
  public boolean contains(DiskName name, CommitId commit) throws IOException {
    try {
      return isRecent(fileOf(name, commit));
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Adds one, and removes those that may be tried again. */
  public void add(DiskName name, CommitId commit) throws IOException {
    ScratchDirectory.createPrivate(root);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(root)) {
      for (Path file : files) {
        if (!isRecent(file)) {
          Files.deleteIfExists(file);
        }
      }
    }
    Path file = Files.write(fileOf(name, commit), new byte[0]);
    Files.setLastModifiedTime(file, FileTime.from(clock.instant()));
  }

  /** Forgets all. */
  public void clear() throws IOException {
    ScratchDirectory.delete(root);
  }

  private boolean isRecent(Path file) throws IOException {
    Instant tried = Files.getLastModifiedTime(file).toInstant();
    return tried.plus(PAUSE).isAfter(clock.instant());
  }

  private Path fileOf(DiskName name, CommitId commit) {
    String text = name.directory() + "\n" + commit;
    return root.resolve(Digest.of(text.getBytes(StandardCharsets.UTF_8)).hex());
  }
}
