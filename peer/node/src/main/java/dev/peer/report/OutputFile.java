package dev.peer.report;

import dev.peer.core.id.Printable;
import dev.peer.core.scratch.DirectoryHandle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import java.util.Set;

/**
 * Files that commands write where their user wants them.
 *
 * <p>In a git work tree a revision decides what is a link. So below the work tree's root no link is
 * followed, and nothing is written into a git directory. Links outside work trees are the user's
 * own, and are followed.
 */
public final class OutputFile {

  private static final String GIT = ".git";
  private static final String SHORT_GIT = "git~1";
  private static final int MOST_LINKS = 40;

  private OutputFile() {}

  /**
   * Where the way to a directory goes on by handles.
   *
   * @param base a directory that is there, reached without a link
   * @param rest the names below it, of which none is followed if it is a link
   */
  private record Way(Path base, Path rest) {

    boolean isBelowWorkTree() {
      return isWorkTree(base);
    }
  }

  /**
   * Refuses a directory that files cannot be written into.
   *
   * @param option the option that names it
   */
  public static void requireDirectory(String option, Path directory)
      throws IOException, CommandException {
    try (DirectoryHandle _ = open(option, directory, false)) {
      return;
    } catch (NoSuchFileException e) {
      // It is made when it is needed.
      return;
    }
  }

  /** Makes a directory with its parents, unless it is there. */
  public static void makeDirectory(String option, Path directory)
      throws IOException, CommandException {
    open(option, directory, true).close();
  }

  /** Writes a file in one step; directories that are missing are made. */
  public static <X extends Exception> void write(
      String option,
      Path file,
      Set<PosixFilePermission> permissions,
      DirectoryHandle.ContentWriter<X> content)
      throws IOException, CommandException, X {
    Path absolute = file.toAbsolutePath().normalize();
    Path name = absolute.getFileName();
    try (DirectoryHandle directory = open(option, absolute.getParent(), true)) {
      requireNoGit(option, file, name);
      if (directory.find(name).filter(BasicFileAttributes::isDirectory).isPresent()) {
        throw new CommandException(
            ExitCode.USAGE,
            option + ": " + Printable.of(file.toString()) + " is a directory",
            "remove it, or name another place");
      }
      directory.replace(name, permissions, content);
    }
  }

  /** Whether a link under this name may be a revision's. */
  public static boolean isInWorkTree(Path file) throws IOException, CommandException {
    return way(file.toString(), file.toAbsolutePath().normalize().getParent()).isBelowWorkTree();
  }

  /** Opens a directory of the user's. */
  static DirectoryHandle open(String option, Path directory, boolean make)
      throws IOException, CommandException {
    Way way = way(option, directory);
    DirectoryHandle handle = DirectoryHandle.of(way.base());
    try {
      for (Path name : way.rest()) {
        if (!name.toString().isEmpty()) {
          DirectoryHandle next = enter(option, directory, handle, name, make);
          handle.close();
          handle = next;
        }
      }
      return handle;
    } catch (IOException | CommandException | RuntimeException e) {
      handle.close();
      throw e;
    }
  }

  /** Opens a directory in another, if it is neither a link nor git's own. */
  static DirectoryHandle enter(
      String option, Path directory, DirectoryHandle handle, Path name, boolean make)
      throws IOException, CommandException {
    requireNoGit(option, directory, name);
    Optional<BasicFileAttributes> there = handle.find(name);
    if (there.isPresent() && there.get().isSymbolicLink()) {
      throw new CommandException(
          ExitCode.USAGE,
          option
              + ": "
              + Printable.of(name.toString())
              + " in "
              + Printable.of(directory.toString())
              + " is a link in a git work tree",
          "a revision can lead it anywhere: name the directory that you mean, or remove the link");
    }
    if (there.isPresent() && !there.get().isDirectory()) {
      throw new CommandException(
          ExitCode.USAGE,
          option + ": " + Printable.of(directory.toString()) + " is not a directory",
          "name a directory; it is made if it is missing");
    }
    DirectoryHandle next = make ? handle.openOrMake(name) : handle.open(name);
    if (isGitDirectory(next)) {
      next.close();
      throw inGit(option, directory);
    }
    return next;
  }

  private static void requireNoGit(String option, Path path, Path name) throws CommandException {
    if (isGit(name.toString())) {
      throw inGit(option, path);
    }
  }

  /** Whether any file system takes the name for that of git's directory. */
  static boolean isGit(String name) {
    StringBuilder visible = new StringBuilder();
    name.codePoints()
        .filter(c -> Character.getType(c) != Character.FORMAT)
        .forEach(visible::appendCodePoint);
    String folded = visible.toString().replaceFirst("[ .]+$", "");
    return folded.equalsIgnoreCase(GIT) || folded.equalsIgnoreCase(SHORT_GIT);
  }

  private static CommandException inGit(String option, Path path) {
    return new CommandException(
        ExitCode.USAGE,
        option + ": " + Printable.of(path.toString()) + " leads into a git directory",
        "name a place outside of it: git runs what it finds there");
  }

  /** Whether git would take it for a repository's own directory, as it may lie in a work tree. */
  private static boolean isGitDirectory(DirectoryHandle directory) throws IOException {
    return directory.find(Path.of("HEAD")).isPresent()
        && directory.find(Path.of("objects")).isPresent()
        && directory.find(Path.of("refs")).isPresent();
  }

  private static boolean isWorkTree(Path directory) {
    return Files.exists(directory.resolve(GIT), LinkOption.NOFOLLOW_LINKS);
  }

  private static Way way(String option, Path directory) throws IOException, CommandException {
    Path path = directory.toAbsolutePath().normalize();
    for (int links = 0; links < MOST_LINKS; links++) {
      Path at = path.getRoot();
      Optional<Path> link = Optional.empty();
      for (Path name : path) {
        Path next = at.resolve(name);
        if (isWorkTree(at) || !Files.exists(next, LinkOption.NOFOLLOW_LINKS)) {
          break;
        }
        if (Files.isSymbolicLink(next)) {
          link = Optional.of(next);
          break;
        }
        if (!Files.isDirectory(next, LinkOption.NOFOLLOW_LINKS)) {
          break;
        }
        at = next;
      }
      if (link.isEmpty()) {
        return new Way(at, at.relativize(path));
      }
      path = target(option, link.get()).resolve(link.get().relativize(path)).normalize();
    }
    throw leadsNowhere(option, directory);
  }

  private static Path target(String option, Path link) throws IOException, CommandException {
    try {
      return link.toRealPath();
    } catch (NoSuchFileException e) {
      throw leadsNowhere(option, link);
    }
  }

  private static CommandException leadsNowhere(String option, Path link) {
    return new CommandException(
        ExitCode.USAGE,
        option + ": the link " + Printable.of(link.toString()) + " leads nowhere",
        "name a directory; it is made if it is missing");
  }
}
