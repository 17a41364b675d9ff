package dev.peer.core.record;

import dev.peer.core.id.Printable;
import java.util.Arrays;

/**
 * A file that a run left.
 *
 * @param path its path below the artifact directory: names joined by {@code /}, none of them empty,
 *     {@code .} or {@code ..}, without control characters; at most 1,024 characters
 * @param executable whether its owner may run it
 * @param content its size and digest
 */
public record Artifact(String path, boolean executable, Content content) {

  private static final int LONGEST = 1024;

  /** Refuses a path that could leave the artifact directory. */
  public Artifact {
    requirePath(path);
  }

  /** Returns the path, if it stays below the directory that it is taken relative to. */
  public static String requirePath(String path) {
    boolean inside =
        !path.isEmpty()
            && path.length() <= LONGEST
            && Printable.plain(path).equals(path)
            && path.indexOf('\\') < 0
            && Arrays.stream(path.split("/", -1))
                .noneMatch(name -> name.isEmpty() || name.equals(".") || name.equals(".."));
    if (!inside) {
      throw new IllegalArgumentException(
          "not an artifact's path (names joined by /, without . and .., expected): "
              + Printable.of(path));
    }
    return path;
  }
}
