package dev.peer.core.path;

import dev.peer.core.id.Printable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which paths count, by target: groups of pathspecs, each for some targets or for all others.
 *
 * @param byTarget the pathspecs of the targets that have some of their own
 * @param others those of every other target; empty if everything counts there
 */
public record TargetPaths(Map<String, List<Pathspec>> byTarget, List<Pathspec> others) {

  /** Everything counts. */
  public static final TargetPaths ALL = new TargetPaths(Map.of(), List.of());

  private static final String ARROW = "=>";
  private static final int MOST = 1000;

  /** Copies the collections. */
  public TargetPaths {
    byTarget = Map.copyOf(byTarget);
    others = List.copyOf(others);
  }

  /** Takes {@code PATHSPEC...}, or groups of {@code TARGET... => PATHSPEC...} separated by ";". */
  public static TargetPaths parse(String text) {
    Map<String, List<Pathspec>> byTarget = new HashMap<>();
    List<Pathspec> others = List.of();
    for (String group : text.split(";")) {
      if (group.isBlank()) {
        continue;
      }
      int arrow = group.indexOf(ARROW);
      List<Pathspec> pathspecs =
          pathspecs(arrow < 0 ? group : group.substring(arrow + ARROW.length()));
      if (arrow < 0) {
        if (!others.isEmpty()) {
          throw new IllegalArgumentException("has two groups without a target");
        }
        others = pathspecs;
        continue;
      }
      List<String> targets = words(group.substring(0, arrow));
      if (targets.isEmpty()) {
        throw new IllegalArgumentException("names no target before " + ARROW);
      }
      for (String target : targets) {
        if (byTarget.put(target, pathspecs) != null) {
          throw new IllegalArgumentException(
              "names the target " + Printable.plain(target) + " twice");
        }
      }
    }
    return new TargetPaths(byTarget, others);
  }

  private static List<Pathspec> pathspecs(String group) {
    List<Pathspec> pathspecs = new ArrayList<>();
    for (String word : words(group)) {
      try {
        pathspecs.add(Pathspec.parse(word));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "names " + Printable.of(word) + ", which " + e.getMessage(), e);
      }
    }
    if (pathspecs.isEmpty() || pathspecs.size() > MOST) {
      throw new IllegalArgumentException("has a group of no pathspec, or of more than " + MOST);
    }
    return pathspecs;
  }

  private static List<String> words(String text) {
    return Stream.of(text.strip().split("\\s+")).filter(word -> !word.isEmpty()).toList();
  }

  /** What counts for a run of these targets; empty if everything does. */
  public Optional<PathSelection> of(List<String> targets) {
    List<List<Pathspec>> groups = new ArrayList<>();
    for (String target : targets) {
      List<Pathspec> group = byTarget.getOrDefault(target, others);
      if (group.isEmpty()) {
        return Optional.empty();
      }
      groups.add(group);
    }
    return Optional.of(new PathSelection(groups));
  }
}
