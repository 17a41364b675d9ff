package dev.peer.core.access;

import dev.peer.core.id.Printable;
import dev.peer.core.id.RepoId;
import dev.peer.core.trust.Identity;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which identities may do something with the results of which repositories.
 *
 * <pre>
 *   rules        = rule | namespace *( separator namespace )
 *   namespace    = repositories *target "=>" rule     the first one that it is in decides
 *   repositories = repository-id | path "/*" | "*"
 *   target       = an mk target, in which "*" stands for any characters
 *   separator    = ";" or the end of a line
 * </pre>
 *
 * <p>A rule alone is for all repositories. If no namespace contains a repository, nobody may.
 * {@code path/*} takes what lies below the path and not the path itself; {@code *} takes
 * everything. Ids are compared as the texts that they are, upper and lower case too, for that is
 * how an index finds them: nothing is decoded or resolved. Only the names that a public forge has
 * for one repository are one here ({@link RepoId#canonical}), so that no other spelling of it
 * escapes its rule. An id with an empty, {@code .} or {@code ..} segment is below no path. Only
 * {@link SignRules} have targets; a namespace without any takes all.
 */
public final class NamespaceRules {

  private static final int MOST = 256;
  static final String ARROW = "=>";
  private static final String EVERYTHING = "*";
  private static final String BELOW = "/*";
  private static final Pattern TARGET = Pattern.compile("[-A-Za-z0-9_./@%+:*]{1,255}");

  private final List<Namespace> namespaces;

  private NamespaceRules(List<Namespace> namespaces) {
    this.namespaces = List.copyOf(namespaces);
  }

  /**
   * Some repositories, and the rule for them.
   *
   * @param repositories as they were written
   * @param targets the targets of the rule, as they were written; none: all
   */
  public record Namespace(String repositories, List<String> targets, AccessRule rule) {

    /** Copies the targets. */
    public Namespace {
      targets = List.copyOf(targets);
    }

    boolean contains(RepoId repo) {
      if (repositories.equals(EVERYTHING)) {
        return true;
      }
      String name = RepoId.canonical(repo.text());
      String path = path();
      return repositories.endsWith(BELOW)
          ? name.startsWith(path) && isNormal(name.substring(path.length()))
          : name.equals(canonical());
    }

    boolean contains(String target) {
      return targets.isEmpty()
          || targets.stream().anyMatch(pattern -> Glob.of(pattern).matches(target));
    }

    /** Whether nothing of the other can be outside this one. */
    private boolean covers(Namespace other) {
      boolean repositoriesCovered =
          repositories.equals(EVERYTHING)
              || canonical().equals(other.canonical())
              || (repositories.endsWith(BELOW) && other.canonical().startsWith(path()));
      // A star of the other is a character here that only a star takes.
      boolean targetsCovered =
          takesAllTargets()
              || (!other.targets.isEmpty() && other.targets.stream().allMatch(this::contains));
      return repositoriesCovered && targetsCovered;
    }

    /** Whether nothing about these repositories is left to later ones. */
    boolean takesAllTargets() {
      return targets.isEmpty() || targets.contains(EVERYTHING);
    }

    /** Whether these are repositories that the rule names, and not all there are. */
    boolean namesRepositories() {
      return !repositories.equals(EVERYTHING);
    }

    /** Whether these are all targets of all repositories there are. */
    public boolean isEverything() {
      return repositories.equals(EVERYTHING) && targets.isEmpty();
    }

    /** Its repositories and targets, in their written form. */
    public String scope() {
      return targets.isEmpty() ? repositories : repositories + " " + String.join(" ", targets);
    }

    /** With the slash at its end. */
    private String path() {
      return canonical().substring(0, canonical().length() - 1);
    }

    private String canonical() {
      return RepoId.canonical(repositories);
    }

    /** The part of it that admits an admitted identity. */
    public String admitting(Identity identity) {
      return (isEverything() ? "" : scope() + " " + ARROW + " ")
          + rule.admittedBy(identity).orElse("anyone of PEER_CA");
    }

    private String text() {
      return scope() + " " + ARROW + " " + rule;
    }
  }

  /** The same rule for all repositories. */
  public static NamespaceRules everywhere(AccessRule rule) {
    return new NamespaceRules(List.of(new Namespace(EVERYTHING, List.of(), rule)));
  }

  /** Reads rules; the empty text admits nobody anywhere. Refuses targets. */
  public static NamespaceRules parse(String text) {
    NamespaceRules rules = parseWithTargets(text);
    for (Namespace namespace : rules.namespaces) {
      if (!namespace.targets().isEmpty()) {
        throw new IllegalArgumentException(
            "not repositories (only PEER_ALLOW_SIGN takes targets): "
                + Printable.of(namespace.scope()));
      }
    }
    return rules;
  }

  static NamespaceRules parseWithTargets(String text) {
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
    return parse(withoutComments(text));
  }

  static String withoutComments(String text) {
    return text.lines()
        .filter(line -> !line.strip().startsWith("#"))
        .collect(Collectors.joining("\n"));
  }

  private static Namespace namespace(String entry) {
    int arrow = entry.indexOf(ARROW);
    if (arrow < 0) {
      throw new IllegalArgumentException(
          "not a namespace (REPOSITORIES => RULE expected, as in the others): "
              + Printable.of(entry.strip()));
    }
    List<String> scope = List.of(entry.substring(0, arrow).strip().split("\\s+"));
    String repositories = scope.getFirst();
    List<String> targets = scope.subList(1, scope.size());
    requireWellFormed(repositories);
    targets.forEach(NamespaceRules::requireTarget);
    return new Namespace(
        repositories, targets, AccessRule.parse(entry.substring(arrow + ARROW.length()).strip()));
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
    // Refuses a text that cannot name a repository.
    var _ = new RepoId(path);
  }

  /** Without a comma: targets separated by commas would name one that no mkfile has. */
  private static void requireTarget(String target) {
    if (!TARGET.matcher(target).matches()) {
      throw new IllegalArgumentException(
          "not a target (letters, digits, _./@%+:- and * for any characters expected; blanks"
              + " between targets): "
              + Printable.of(target));
    }
  }

  /** As ids have it that are made from a remote: another one would quietly take nothing. */
  private static void requireHostInLowerCase(String repositories) {
    int slash = repositories.indexOf('/');
    String host = slash < 0 ? "" : repositories.substring(0, slash);
    if (host.contains(".") && !host.equals(host.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException(
          "repository ids have their host in lower case: " + Printable.of(repositories));
    }
  }

  private static IllegalArgumentException malformed(String repositories) {
    return new IllegalArgumentException(
        "not repositories (an id, a path before /*, or * expected; no other *, no empty, . or .."
            + " segment): "
            + Printable.of(repositories));
  }

  private static void requireReachable(Namespace namespace, List<Namespace> before) {
    for (Namespace earlier : before) {
      if (earlier.covers(namespace)) {
        throw new IllegalArgumentException(
            "the namespace "
                + Printable.of(namespace.scope())
                + " never decides: "
                + Printable.of(earlier.scope())
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

  /** Whether there can be no repository that the holder is not admitted for. */
  public boolean admitsEverywhere(Identity identity) {
    return namespaces.stream().anyMatch(Namespace::isEverything)
        && namespaces.stream().allMatch(namespace -> namespace.rule().admits(identity));
  }

  /** The rules as they can be parsed. */
  @Override
  public String toString() {
    return namespaces.size() == 1 && namespaces.getFirst().isEverything()
        ? namespaces.getFirst().rule().toString()
        : namespaces.stream().map(Namespace::text).collect(Collectors.joining("; "));
  }
}
