package dev.peer.core.store;

import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The paths of a store.
 *
 * <p>Layout below the root: {@code results/<digest of the repository id>/<run key>/<digest of the
 * attestation>/} with {@code attestation.json}, {@code bundle.tar.zst}, {@code lock} and, if there
 * were any, {@code crl.pem} with the revocation lists that the result was judged by, {@code
 * targets} with what the run made, {@code owner} where another repository of this machine keeps it
 * than the one of that name, {@code chunks} where another peer has asked for the {@link ChunkLists
 * list}, {@code hits} where it was {@link HitLog taken} instead of a run, and {@code sent} where
 * another peer {@link SentLog got it}; {@code staging/} for results in the making; {@code changed},
 * whose time is set when a result is kept; {@code gone}, a line for each result that was removed;
 * {@code failed/}, see {@link RunLogs}; {@code owned/<digest of the owner's id>/}, an empty file
 * for each repository with entries that name this owner; {@code keeper} and {@code changing}. The
 * package's documentation says how several processes use it at once.
 *
 * @param root the directory of the store
 */
record StoreLayout(Path root) {

  private static final Pattern KEY = Pattern.compile("[0-9a-f]{64}");

  Path results() {
    return root.resolve("results");
  }

  Path staging() {
    return root.resolve("staging");
  }

  Path failed() {
    return root.resolve("failed");
  }

  Path changed() {
    return root.resolve("changed");
  }

  Path gone() {
    return root.resolve("gone");
  }

  Path keeper() {
    return root.resolve("keeper");
  }

  Path changing() {
    return root.resolve("changing");
  }

  /**
   * Names the directories of results in which a repository of this machine owns some, beside its
   * own.
   */
  Path owned(RepoId owner) {
    return root.resolve("owned").resolve(digestOf(owner));
  }

  /** Names a repository in a path. */
  static String digestOf(RepoId repo) {
    return Digest.of(repo.text().getBytes(StandardCharsets.UTF_8)).hex();
  }

  /** Holds a directory for each run of a repository. */
  Path directoryOf(RepoId repo) {
    return results().resolve(digestOf(repo));
  }

  /** Whether a directory is a run's: its name is a key. */
  static boolean isOfARun(Path directory) {
    return KEY.matcher(directory.getFileName().toString()).matches();
  }

  /** Lists a directory; one that is missing is empty. */
  static List<Path> children(Path directory) throws IOException {
    List<Path> children = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      stream.forEach(children::add);
    } catch (NoSuchFileException e) {
      return List.of();
    }
    return children;
  }

  /** Tells the time of a file; one that is missing has the oldest. */
  static FileTime modified(Path path) {
    try {
      return Files.getLastModifiedTime(path);
    } catch (IOException e) {
      // It has just gone: the oldest there is.
      return FileTime.fromMillis(0);
    }
  }
}
