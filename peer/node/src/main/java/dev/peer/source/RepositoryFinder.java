package dev.peer.source;

import dev.peer.core.id.Printable;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.eclipse.jgit.errors.ConfigInvalidException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.RepositoryCache.FileKey;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.util.FS;

/** Finds repositories as git does, and opens each with JGit or with git itself. */
final class RepositoryFinder {

  private RepositoryFinder() {}

  /** The repository that a directory is in. */
  static Repository above(Path directory) throws SourceException {
    File start = directory.toAbsolutePath().normalize().toFile();
    for (File at = start; at != null; at = at.getParentFile()) {
      Optional<Repository> found = in(at);
      if (found.isPresent()) {
        return found.get();
      }
    }
    throw new SourceException(
        "not in a git repository: " + Printable.of(directory.toString()),
        "change to a directory of the repository whose tests are to run");
  }

  /** The repository that a directory is, with or without a work tree. */
  static Repository at(Path root) throws SourceException {
    Optional<Repository> found = in(root.toAbsolutePath().normalize().toFile());
    if (found.isEmpty()) {
      throw new SourceException(
          "no git repository: " + Printable.of(root.toString()), "name the root of one");
    }
    return found.get();
  }

  private static Optional<Repository> in(File directory) throws SourceException {
    QuietSystem.install();
    File dotGit = new File(directory, Constants.DOT_GIT);
    // A file that is no good ends the search: the repository around it is another one.
    if (dotGit.isFile() || FileKey.isGitRepository(dotGit, FS.DETECTED)) {
      return Optional.of(inWorkTree(directory));
    }
    return FileKey.isGitRepository(directory, FS.DETECTED)
        ? Optional.of(inGitDirectory(directory))
        : Optional.empty();
  }

  /** The repository that {@code .git} of a work tree is, or that it leads to as a file. */
  static Repository inWorkTree(File workTree) throws SourceException {
    return open(new FileRepositoryBuilder().setWorkTree(workTree), Optional.of(workTree));
  }

  /** The repository whose own files are in a directory. */
  static Repository inGitDirectory(File gitDirectory) throws SourceException {
    return open(new FileRepositoryBuilder().setGitDir(gitDirectory), Optional.empty());
  }

  private static Repository open(FileRepositoryBuilder named, Optional<File> workTree)
      throws SourceException {
    try {
      // Follows a file .git to its directory, and a linked work tree to its repository.
      File gitDirectory = named.setup().getGitDir();
      File common = named.getGitCommonDir();
      FileBasedConfig config = new FileBasedConfig(new File(common, Constants.CONFIG), FS.DETECTED);
      config.load();
      RepositoryForm form = RepositoryForm.of(config, !common.equals(gitDirectory));
      return form.isKnownToJGit()
          ? withJGit(gitDirectory, workTree.filter(_ -> !form.saysWhereWorkTreeIs()))
          : PlumbedRepository.open(
              workTree.orElse(gitDirectory).toPath(), config, form.unknownToJGit());
    } catch (IOException | ConfigInvalidException | IllegalArgumentException e) {
      throw new SourceException(
          "the git repository cannot be read: " + GitRepository.message(e),
          "peer reads repositories of format 0 and 1 with SHA-1 objects; see `git fsck`",
          e);
    }
  }

  private static Repository withJGit(File gitDirectory, Optional<File> workTree)
      throws IOException {
    FileRepositoryBuilder builder =
        new FileRepositoryBuilder().setMustExist(true).setGitDir(gitDirectory);
    workTree.ifPresent(builder::setWorkTree);
    return builder.build();
  }
}
