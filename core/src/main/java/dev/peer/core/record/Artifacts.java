package dev.peer.core.record;

import dev.peer.core.id.Printable;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The artifacts of a run, as its record names them: each itself, or the list of them. */
public sealed interface Artifacts {

  /** The most artifacts of one run. */
  int MOST = 1_000_000;

  /** None. */
  Artifacts NONE = new Listed(List.of());

  /** How many there are. */
  int count();

  /** The bytes of their contents, and of their list where that is a file of its own. */
  long bytes();

  /**
   * So few that the record itself names them.
   *
   * @param list in the order of the record
   */
  record Listed(List<Artifact> list) implements Artifacts {

    /** Copies the list; refuses two of one path, and one below a file or a link. */
    public Listed {
      list = List.copyOf(list);
      requireTree(list);
    }

    @Override
    public int count() {
      return list.size();
    }

    @Override
    public long bytes() {
      long bytes = 0;
      for (Artifact artifact : list) {
        bytes = Math.addExact(bytes, artifact.size());
      }
      return bytes;
    }
  }

  /**
   * So many that they are named in a file of the bundle, in the form of {@link ArtifactManifest}.
   *
   * @param manifest the size and digest of that file
   * @param contentBytes the bytes of the artifacts' contents
   */
  record Manifested(int count, long contentBytes, Content manifest) implements Artifacts {

    /** Refuses counts and sizes that no run has. */
    public Manifested {
      if (count < 1 || count > MOST || contentBytes < 0) {
        throw new IllegalArgumentException(
            "not a list of artifacts (1 to " + MOST + " expected): " + count);
      }
    }

    @Override
    public long bytes() {
      return Math.addExact(contentBytes, manifest.size());
    }
  }

  /** Refuses two artifacts of one path, and one below a file or a link. */
  private static void requireTree(List<Artifact> artifacts) {
    Set<String> ends = new HashSet<>();
    Set<String> paths = new HashSet<>();
    for (Artifact artifact : artifacts) {
      if (!paths.add(artifact.path())) {
        throw new IllegalArgumentException("two artifacts have the path " + artifact.shown());
      }
      if (!(artifact instanceof Artifact.Directory)) {
        ends.add(artifact.path());
      }
    }
    for (String path : paths) {
      for (int at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
        if (ends.contains(path.substring(0, at))) {
          throw new IllegalArgumentException(
              "an artifact lies below another that is no directory: " + Printable.name(path));
        }
      }
    }
  }
}
