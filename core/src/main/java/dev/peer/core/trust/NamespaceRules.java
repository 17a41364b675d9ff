package dev.peer.core.trust;

import dev.peer.core.id.RepoId;
import dev.peer.core.id.Shown;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Who may do something with the results of which repositories.
 *
 * <pre>
 *   rules        = rule | namespace *( separator namespace )
 *   namespace    = repositories "=>" rule     the first one that a repository is in decides
 *   repositories = repository-id | path "/*" | "*"
 *   separator    = ";" or the end of a line
 * </pre>
 *
 * <p>A rule alone is one for all repositories; in none of the namespaces, nobody may. {@code
 * path/*} takes what lies below the path and not the path itself; {@code *} takes everything. Ids
 * are compared as the texts that they are, upper and lower case too, for that is how an index finds
 * them: nothing is decoded, folded or resolved. So an id with an empty, {@code .} or {@code ..}
 * segment is below no path.
 */
public final class NamespaceRules {

  private static final int MOST = 256;
  private static final String ARROW = "=>";
  private static final String EVERYTHING = "*";
  private static final String BELOW = "/*";

  private final List<Namespace> namespaces;

  private NamespaceRules(List<Namespace> namespaces) {
    this.namespaces = List.copyOf(namespaces);
  }

  /**
   * Some repositories, and the rule for them.
   *
   * @param repositories as they were written
   */
  public record Namespace(String repositories, AccessRule rule) {

    private boolean contains(RepoId repo) {
      if (isEverything()) {
        return true;
      }
      return repositories.endsWith(BELOW)
          ? repo.text().startsWith(path()) && isNormal(repo.text().substring(path().length()))
          : repo.text().equals(repositories);
    }

    /** Whether no repository of the other can be outside this one. */
    private boolean covers(Namespace other) {
      return isEverything()
          || repositories.equals(other.repositories)
          || (repositories.endsWith(BELOW) && other.repositories.startsWith(path()));
    }

    /** Whether these are all repositories there are. */
    public boolean isEverything() {
      return repositories.equals(EVERYTHING);
    }

    /** With the slash at its end. */
    private String path() {
      return repositories.substring(0, repositories.length() - 1);
    }

    private String text() {
      return repositories + " " + ARROW + " " + rule;
    }
  }

  /** The same rule for all repositories. */
  public static NamespaceRules everywhere(AccessRule rule) {
    return new NamespaceRules(List.of(new Namespace(EVERYTHING, rule)));
  }

  /** Reads them; the empty text admits nobody anywhere. */
  public static NamespaceRules parse(String text) {
    if (!text.contains(ARROW)) {
      return everywhere(AccessRule.parse(text));
    }
    List<Namespace> namespaces = new ArrayList<>();
    for (String line : text.lines().toList()) {
      for (String entry : AccessRule.split(line, ';')) {
        if (!entry.isBlank()) {
          Namespace namespace = namespace(entry);
          requireReachable(namespace, namespaces);
          namespaces.add(namespace);
        }
      }
    }
    if (namespaces.size() > MOST) {
      throw new IllegalArgumentException("more than " + MOST + " namespaces");
    }
    return new NamespaceRules(namespaces);
  }

  /** Reads rules that are a file, where lines that begin with {@code #} do not count. */
  public static NamespaceRules parseLines(String text) {
    if (!text.contains(ARROW)) {
      return everywhere(AccessRule.parseLines(text));
    }
    return parse(
        text.lines()
            .filter(line -> !line.strip().startsWith("#"))
            .collect(Collectors.joining("\n")));
  }

  private static Namespace namespace(String entry) {
    int arrow = entry.indexOf(ARROW);
    if (arrow < 0) {
      throw new IllegalArgumentException(
          "not a namespace (REPOSITORIES => RULE expected, as in the others): "
              + Shown.of(entry.strip()));
    }
    String repositories = entry.substring(0, arrow).strip();
    requireWellFormed(repositories);
    return new Namespace(
        repositories, AccessRule.parse(entry.substring(arrow + ARROW.length()).strip()));
  }

  private static void requireWellFormed(String repositories) {
    String path =
        repositories.endsWith(BELOW)
            ? repositories.substring(0, repositories.length() - BELOW.length())
            : repositories;
    if (!repositories.equals(EVERYTHING) && (path.contains("*") || !isNormal(path))) {
      throw malformed(repositories);
    }
    requireHostInLowerCase(repositories);
    // Refuses what no repository can be called.
    RepoId unused = new RepoId(path);
  }

  /** As ids have it that are made from a remote: another one would quietly take nothing. */
  private static void requireHostInLowerCase(String repositories) {
    int slash = repositories.indexOf('/');
    String host = slash < 0 ? "" : repositories.substring(0, slash);
    if (host.contains(".") && !host.equals(host.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException(
          "repository ids have their host in lower case: " + Shown.of(repositories));
    }
  }

  private static IllegalArgumentException malformed(String repositories) {
    return new IllegalArgumentException(
        "not repositories (an id, a path before /*, or * expected; no other *, no empty, . or .."
            + " segment): "
            + Shown.of(repositories));
  }

  private static void requireReachable(Namespace namespace, List<Namespace> before) {
    for (Namespace earlier : before) {
      if (earlier.covers(namespace)) {
        throw new IllegalArgumentException(
            "the namespace "
                + Shown.of(namespace.repositories())
                + " never decides: "
                + Shown.of(earlier.repositories())
                + " before it takes all of it");
      }
    }
  }

  private static boolean isNormal(String path) {
    for (String segment : path.split("/", -1)) {
      if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
        return false;
      }
    }
    return true;
  }

  /** The namespaces, the first one first. */
  public List<Namespace> namespaces() {
    return namespaces;
  }

  /** The namespace that decides for the repository; none: nobody may. */
  public Optional<Namespace> namespaceOf(RepoId repo) {
    return namespaces.stream().filter(namespace -> namespace.contains(repo)).findFirst();
  }

  /** Whether the holder of a validated certificate is admitted for the repository. */
  public boolean admits(Identity identity, RepoId repo) {
    return namespaceOf(repo).filter(namespace -> namespace.rule().admits(identity)).isPresent();
  }

  /** Whether there can be a repository that the holder is admitted for. */
  public boolean admitsSomewhere(Identity identity) {
    return namespaces.stream().anyMatch(namespace -> namespace.rule().admits(identity));
  }

  /** The rules as they can be parsed. */
  @Override
  public String toString() {
    return namespaces.size() == 1 && namespaces.getFirst().isEverything()
        ? namespaces.getFirst().rule().toString()
        : namespaces.stream().map(Namespace::text).collect(Collectors.joining("; "));
  }
}
