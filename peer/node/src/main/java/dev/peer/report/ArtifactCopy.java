package dev.peer.report;

import dev.peer.core.id.Printable;
import dev.peer.core.record.Artifact;
import dev.peer.core.record.FileMode;
import dev.peer.core.record.RunFiles;
import dev.peer.core.scratch.DirectoryHandle;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Writes artifacts below a directory that the user names.
 *
 * <p>A run that nobody here saw decides their names, and what is a link. So below that directory no
 * link is followed, whatever made it, and nothing is written into a git directory.
 */
public final class ArtifactCopy implements AutoCloseable {

  private static final int OWNER_MAY_ALL = 0700;

  private final String option;
  private final Path directory;
  private final RunFiles files;
  private final FileTime time;
  private final DirectoryHandle root;
  private final List<Level> levels = new ArrayList<>();

  /** A directory below the root that is open, because artifacts lie in it. */
  private record Level(String name, DirectoryHandle handle) {}

  private ArtifactCopy(
      String option, Path directory, RunFiles files, FileTime time, DirectoryHandle root) {
    this.option = option;
    this.directory = directory;
    this.files = files;
    this.time = time;
    this.root = root;
  }

  /**
   * Writes all of them, each in one step; replaces files and links of the same name.
   *
   * @param option the option that names the directory
   * @param artifacts by path
   * @param files has their contents, and may lose them: nothing uses them afterwards
   * @param time when they were last changed, as their record has it
   * @return a line for each that is not written
   */
  public static List<String> write(
      String option, Path directory, List<Artifact> artifacts, RunFiles files, FileTime time)
      throws IOException, CommandException {
    List<String> left = new ArrayList<>();
    try (DirectoryHandle root = OutputFile.open(option, directory, true);
        ArtifactCopy copy = new ArtifactCopy(option, directory, files, time, root)) {
      for (Artifact artifact : artifacts) {
        if (leadsIntoGit(artifact)) {
          left.add(
              "the artifact "
                  + Printable.of(artifact.path())
                  + " is not written: git runs what it finds under that name");
        } else {
          copy.write(artifact);
        }
      }
    }
    return left;
  }

  private static boolean leadsIntoGit(Artifact artifact) {
    return leadsIntoGit(artifact.path())
        || (artifact instanceof Artifact.Link link && leadsIntoGit(link.target()));
  }

  private static boolean leadsIntoGit(String path) {
    for (String name : path.split("/", -1)) {
      if (OutputFile.isGit(name)) {
        return true;
      }
    }
    return false;
  }

  private void write(Artifact artifact) throws IOException, CommandException {
    Path path = Path.of(artifact.path());
    DirectoryHandle parent = enter(path.getParent());
    Path name = path.getFileName();
    switch (artifact) {
      case Artifact.File file -> {
        requireNoDirectory(parent, path);
        parent.take(name, file.mode().permissions(), time, files.artifact(file));
      }
      case Artifact.Link link -> {
        requireNoDirectory(parent, path);
        parent.link(name, Path.of(link.target()), time);
      }
      case Artifact.Directory made -> {
        if (parent.find(name).isEmpty()) {
          // The next copy writes into it, and its user removes it.
          FileMode mode = new FileMode(made.mode().bits() | OWNER_MAY_ALL);
          parent.make(name, mode.permissions());
        }
        enter(path);
      }
    }
  }

  private void requireNoDirectory(DirectoryHandle parent, Path path)
      throws IOException, CommandException {
    if (parent.find(path.getFileName()).filter(BasicFileAttributes::isDirectory).isPresent()) {
      throw inTheWay(path, "is a directory");
    }
  }

  /** The directory at this path, with those above it; leaves those that it does not lie in. */
  private DirectoryHandle enter(Path path) throws IOException, CommandException {
    List<String> names = new ArrayList<>();
    if (path != null) {
      path.forEach(name -> names.add(name.toString()));
    }
    int common = 0;
    while (common < Math.min(levels.size(), names.size())
        && levels.get(common).name().equals(names.get(common))) {
      common++;
    }
    leave(common);
    DirectoryHandle handle = common == 0 ? root : levels.get(common - 1).handle();
    for (int i = common; i < names.size(); i++) {
      Path name = Path.of(names.get(i));
      Optional<BasicFileAttributes> there = handle.find(name);
      if (there.isPresent() && there.get().isSymbolicLink()) {
        throw inTheWay(path, "is a link, and nothing is written through it");
      }
      handle = OutputFile.enter(option, directory.resolve(path), handle, name, true);
      levels.add(new Level(names.get(i), handle));
    }
    return handle;
  }

  private CommandException inTheWay(Path path, String what) {
    return new CommandException(
        ExitCode.USAGE,
        option + ": " + Printable.of(directory.resolve(path).toString()) + " " + what,
        "remove it, or name another place");
  }

  /** Leaves the levels from this depth on; nothing is written into them after that. */
  private void leave(int depth) throws IOException {
    while (levels.size() > depth) {
      try (DirectoryHandle handle = levels.removeLast().handle()) {
        handle.setModified(time);
      }
    }
  }

  @Override
  public void close() throws IOException {
    leave(0);
  }
}
