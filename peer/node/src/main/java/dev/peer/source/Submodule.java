package dev.peer.source;

import dev.peer.core.id.Printable;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.eclipse.jgit.errors.ConfigInvalidException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.treewalk.TreeWalk;

/**
 * A submodule of a tree, its name and path checked.
 *
 * @param name what {@code .gitmodules} calls it
 * @param path where it is in the tree
 * @param commit the commit that the tree names
 */
record Submodule(String name, String path, ObjectId commit) {

  private static final int LONGEST_GITMODULES = 1 << 20;

  /**
   * The submodules of a part's tree by path; see {@link GitRepository#writeGuestTree} for which.
   */
  static List<Submodule> in(GuestSource.Part part) throws IOException, SourceException {
    ObjectId tree = part.commit().tree();
    List<Submodule> submodules = new ArrayList<>();
    try (ObjectReader objects = part.newObjectReader()) {
      Optional<byte[]> gitmodules =
          new TreeFiles(objects, tree).read(Constants.DOT_GIT_MODULES, LONGEST_GITMODULES);
      if (gitmodules.isEmpty()) {
        return submodules;
      }
      Map<String, String> names = namesByPath(gitmodules.get());
      try (TreeWalk walk = new TreeWalk(objects)) {
        walk.addTree(tree);
        walk.setRecursive(true);
        while (walk.next()) {
          String name = names.get(walk.getPathString());
          if (FileMode.GITLINK.equals(walk.getRawMode(0)) && name != null) {
            submodules.add(checked(name, walk.getPathString(), walk.getObjectId(0)));
          }
        }
      }
    } catch (MissingObjectException e) {
      throw new PromisedObjects(part.git()).missing(e.getObjectId());
    }
    return submodules;
  }

  private static Map<String, String> namesByPath(byte[] gitmodules) throws SourceException {
    Config config = new Config();
    try {
      config.fromText(new String(gitmodules, StandardCharsets.UTF_8));
    } catch (ConfigInvalidException e) {
      throw new SourceException(
          "the revision's .gitmodules cannot be read: " + Printable.plain(e.getMessage()),
          "`git config -f .gitmodules --list` shows where",
          e);
    }
    Map<String, String> names = new HashMap<>();
    for (String name : config.getSubsections("submodule")) {
      String path = config.getString("submodule", name, "path");
      if (path != null && !"none".equals(config.getString("submodule", name, "update"))) {
        names.put(path.replaceFirst("/+$", ""), name);
      }
    }
    return names;
  }

  private static Submodule checked(String name, String path, ObjectId commit)
      throws SourceException {
    boolean plain = Printable.plain(path).equals(path);
    if (!plain || !isInside(path) || !isInside(name) || isGitDirectory(path)) {
      throw new SourceException(
          "the submodule " + Printable.of(name) + " at " + Printable.of(path) + " is not allowed",
          "names and paths in .gitmodules must be relative, without .., .git or line breaks");
    }
    return new Submodule(name, path, commit);
  }

  private static boolean isInside(String path) {
    // A backslash or a colon makes another path on other systems; no submodule needs one.
    return path.indexOf('\\') < 0
        && path.indexOf(':') < 0
        && path.indexOf('\0') < 0
        && Stream.of(path.split("/", -1))
            .noneMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."));
  }

  private static boolean isGitDirectory(String path) {
    return Stream.of(path.split("/")).anyMatch(Submodule::isGitDirectoryName);
  }

  private static boolean isGitDirectoryName(String part) {
    // As git's verify_path: file systems that drop trailing dots and blanks, or cut names short.
    String name = part.toLowerCase(Locale.ROOT).replaceFirst("[. ]+$", "");
    return name.equals(Constants.DOT_GIT) || name.equals("git~1") || name.equals(".peer");
  }

  /** Opens the first repository on this machine that has the commit. */
  Repository open(Repository parent) throws IOException, SourceException {
    for (Candidate candidate : candidates(parent)) {
      Repository git = candidate.open();
      if (git.getObjectDatabase().has(commit)) {
        return git;
      }
      git.close();
    }
    throw missing();
  }

  SourceException missing() {
    return new SourceException(
        "the submodule " + Printable.of(path) + " is not here, or not its commit " + commit.name(),
        "git submodule update --init --recursive");
  }

  @FunctionalInterface
  private interface Candidate {
    Repository open() throws SourceException;
  }

  private List<Candidate> candidates(Repository parent) throws IOException {
    Set<File> gitDirectories = new LinkedHashSet<>();
    gitDirectories.add(parent.getDirectory());
    gitDirectories.add(parent.getCommonDirectory());
    List<Candidate> found = new ArrayList<>();
    for (File gitDirectory : gitDirectories) {
      File module = new File(new File(gitDirectory, Constants.MODULES), name);
      if (new File(module, Constants.HEAD).isFile()) {
        found.add(() -> RepositoryFinder.inGitDirectory(module));
      }
    }
    if (!parent.isBare()) {
      Path workTree = parent.getWorkTree().toPath().toRealPath();
      File checkedOut = workTree.resolve(path).toFile();
      // Not through a symbolic link of the work tree, which could lead to any other repository.
      if (new File(checkedOut, Constants.DOT_GIT).exists()
          && checkedOut.toPath().toRealPath().equals(checkedOut.toPath())) {
        found.add(() -> RepositoryFinder.inWorkTree(checkedOut));
      }
    }
    return found;
  }
}
