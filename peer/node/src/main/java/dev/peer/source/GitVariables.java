package dev.peer.source;

import dev.peer.core.id.Printable;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.eclipse.jgit.lib.Repository;

/**
 * Git's variables that name a repository, as git sets them for hooks. The directory alone says
 * which repository is meant; a variable that names another one is refused, since git would go by
 * it.
 */
final class GitVariables {

  private final Map<String, String> environment;
  private final Path directory;

  GitVariables(Map<String, String> environment, Path directory) {
    this.environment = environment;
    this.directory = directory;
  }

  /** Refuses a variable by which git would read something else than this repository. */
  void require(Repository git) throws SourceException {
    File common = git.getCommonDirectory();
    require("GIT_DIR", git.getDirectory());
    require("GIT_COMMON_DIR", common);
    require("GIT_OBJECT_DIRECTORY", new File(common, "objects"));
    require("GIT_WORK_TREE", git.isBare() ? git.getDirectory() : git.getWorkTree());
  }

  /** Refuses a variable that leads out of a directory in which there is no repository. */
  void requireNone() throws SourceException {
    if (environment.containsKey("GIT_DIR")) {
      throw refused("GIT_DIR", "the directory is in no git repository");
    }
  }

  private void require(String name, File meant) throws SourceException {
    String value = environment.get(name);
    if (value != null && !isSame(value, meant)) {
      throw refused(name, "the directory's repository has " + Printable.of(meant.getPath()));
    }
  }

  private boolean isSame(String value, File meant) {
    try {
      return directory.resolve(value).toRealPath().equals(meant.toPath().toRealPath());
    } catch (IOException | IllegalArgumentException e) {
      return false;
    }
  }

  private SourceException refused(String name, String but) {
    return new SourceException(
        name + " is " + Printable.of(environment.get(name)) + ", but " + but,
        "unset "
            + name
            + ", or change to the work tree that it is about: peer goes by the directory");
  }
}
