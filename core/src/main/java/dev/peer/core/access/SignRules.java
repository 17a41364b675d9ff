package dev.peer.core.access;

import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.trust.Identity;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Whose results count, of which repositories and targets: {@link NamespaceRules} that may name
 * targets. They are asked after a signature holds, about the run that was signed.
 *
 * <p>mk makes every target that it is given. So a run of several counts only if its signer is
 * admitted for each of them.
 */
public final class SignRules {

  private final NamespaceRules namespaces;

  private SignRules(NamespaceRules namespaces) {
    this.namespaces = namespaces;
  }

  /** The same rule for all targets of all repositories. */
  public static SignRules everywhere(AccessRule rule) {
    return new SignRules(NamespaceRules.everywhere(rule));
  }

  /** Reads rules; the empty text admits nobody anywhere. */
  public static SignRules parse(String text) {
    return new SignRules(NamespaceRules.parseWithTargets(text));
  }

  /** Reads rules that are a file, where lines that begin with {@code #} do not count. */
  public static SignRules parseLines(String text) {
    return text.contains(NamespaceRules.ARROW)
        ? parse(NamespaceRules.withoutComments(text))
        : everywhere(AccessRule.parseLines(text));
  }

  /**
   * Whether a signer's results count.
   *
   * @param targets all requested targets of mk, at least one
   */
  public boolean admits(Identity signer, RepoId repo, List<String> targets) {
    return ofEach(repo, targets).stream()
        .allMatch(decides -> decides.filter(one -> one.rule().admits(signer)).isPresent());
  }

  /**
   * Whether a signer's result counts that these servers led to. A result that a server signed
   * itself counts only if a rule names the server: a party that takes over a server has its key,
   * and could make up a pass.
   *
   * @param servers the rendezvous and relays that led to it
   */
  public boolean admits(
      Identity signer, RepoId repo, List<String> targets, Collection<PeerId> servers) {
    return admits(signer, repo, targets)
        && (!servers.contains(signer.id()) || name(signer, repo, targets));
  }

  /**
   * Whether a rule names the signer for each of the targets, by a matching pattern. A rule for
   * everyone names no one.
   */
  private boolean name(Identity signer, RepoId repo, List<String> targets) {
    return ofEach(repo, targets).stream()
        .allMatch(decides -> decides.flatMap(one -> one.rule().admittedBy(signer)).isPresent());
  }

  /**
   * Whether a signer is admitted for every target of the repository for which anyone is. A server
   * that led to it must be named by the rules, as for results.
   *
   * @param servers the rendezvous and relays that led to it
   */
  public boolean admitsAllTargets(Identity signer, RepoId repo, Collection<PeerId> servers) {
    List<NamespaceRules.Namespace> deciding = namespacesOf(repo);
    boolean named = servers.contains(signer.id());
    return !deciding.isEmpty()
        && deciding.stream()
            .map(NamespaceRules.Namespace::rule)
            .allMatch(
                rule -> rule.admits(signer) && (!named || rule.admittedBy(signer).isPresent()));
  }

  /** Whether any result of the repository and the signer can count. */
  public boolean admitsSomewhere(Identity signer, RepoId repo) {
    return namespacesOf(repo).stream().anyMatch(namespace -> namespace.rule().admits(signer));
  }

  /** Whether any result of the signer can count. */
  public boolean admitsSomewhere(Identity signer) {
    return namespaces.admitsSomewhere(signer);
  }

  /** The namespace that decides about a target of a repository; empty: no results count. */
  public Optional<NamespaceRules.Namespace> namespaceOf(RepoId repo, String target) {
    return namespaces.namespaces().stream()
        .filter(namespace -> namespace.contains(repo) && namespace.contains(target))
        .findFirst();
  }

  /**
   * Whether a revision may give its repository another name: not where a rule names the repository
   * that it is, and another rule decides about the name.
   *
   * @param own what the repository is called without the revision's word
   */
  public boolean allowsName(RepoId own, RepoId given, List<String> targets) {
    return targets.stream()
        .allMatch(
            target -> {
              Optional<NamespaceRules.Namespace> decides =
                  namespaceOf(own, target).filter(NamespaceRules.Namespace::namesRepositories);
              return decides.isEmpty() || decides.equals(namespaceOf(given, target));
            });
  }

  /**
   * The namespaces of which each decides about something.
   *
   * @param repo in this repository, else in any
   * @param target about this target, else about any
   */
  List<NamespaceRules.Namespace> deciding(Optional<RepoId> repo, Optional<String> target) {
    return repo.map(this::namespacesOf).orElseGet(namespaces::namespaces).stream()
        .filter(namespace -> target.filter(one -> !namespace.contains(one)).isEmpty())
        .limit(repo.isPresent() && target.isPresent() ? 1 : Long.MAX_VALUE)
        .toList();
  }

  private List<NamespaceRules.Namespace> namespacesOf(RepoId repo) {
    List<NamespaceRules.Namespace> deciding = new ArrayList<>();
    for (NamespaceRules.Namespace namespace : namespaces.namespaces()) {
      if (namespace.contains(repo)) {
        deciding.add(namespace);
        if (namespace.takesAllTargets()) {
          break;
        }
      }
    }
    return List.copyOf(deciding);
  }

  /** The namespaces that decide about targets of a repository, each once. */
  public List<NamespaceRules.Namespace> deciding(RepoId repo, List<String> targets) {
    return ofEach(repo, targets).stream().flatMap(Optional::stream).distinct().toList();
  }

  private List<Optional<NamespaceRules.Namespace>> ofEach(RepoId repo, List<String> targets) {
    if (targets.isEmpty()) {
      throw new IllegalArgumentException("a run has a target");
    }
    return targets.stream().map(target -> namespaceOf(repo, target)).toList();
  }

  /** The rules as they can be parsed. */
  @Override
  public String toString() {
    return namespaces.toString();
  }
}
