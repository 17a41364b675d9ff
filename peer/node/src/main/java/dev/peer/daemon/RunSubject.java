package dev.peer.daemon;

import java.nio.file.Path;
import java.util.List;

/**
 * What is to run.
 *
 * @param directory the repository, or a directory in it; absolute
 * @param revision git's name of it. A name is resolved when the run starts: give an id if you mean
 *     the commit of now
 * @param target of mk
 * @param arguments further ones of mk
 */
public record RunSubject(Path directory, String revision, String target, List<String> arguments) {

  /** Copies the list. */
  public RunSubject {
    arguments = List.copyOf(arguments);
    if (!directory.isAbsolute()) {
      throw new IllegalArgumentException("an absolute path expected");
    }
  }
}
