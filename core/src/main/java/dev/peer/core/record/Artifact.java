package dev.peer.core.record;

import dev.peer.core.id.Printable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a run left under one name.
 *
 * <p>Its path is taken relative to the artifact directory and stays below it: names joined by
 * {@code /}, none of them empty, {@code .} or {@code ..}, each of at most 255 bytes; at most 1,024
 * characters in all. It has no control characters; everything else that UTF-8 can say is a name.
 */
public sealed interface Artifact {

  /** Its path below the artifact directory. */
  String path();

  /** A plain file. */
  record File(String path, FileMode mode, Content content) implements Artifact {

    /** Refuses a path that could leave the artifact directory. */
    public File {
      requirePath(path);
    }
  }

  /**
   * A symbolic link.
   *
   * @param target where it leads, relative to the directory that it lies in: first up, at most to
   *     the artifact directory, then down. So it stays inside wherever the artifacts are written
   *     to, whatever lies there.
   */
  record Link(String path, String target) implements Artifact {

    /** Refuses a link that could lead out of the artifact directory. */
    public Link {
      requirePath(path);
      Optional<String> fault = fault(path, target);
      if (fault.isPresent()) {
        throw new IllegalArgumentException(
            "not an artifact: the link " + Printable.of(path) + " " + fault.get());
      }
    }

    /** Says why a link is no artifact, in words that go on from its name. */
    public static Optional<String> fault(String path, String target) {
      if (target.isEmpty() || target.length() > LONGEST_PATH) {
        return Optional.of("leads to a path of " + target.length() + " characters");
      }
      Optional<String> character = characterFault(target);
      if (character.isPresent()) {
        return Optional.of("leads to a path with " + character.get());
      }
      if (target.startsWith("/")) {
        return Optional.of("leads to an absolute path: " + Printable.of(target));
      }
      int up = path.split("/", -1).length - 1;
      boolean down = false;
      for (String name : target.split("/", -1)) {
        if (name.equals("..")) {
          if (down) {
            return Optional.of("leads down and up again: " + Printable.of(target));
          }
          up--;
        } else if (!name.isEmpty() && !name.equals(".")) {
          down = true;
        }
      }
      return up < 0
          ? Optional.of("leads out of the artifacts: " + Printable.of(target))
          : Optional.empty();
    }
  }

  /** A directory that is empty, or has another mode than {@link FileMode#DIRECTORY}. */
  record Directory(String path, FileMode mode) implements Artifact {

    /** Refuses a path that could leave the artifact directory. */
    public Directory {
      requirePath(path);
    }
  }

  /** The most characters of a path. */
  int LONGEST_PATH = 1024;

  /** The most bytes of a name that a file system takes. */
  int LONGEST_NAME = 255;

  /** A file with one of the two modes that git knows. */
  static File file(String path, boolean executable, Content content) {
    return new File(path, executable ? FileMode.EXECUTABLE : FileMode.PLAIN, content);
  }

  /** The path for a person: what a terminal could take for something else is a {@code ?}. */
  default String shown() {
    return Printable.name(path());
  }

  /** The bytes of its content; none of what is no file. */
  default long size() {
    return this instanceof File file ? file.content().size() : 0;
  }

  /** What is under the path, on one line for a person. */
  default String description() {
    return switch (this) {
      case File file ->
          file.content().digest() + (file.mode().isUsual() ? "" : ", mode " + file.mode());
      case Link link -> "a link to " + Printable.name(link.target());
      case Directory directory -> "a directory, mode " + directory.mode();
    };
  }

  /** Returns the path, if it stays below the directory that it is taken relative to. */
  static String requirePath(String path) {
    Optional<String> fault = fault(path);
    if (fault.isPresent() || !staysInside(path)) {
      throw new IllegalArgumentException(
          "not an artifact's path (names joined by /, without . and .., expected): "
              + Printable.of(path)
              + fault.map(why -> ", which has " + why).orElse(""));
    }
    return path;
  }

  /** Says what a path has that the path of an artifact cannot have. */
  static Optional<String> fault(String path) {
    if (path.length() > LONGEST_PATH) {
      return Optional.of("more than " + LONGEST_PATH + " characters");
    }
    for (String name : path.split("/", -1)) {
      if (name.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
        return Optional.of("a name of more than " + LONGEST_NAME + " bytes");
      }
    }
    return characterFault(path);
  }

  private static boolean staysInside(String path) {
    return Arrays.stream(path.split("/", -1))
        .noneMatch(name -> List.of("", ".", "..").contains(name));
  }

  private static Optional<String> characterFault(String text) {
    return text.codePoints()
        .filter(c -> !isName(c))
        .mapToObj(c -> String.format("the character U+%04X", c))
        .findFirst();
  }

  /** The same in every version of Unicode: peers must agree on what is a record. */
  private static boolean isName(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          false;
      default -> true;
    };
  }
}
